/** Pictures at the door, and the customer's signature. */

import { closeCamera, dataUrl, jpegOf, openCamera, pictureAt, showCamera } from "../camera.js";
import { shownCase, state } from "../state.js";
import { takePicture } from "../sync/records.js";
import { t } from "../texts/texts.js";
import { caseScreen } from "./case.js";
import { choices, field, html, icon, mainButton, nothing, screen } from "./parts.js";

const KINDS = ["photo", "selfie", "document", "car_form"];

/** The picture of a group, at a center's meeting. */
export function groupPictureScreen(doings) {
  const sheet = state.day.door?.sheets.find((each) => each.center.center_id === state.route[1]);
  const first = sheet?.groups[0]?.members[0]?.cases[0];
  if (!first) return screen({ title: t("groupImage"), back: "#/", main: nothing });
  const its = { case: { id: first.case_id }, center_id: sheet.center.center_id };
  return shooting(doings, { its, kinds: ["group_image"], title: t("groupImage"), back: `#/center/${sheet.center.center_id}` });
}

export function pictureScreen(doings) {
  const its = shownCase();
  if (!its?.visit) return caseScreen(doings);
  return shooting(doings, { its, kinds: KINDS, title: t("takePicture"), back: `#/case/${its.case.id}` });
}

/** What stands on a form, and what of it is wrong. */
function formOf(ui) {
  if (ui.kind !== "car_form") return { form: {}, wrong: {} };
  const form = { form_number: (ui.formNumber ?? "").trim(), form_date: ui.formDate ?? "" };
  const wrong = Object.fromEntries(Object.entries(form).filter(([, value]) => !value).map(([name]) => [name, t("sayWords")]));
  return { form, wrong };
}

function shooting(doings, { its, kinds, title, back }) {
  const { act, done, set } = doings;
  const { ui } = state;
  ui.kind ??= kinds.find((kind) => kind === state.route[3]) ?? kinds[0];
  if (ui.opened !== ui.kind && !ui.shown) {
    ui.opened = ui.kind;
    openCamera(ui.kind === "selfie" ? "user" : "environment").then((refused) => set({ refused, isLive: !refused }));
  }
  queueMicrotask(() => showCamera(document.querySelector("#camera")));
  const take = (source) => act(async () => {
    const shown = await dataUrl(await jpegOf(source));
    closeCamera();
    set({ shown, isLive: false });
  });
  const { form, wrong } = formOf(ui);
  const keepIt = () => {
    set({ wrong });
    if (Object.keys(wrong).length) return;
    act(async () => {
      await takePicture(its, ui.kind === "selfie" ? "photo" : ui.kind, pictureAt(ui.shown), form);
      done(back);
    });
  };
  const again = () => set({ shown: null, opened: null });
  return screen({
    title,
    back,
    main: html`
      ${kinds.length > 1 ? choices("kind", kinds.map((kind) => [kind, t(`picture_${kind}`)]), ui.kind, (kind) => set({ kind, shown: null })) : nothing}
      ${ui.shown ? html`<img class="shot" src=${ui.shown} alt=${t("takePicture")} data-testid="shot">`
        : html`<video id="camera" class="shot" autoplay playsinline muted ?hidden=${!ui.isLive}></video>`}
      ${ui.refused ? html`<p class="banner" data-testid="camera-refused">${icon("warning")}<span>${t(`camera_${ui.refused}`)}</span></p>` : nothing}
      ${ui.kind === "car_form" ? html`
        ${field({ name: "form_number", label: t("formNumber"), wrong: ui.wrong?.form_number,
          input: html`<input id="form_number" maxlength="60" autocomplete="off" .value=${ui.formNumber ?? ""} @input=${(event) => set({ formNumber: event.target.value, wrong: null })}>` })}
        ${field({ name: "form_date", label: t("formDate"), wrong: ui.wrong?.form_date,
          input: html`<input id="form_date" type="date" max=${state.day.day} .value=${ui.formDate ?? ""} @input=${(event) => set({ formDate: event.target.value, wrong: null })}>` })}` : nothing}`,
    action: ui.shown
      ? html`<button class="button large" @click=${again}>${t("pictureAgain")}</button>${mainButton(t("pictureKeep"), keepIt, { testid: "keep-picture" })}`
      : ui.refused ? html`<label class="button main large">${t("pictureFile")}<input type="file" accept="image/*" hidden @change=${(event) => event.target.files[0] && take(event.target.files[0])}></label>`
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
      <canvas id="pad" class="pad-of-paper" width="640" height="560" aria-label=${t("takeSignature")} data-testid="pad" @pointerdown=${down} @pointerup=${up} @pointercancel=${up}></canvas>`,
    action: html`<button class="button large" ?disabled=${!ui.isSigned} @click=${clear}>${t("signAgain")}</button>
      ${mainButton(t("signKeep"), keepIt, { disabled: !ui.isSigned, testid: "keep-signature" })}`,
  });
}
