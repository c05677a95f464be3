/** What is matched: by whom, on what ground, and the way back; and what was matched and undone. */

import { html } from "../vendor/lit-html/lit-html.js";
import { icon } from "../parts/icon.js";
import { t } from "../parts/texts.js";
import { money } from "../live/money.js";
import { day } from "../live/times.js";
import { claimItem, lineItem } from "./items.js";
import { percent, tier } from "./words.js";

const short = (one, locale) => one.short_minor > 0
  ? html` <b class="missing">${t("{amount} are missing", { amount: money(one.short_minor, one.currency, locale) })}</b>` : "";

const undone = (one) => html`<p class="why"><b>${t("Undone")}</b> ${t("by {matched_by}", { matched_by: one.undone_by ?? "–" })}, ${day(one.undone_at)}: “${one.undone_because}”</p>`;

export const matchedList = (items, { undo, choose, state, locale }) => html`
  <div class="chips" role="group" aria-label=${t("What is shown")}>
    ${[["matched", t("Matched")], ["undone", t("Undone")]].map(([value, word]) => html`
      <button class="chip" type="button" aria-pressed=${state === value ? "true" : "false"} @click=${() => choose(value)}>${word}</button>`)}
  </div>
  ${items.length ? "" : state === "undone" ? html`<div class="empty">${icon("check")}<strong>${t("No match was undone")}</strong></div>`
    : html`<div class="empty">${icon("clock")}<strong>${t("Nothing is matched yet")}</strong><p>${t("Take in a statement, or confirm a proposal.")}</p></div>`}
  <ul class="proposals">
    ${items.map((one) => html`
      <li class="proposal" data-testid=${state}>
        <div class="lines">${one.lines.map((line) => lineItem(line, locale))}</div>
        <div class="option"><div class="claims">${one.claims.map((claim) => claimItem(claim, locale))}</div>
          <p class="why"><b>${tier(one.tier)}</b>, ${one.is_automatic ? t("automatic, {percent}", { percent: percent(one.score) }) : t("by {matched_by}", { matched_by: one.matched_by })}, ${day(one.matched_at)}.
            ${one.reasons.map((reason) => `${reason}. `)}${one.note ? `“${one.note}”` : ""}${short(one, locale)}</p>
          ${state === "undone" ? undone(one) : ""}</div>
        ${state === "undone" ? "" : html`<button class="button" type="button" @click=${() => undo(one)}>${t("Undo…")}</button>`}
      </li>`)}
  </ul>`;
