/** What is matched: by whom, on what ground; and the way back. */

import { html } from "../vendor/lit-html/lit-html.js";
import { icon } from "../parts/icon.js";
import { t } from "../parts/texts.js";
import { claimItem, lineItem } from "./items.js";
import { percent, tier } from "./words.js";

export const matchedList = (items, { undo, locale }) => html`
  ${items.length ? "" : html`<div class="empty">${icon("clock")}<strong>${t("Nothing is matched yet")}</strong><p>${t("Take in a statement, or confirm a proposal.")}</p></div>`}
  <ul class="proposals">
    ${items.map((one) => html`
      <li class="proposal" data-testid="matched">
        <div class="lines">${one.lines.map((line) => lineItem(line, locale))}</div>
        <div class="option"><div class="claims">${one.claims.map((claim) => claimItem(claim, locale))}</div>
          <p class="why"><b>${tier(one.tier)}</b>, ${one.is_automatic ? t("automatic, {percent}", { percent: percent(one.score) }) : t("by {matched_by}", { matched_by: one.matched_by })}.
            ${one.reasons.join(". ")}${one.note ? ` “${one.note}”` : ""}</p></div>
        <button class="button" type="button" @click=${() => undo(one)}>${t("Undo…")}</button>
      </li>`)}
  </ul>`;
