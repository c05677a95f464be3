/** The agent, the phone, and the end of the shift. */

import { clockError } from "../kept/clock.js";
import { batteryToday, bytesToday } from "../kept/usage.js";
import { isKept } from "../install.js";
import { state, withoutForm } from "../state.js";
import { fixes, takenAt, whyNoPosition } from "../sync/pings.js";
import { endShift, lock, signOut } from "../sync/session.js";
import { hasText, t } from "../texts/texts.js";
import { amount, distance, lasting, megabytes, minor, time } from "../texts/told.js";
import { languageField } from "./language.js";
import { callOffice, figure, html, icon, nothing, screen } from "./parts.js";

const LITTLE_BYTES = 50_000_000;
const LITTLE_PCT = 15; // below it, positions come seldom
const MUCH_BYTES = 15_000_000; // what a day may cost an agent

const sign = (isWell, text) => html`<li class=${isWell ? "" : "warn"}>${icon(isWell ? "check" : "warning")} <span>${text}</span></li>`;

/** What a figure is, in its unit: money, meters or a number. */
const inUnit = (unit, its) => (unit === "money" ? minor(its) : unit === "distance" ? distance(its) : String(its));

function earned() {
  const { earnings: its } = state;
  if (!its || !state.day) return nothing;
  return html`<section class="card" data-testid="earnings">
    <h2>${t("myDay")}</h2>
    ${figure(distance(its.approved_m), "approved")}
    <p>${t("approvedLead")}${its.conveyance ? html` <b data-testid="conveyance">${t("conveyanceIs", { amount: amount(its.conveyance), rate: amount(its.per_km) })}</b>` : nothing}</p>
    ${its.goals.length || its.incentive ? html`<h2>${t("myMonth")}</h2><dl class="pairs">
      ${its.goals.map((goal) => html`<div><dt>${hasText(`goal_${goal.figure}`) ? t(`goal_${goal.figure}`) : goal.label}</dt><dd>${t("reachedOf", { reached: inUnit(goal.unit, goal.reached), target: inUnit(goal.unit, goal.target) })}</dd></div>`)}
      ${its.incentive ? html`<div><dt>${t("incentive")}</dt><dd>${amount(its.incentive)}</dd></div>` : nothing}</dl>` : nothing}
    <p class="quiet">${t("asOf", { time: time(its.as_of) })}</p>
  </section>`;
}

/** Customers whose form is still to be signed, for the next time at their doors. */
function formsMissing() {
  const missing = withoutForm();
  if (!missing.length) return nothing;
  return html`<section class="card" data-testid="forms-missing"><details><summary>${icon("warning")} ${t("formsMissing", { count: missing.length })}</summary>
    <p class="quiet">${t("formsLead")}</p>
    <ul class="links">${missing.map((each) => html`<li><a href="#/case/${each.case.id}"><span>${each.case.customer}</span><small>${each.case.account}</small></a></li>`)}</ul></details></section>`;
}

export function meScreen({ act, go, set }) {
  const { session, device, shift, ui } = state;
  const leave = () => act(async () => {
    const left = await signOut();
    if (left) set({ left });
    else go("#/");
  });
  const battery = batteryToday();
  return screen({
    title: session.name,
    tab: "me",
    main: html`
      <section class="card">
        <h2>${shift ? t("onShift", { time: time(shift.since) }) : t("offShift")}</h2>
        ${shift?.told ? html`<p>${shift.told}</p>` : nothing}
        ${shift ? html`<button class="button large" data-testid="end-shift" @click=${() => act(async () => { await endShift(); go("#/"); })}>${t("endShift")}</button>` : nothing}
      </section>
      ${earned()}
      ${formsMissing()}
      <section class="card">
        <h2>${t("phone")}</h2>
        <ul class="signs">
          ${sign(device && !device.is_unknown, device ? (device.is_unknown ? t("phoneUnknown") : t("phoneIs", { label: device.label ?? "" })) : t("phoneMissing"))}
          ${shift ? sign(Boolean(fixes.length), fixes.length ? t("positionKnown", { time: time(takenAt(fixes.at(-1))) }) : whyNoPosition() === "denied" ? t("positionDenied") : t("positionUnknown")) : nothing}
          ${sign(isKept(), t(isKept() ? "appKept" : "appNotKept"))}
          ${sign(state.isPersistent, state.isPersistent ? t("storageSafe") : t("storageUnsafe"))}
          ${state.storage ? sign(state.storage.free_bytes > LITTLE_BYTES, t("storageUse", { kept: megabytes(state.storage.kept_bytes), free: megabytes(state.storage.free_bytes) })) : nothing}
          ${sign(bytesToday() < MUCH_BYTES, t("dataToday", { amount: megabytes(bytesToday()) }))}
          ${battery ? sign(battery.last > LITTLE_PCT, t(battery.last > LITTLE_PCT ? "batteryUse" : "batteryLow", { used: battery.used, left: battery.last })) : nothing}
          ${clockError() ? sign(false, t("clockWrong", { off: lasting(clockError()) })) : nothing}
        </ul>
        <p class="quiet">${t("screenOff")}</p>
        ${callOffice()}
        ${state.install ? html`<button class="button large" @click=${state.install}>${icon("download")} ${t("install")}</button>` : nothing}
      </section>
      <section class="card">${languageField()}</section>
      ${ui.left ? html`<p class="banner" role="alert">${icon("warning")}<span><strong>${t("notYet")}</strong>${t("stillWaits", { count: ui.left })}</span></p>` : nothing}
      <button class="button large" data-testid="lock" @click=${() => act(lock)}>${icon("lock")} ${t("lockNow")}</button>
      <button class="button large" data-testid="sign-out" ?disabled=${ui.isBusy} @click=${leave}>${icon("leave")} ${t("signOut")}</button>`,
  });
}
