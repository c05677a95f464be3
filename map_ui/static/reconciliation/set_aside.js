/** Lines that prove nothing, as somebody has said: what they are, and the way back. */

import { html } from "../vendor/lit-html/lit-html.js";
import { icon } from "../parts/icon.js";
import { t } from "../parts/texts.js";
import { day } from "../live/times.js";
import { lineItem } from "./items.js";
import { MARKS } from "./words.js";

export const setAsideList = (items, { openAgain, locale }) => html`
  ${items.length ? "" : html`<div class="empty">${icon("check")}<strong>${t("Nothing is set aside")}</strong><p>${t("A charge of the bank, say, proves no deposit: choose it under what is open, and set it aside.")}</p></div>`}
  <ul class="proposals">
    ${items.map((one) => html`
      <li class="proposal" data-testid="set-aside">
        <div class="lines">${lineItem(one.line, locale)}</div>
        <p class="why"><b>${MARKS[one.kind]}.</b> “${one.reason}” ${one.made_by ? `${t("by {matched_by}", { matched_by: one.made_by })}, ` : ""}${day(one.made_at)}</p>
        <button class="button" type="button" @click=${() => openAgain(one)}>${t("Open again…")}</button>
      </li>`)}
  </ul>`;
