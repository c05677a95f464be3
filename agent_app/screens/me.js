/** The agent, the phone, and the end of the shift. */

import { clockError } from "../kept/clock.js";
import { keep } from "../kept/database.js";
import { bytesToday } from "../kept/usage.js";
import { state } from "../state.js";
import { fixes, whyNoPosition } from "../sync/pings.js";
import { endShift, lock, signOut } from "../sync/session.js";
import { LANGUAGES, t } from "../texts/texts.js";
import { megabytes, time } from "../texts/told.js";
import { html, icon, nothing, screen } from "./parts.js";

const LITTLE_BYTES = 50_000_000;
const MUCH_BYTES = 15_000_000; // what a day may cost an agent

const sign = (isWell, text) => html`<li class=${isWell ? "" : "warn"}>${icon(isWell ? "check" : "warning")} <span>${text}</span></li>`;

export function meScreen({ act, go, set }) {
  const { session, device, shift, ui } = state;
  const leave = () => act(async () => {
    const left = await signOut();
    if (left) set({ left });
    else go("#/");
  });
  const wrong_min = Math.round(Math.abs(clockError()) / 60_000);
  return screen({
    title: session.name,
    tab: "me",
    main: html`
      <section class="card">
        <h2>${shift ? t("onShift", { time: time(shift.since) }) : t("offShift")}</h2>
        ${shift?.told ? html`<p>${shift.told}</p>` : nothing}
        ${shift ? html`<button class="button large" data-testid="end-shift" @click=${() => act(async () => { await endShift(); go("#/"); })}>${t("endShift")}</button>` : nothing}
      </section>
      <section class="card">
        <h2>${t("phone")}</h2>
        <ul class="signs">
          ${sign(device && !device.is_unknown, device ? (device.is_unknown ? t("phoneUnknown") : t("phoneIs", { label: device.label ?? "" })) : t("phoneMissing"))}
          ${shift ? sign(Boolean(fixes.length), fixes.length ? t("positionKnown", { time: time(fixes.at(-1).captured_at) }) : whyNoPosition() === "denied" ? t("positionDenied") : t("positionUnknown")) : nothing}
          ${sign(state.isPersistent, state.isPersistent ? t("storageSafe") : t("storageUnsafe"))}
          ${state.storage ? sign(state.storage.free_bytes > LITTLE_BYTES, t("storageUse", { kept: megabytes(state.storage.kept_bytes), free: megabytes(state.storage.free_bytes) })) : nothing}
          ${sign(bytesToday() < MUCH_BYTES, t("dataToday", { amount: megabytes(bytesToday()) }))}
          ${wrong_min ? sign(false, t("clockWrong", { minutes: wrong_min })) : nothing}
        </ul>
        <p class="quiet">${t("screenOff")}</p>
        ${state.install ? html`<button class="button large" @click=${state.install}>${icon("download")} ${t("install")}</button>` : nothing}
      </section>
      <section class="card">
        <div class="field"><label for="language">${t("language")}</label>
          <select id="language" @change=${(event) => keep("language", event.target.value)}>
            ${Object.entries(LANGUAGES).map(([code, name]) => html`<option value=${code} ?selected=${code === document.documentElement.lang}>${name}</option>`)}
          </select></div>
      </section>
      ${ui.left ? html`<p class="banner" role="alert">${icon("warning")}<span><strong>${t("notYet")}</strong>${t("stillWaits", { count: ui.left })}</span></p>` : nothing}
      <button class="button large" data-testid="lock" @click=${() => act(lock)}>${icon("key")} ${t("lockNow")}</button>
      <button class="button large" data-testid="sign-out" ?disabled=${ui.isBusy} @click=${leave}>${icon("leave")} ${t("signOut")}</button>`,
  });
}
