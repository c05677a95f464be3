/** Reading a code from another phone's screen with the camera in the page. Where the browser reads none, or the camera is
 * refused, the letters are typed. */

import { closeCamera, isCameraOpen, openCamera, showCamera } from "../camera.js";
import { state } from "../state.js";
import { t } from "../texts/texts.js";
import { html, icon } from "./parts.js";

const LOOK_MS = 150;

/** Whether this browser reads codes. */
export const canScan = () => "BarcodeDetector" in globalThis && Boolean(navigator.mediaDevices?.getUserMedia);

/** Look until a code is seen that `read` makes something of, which `onFound` gets, or the camera is closed. */
async function look(read, onFound, set) {
  const detector = new globalThis.BarcodeDetector({ formats: ["qr_code"] });
  while (isCameraOpen()) {
    const video = document.querySelector("#scanner");
    try {
      const codes = video?.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA ? await detector.detect(video) : [];
      const found = codes.map((each) => read(each.rawValue)).find(Boolean);
      if (found) {
        closeCamera();
        navigator.vibrate?.(30);
        onFound(found);
      }
    } catch {
      // The browser has the reader's name and not the reader, as where a phone lacks its services.
      closeCamera();
      set({ scanRefused: "unavailable" });
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** The button that opens the camera, or what it sees, or in words why letters are to be typed. */
export function scanner({ set }, label, read, onFound) {
  const { ui } = state;
  if (!canScan()) return html`<p class="quiet" data-testid="scan-cannot">${t("scan_unavailable")}</p>`;
  if (ui.scanRefused) return html`<p class="banner" data-testid="scan-cannot">${icon("warning")}<span>${t(`scan_${ui.scanRefused}`)}</span></p>`;
  if (!isCameraOpen()) {
    const open = async () => {
      const refused = await openCamera("environment");
      set({ scanRefused: refused, wrong: null });
      if (!refused) look(read, onFound, set);
    };
    return html`<button type="button" class="button large" data-testid="scan" @click=${open}>${icon("scan")} ${label}</button>`;
  }
  queueMicrotask(() => showCamera(document.querySelector("#scanner")));
  return html`<figure class="scanner"><video id="scanner" autoplay playsinline muted aria-label=${label}></video>
    <figcaption>${label}</figcaption></figure>
    <button type="button" class="button large" @click=${() => { closeCamera(); set({}); }}>${t("scanStop")}</button>`;
}
