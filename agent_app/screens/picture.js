/** Pictures at the door, and the customer's signature. */

import { closeCamera, dataUrl, jpegOf, openCamera, showCamera } from "../camera.js";
import { shownCase, state } from "../state.js";
import { takePicture } from "../sync/records.js";
import { t } from "../texts/texts.js";
import { caseScreen } from "./case.js";
import { choices, html, icon, mainButton, nothing, screen } from "./parts.js";

const KINDS = ["photo", "selfie", "document"];

export function pictureScreen(doings) {
  const its = shownCase();
  if (!its?.visit) return caseScreen(doings);
  const { act, go, set } = doings;
  const { ui } = state;
  ui.kind ??= "photo";
  if (ui.opened !== ui.kind && !ui.blob) {
    ui.opened = ui.kind;
    openCamera(ui.kind === "selfie" ? "user" : "environment").then((refused) => set({ refused, isLive: !refused }));
  }
  queueMicrotask(() => showCamera(document.querySelector("#camera")));
  const take = (source) => act(async () => {
    const blob = await jpegOf(source);
    Object.assign(ui, { blob, shown: await dataUrl(blob), isLive: false });
    closeCamera();
  });
  const keepIt = () => act(async () => {
    await takePicture(its, ui.kind === "document" ? "document" : "photo", ui.blob);
    go(`#/case/${its.case.id}`);
  });
  const again = () => set({ blob: null, shown: null, opened: null });
  return screen({
    title: t("takePicture"),
    back: `#/case/${its.case.id}`,
    main: html`
      ${choices("kind", KINDS.map((kind) => [kind, t(`picture_${kind}`)]), ui.kind, (kind) => set({ kind, blob: null, shown: null }))}
      ${ui.shown ? html`<img class="shot" src=${ui.shown} alt=${t("takePicture")} data-testid="shot">`
        : html`<video id="camera" class="shot" autoplay playsinline muted ?hidden=${!ui.isLive}></video>`}
      ${ui.refused ? html`<p class="banner" data-testid="camera-refused">${icon("warning")}<span>${t(`camera_${ui.refused}`)}</span></p>
        <label class="button large">${t("pictureFile")}<input type="file" accept="image/*" hidden @change=${(event) => event.target.files[0] && take(event.target.files[0])}></label>` : nothing}`,
    action: ui.blob
      ? html`<button class="button large" @click=${again}>${t("pictureAgain")}</button>${mainButton(t("pictureKeep"), keepIt, { testid: "keep-picture" })}`
      : mainButton(t("shoot"), () => take(document.querySelector("#camera")), { disabled: !ui.isLive, testid: "shoot" }),
  });
}

export function signScreen(doings) {
  const its = shownCase();
  if (!its?.visit) return caseScreen(doings);
  const { act, go, set } = doings;
  const { ui } = state;
  let last = null;
  const at = (event) => {
    const box = event.target.getBoundingClientRect();
    return [((event.clientX - box.left) * event.target.width) / box.width, ((event.clientY - box.top) * event.target.height) / box.height];
  };
  const draw = (event) => {
    if (!last) return;
    const pen = event.target.getContext("2d");
    const next = at(event);
    Object.assign(pen, { lineWidth: 4, lineCap: "round", lineJoin: "round", strokeStyle: "#101820" });
    pen.beginPath();
    pen.moveTo(...last);
    pen.lineTo(...next);
    pen.stroke();
    last = next;
    if (!ui.isSigned) set({ isSigned: true });
  };
  const down = (event) => {
    event.target.setPointerCapture(event.pointerId);
    ui.from = last = at(event);
    event.target.onpointermove = draw;
  };
  const up = (event) => {
    event.target.onpointermove = null;
    last = null;
  };
  const pad = () => document.querySelector("#pad");
  const clear = () => {
    pad().getContext("2d").clearRect(0, 0, pad().width, pad().height);
    set({ isSigned: false });
  };
  const keepIt = () => act(async () => {
    const blob = await new Promise((resolve) => pad().toBlob(resolve, "image/png"));
    await takePicture(its, "signature", blob);
    go(`#/case/${its.case.id}`);
  });
  return screen({
    title: t("takeSignature"),
    back: `#/case/${its.case.id}`,
    main: html`<p>${t("signLead", { name: its.case.customer })}</p>
      <canvas id="pad" class="pad-of-paper" width="640" height="320" aria-label=${t("takeSignature")} data-testid="pad" @pointerdown=${down} @pointerup=${up} @pointercancel=${up}></canvas>`,
    action: html`<button class="button large" ?disabled=${!ui.isSigned} @click=${clear}>${t("signAgain")}</button>
      ${mainButton(t("signKeep"), keepIt, { disabled: !ui.isSigned, testid: "keep-signature" })}`,
  });
}
