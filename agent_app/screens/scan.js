/** Reading a code from another phone's screen with the camera in the page. Where the browser reads none, or the camera is
 * refused, the letters are typed. */

import { closeCamera, isCameraOpen, openCamera, showCamera } from "../camera.js";
import { state } from "../state.js";
import { t } from "../texts/texts.js";
import { html, icon, nothing } from "./parts.js";

const LOOK_MS = 150;

/** Whether this browser reads codes. */
export const canScan = () => "BarcodeDetector" in globalThis && Boolean(navigator.mediaDevices?.getUserMedia);

/** What reads QR codes; null where the browser knows other codes only, or has the reader's name and not the reader. */
async function detectorOf() {
  const { BarcodeDetector } = globalThis;
  const formats = await BarcodeDetector.getSupportedFormats().catch(() => []);
  return formats.includes("qr_code") ? new BarcodeDetector({ formats: ["qr_code"] }) : null;
}

/** Look until a code is seen that `read` makes something of, which `onFound` gets, or the camera is closed. */
async function look(detector, read, onFound, set) {
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
      // The reader is gone, as where a phone lacks its services.
      closeCamera();
      set({ scanRefused: "unavailable" });
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** The button that opens the camera, or what it sees, or in words why letters are to be typed. */
export function scanner({ set }, label, read, onFound) {
  if (!canScan()) return html`<p class="quiet" data-testid="scan-cannot">${t("scan_unavailable")}</p>`;
  const { scanRefused } = state.ui;
  const told = scanRefused ? html`<p class="banner" data-testid="scan-cannot">${icon("warning")}<span>${t(`scan_${scanRefused}`)}</span></p>` : nothing;
  if (scanRefused === "unavailable") return told;
  if (!isCameraOpen()) {
    const open = async () => {
      const detector = await detectorOf();
      const refused = detector ? await openCamera("environment") : "unavailable";
      set({ scanRefused: refused, wrong: null });
      if (!refused) look(detector, read, onFound, set);
    };
    return html`${told}<button type="button" class="button large" data-testid="scan" @click=${open}>${icon("scan")} ${label}</button>`;
  }
  queueMicrotask(() => showCamera(document.querySelector("#scanner")));
  return html`<figure class="scanner"><video id="scanner" autoplay playsinline muted aria-label=${label}></video>
    <figcaption>${label}</figcaption></figure>
    <button type="button" class="button large" @click=${() => { closeCamera(); set({}); }}>${t("scanStop")}</button>`;
}
