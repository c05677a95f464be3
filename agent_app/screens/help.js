/** The call for help: two taps, with or without a network. */

import { state } from "../state.js";
import { callForHelp } from "../sync/records.js";
import { t } from "../texts/texts.js";
import { time } from "../texts/told.js";
import { callOffice, html, icon, nothing, screen } from "./parts.js";

const EMERGENCY = "112"; // mobile phones put it through to the help of the place, wherever that is (3GPP TS 22.101, 10.1)

export function helpScreen({ act, set }) {
  const { heard_at } = state.ui;
  const calls = state.records.filter((each) => each.kind === "panic").toReversed();
  return screen({
    title: t("help"),
    back: state.cameFrom ?? "#/",
    main: html`
      <section class="card"><p>${t("helpLead")}</p><p class="quiet">${t("helpOffline")}</p></section>
      <a class="button large" href="tel:${EMERGENCY}" data-testid="emergency">${icon("phone")} ${t("helpDial", { number: EMERGENCY })}</a>
      ${callOffice()}
      ${heard_at ? html`<section class="card" role="status"><p data-testid="help-state">${icon("check")} ${time(heard_at)} ${t("helpSent")}</p></section>` : nothing}
      ${calls.length ? html`<section class="card" role="status"><ul class="history">${calls.slice(0, 3).map((each) => html`<li>
        <span>${time(each.made_at)}</span><span data-testid="help-state">${icon(each.state === "sent" ? "check" : "clock")} ${t(each.state === "sent" ? "helpSent" : "helpWaits")}</span></li>`)}</ul></section>` : nothing}`,
    action: html`<button class="button large alarm" data-testid="call-for-help" ?disabled=${state.ui.isBusy} @click=${() => act(async () => set({ heard_at: await callForHelp() }))}>${icon("warning")} ${t("helpCall")}</button>`,
  });
}
