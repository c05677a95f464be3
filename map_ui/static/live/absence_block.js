/** An agent who dropped out today: who makes which visit, what nobody makes, and the way back. */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { icon } from "../parts/icon.js";
import { t } from "../parts/texts.js";
import { clockTime, exactTime } from "./times.js";
import { visits } from "./words.js";

/** Visits with their new agents, then those that nobody makes with the reason, as list items. */
export const moved = (items) =>
  items.map((each) => html`<li><b>${each.customer}</b>${icon("chevron")}<span>${each.to_agent}</span></li>`);
export const left = (items, whose = false) =>
  items.map((each) => html`<li class="unplaced"><b>${each.customer}</b><span class="quiet">${whose ? `${each.agent}: ` : ""}${each.reason}</span></li>`);

/** `giveBack` ends the absence; the panel is drawn anew with what came of it. */
export function absenceBlock(absence, giveBack) {
  const out = [...absence.moved, ...absence.passed_on];
  const waiting = [...absence.unplaced, ...absence.made_way];
  const send = async (event) => {
    const button = event.currentTarget;
    button.disabled = true;
    try {
      await giveBack();
    } finally {
      button.disabled = false;
    }
  };
  return html`<div class="block absence" data-testid="absence">
    <h3>${icon("people")}${t("Not at work since")} <time datetime=${absence.since} title=${exactTime(absence.since)}>${clockTime(absence.since)}</time></h3>
    <p>${t("{reason}. {visits} with others until the day is over.", { reason: absence.why, visits: visits(out.length) })}</p>
    ${out.length || waiting.length ? html`<details>
      <summary>${t("{visits} handed over, {count} left for another day", { visits: visits(out.length), count: waiting.length })}</summary>
      <ul class="moves">${left(absence.unplaced)}${left(absence.made_way, true)}${moved(out)}</ul>
    </details>` : nothing}
    <div class="choice"><button type="button" class="button main" data-testid="give-back" @click=${send}>${t("Undo: back at work")}</button></div>
  </div>`;
}
