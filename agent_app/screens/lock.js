/** The PIN: chosen once, entered whenever the app was closed. */

import { PIN_LENGTH } from "../kept/vault.js";
import { state } from "../state.js";
import { arriving, choosePin, enterPin, forgotPin, waitFor } from "../sync/session.js";
import { t } from "../texts/texts.js";
import { problem } from "../texts/told.js";
import { callOffice, html, icon, nothing } from "./parts.js";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "", "0", "⌫"];

/** Digits that are tried first by whoever finds a phone. */
export const isEasy = (pin) => /^(\d)\1+$/.test(pin) || "01234567890".includes(pin) || "09876543210".includes(pin) || /^(\d\d?\d?)\1+$/.test(pin);

let ticking;

export function lockScreen({ act, set, go }) {
  const { ui } = state;
  ui.pin ??= "";
  clearTimeout(ticking);
  const isChoosing = arriving?.is_new;
  const wait = isChoosing ? null : waitFor(state.vault);
  if (wait) ticking = setTimeout(() => set({ problem: null }), 1000); // one second less of it
  const enter = (pin) => {
    set({ pin, problem: null });
    if (pin.length < PIN_LENGTH) return;
    if (!isChoosing) {
      act(async () => {
        const failed = await enterPin(pin);
        Object.assign(ui, { pin: "", problem: failed });
        if (!failed && state.route[0] === "sign-in") go("#/");
      });
    } else if (!ui.first) {
      set(isEasy(pin) ? { pin: "", problem: { code: "pin_easy" } } : { pin: "", first: pin });
    } else if (ui.first !== pin) {
      set({ pin: "", first: null, problem: { code: "pin_differs" } });
    } else {
      act(async () => {
        await choosePin(pin);
        Object.assign(ui, { pin: "", first: null });
        if (state.route[0] === "sign-in") go("#/");
      });
    }
  };
  const press = (key) => enter(key === "⌫" ? ui.pin.slice(0, -1) : (ui.pin + key).slice(0, PIN_LENGTH));
  const forgot = () => (arriving ? act(async () => { ui.problem = await forgotPin(); }) : go("#/sign-in"));
  return html`<section class="alone lock">
    <img src="/static/mark.svg" alt="" width="48" height="48">
    <h1>${isChoosing ? t(ui.first ? "pinAgain" : "pinChoose") : t("pinEnter")}</h1>
    <p class="quiet">${isChoosing ? t("pinChooseLead", { count: PIN_LENGTH }) : t("pinEnterLead")}</p>
    <p class="dots" role="status" aria-label=${t("pinTyped", { count: ui.pin.length })}>
      ${Array.from({ length: PIN_LENGTH }, (_, at) => html`<i class=${at < ui.pin.length ? "full" : ""}></i>`)}</p>
    <p class="problem" role=${wait ? "timer" : "alert"}>${problem(wait ?? ui.problem)}</p>
    <div class="pad">${KEYS.map((key) => key
      ? html`<button type="button" class="button large" data-testid="pin-${key}" aria-label=${key === "⌫" ? t("pinBack") : key} ?disabled=${ui.isBusy || wait} @click=${() => press(key)}>${key}</button>`
      : html`<span></span>`)}</div>
    ${isChoosing ? nothing : html`<button type="button" class="button plain large" data-testid="forgot-pin" ?disabled=${ui.isBusy} @click=${forgot}>${icon("lock")} ${t("pinForgot")}</button>`}
    ${isChoosing ? nothing : callOffice()}
  </section>`;
}
