/** What became of cash that was missing or over: how, when, by whom and why it was settled. */

import { html } from "../vendor/lit-html/lit-html.js";
import { icon } from "../parts/icon.js";
import { locale, t } from "../parts/texts.js";
import { money } from "../live/money.js";
import { moment } from "../live/times.js";
import { CAUSES } from "./words.js";

const ENDS = {
  paid: t("Paid in cash"), written_off: t("Written off"), returned: t("Given back"), kept: t("Kept by the lender"),
};

const whose = ({ sort, owner }) => (sort === "shortage" ? owner ?? t("nobody") : owner ? t("with what {owner} brought", { owner }) : t("nobody's"));

function row(one) {
  const amount = money(one.amount.amount_minor, one.amount.currency, locale);
  return html`<tr data-testid="settled-difference">
    <th scope="row" class="amount">${one.sort === "shortage" ? t("{amount} short", { amount }) : t("{amount} over", { amount })}</th>
    <td class="words" data-label=${t("Owed by")}>${whose(one)}</td>
    <td class="words" data-label=${t("Found")}>${moment(one.found_at)}<br>${CAUSES[one.cause]}, ${one.finder}</td>
    <td data-label=${t("How it ended")}>${ENDS[one.settled_how]}</td>
    <td class="words" data-label=${t("Settled")}>${moment(one.settled_at)}<br>${one.settler}</td>
    <td class="words" data-label=${t("Note")}>${one.note ? `“${one.note}”` : html`<span class="quiet">–</span>`}</td></tr>`;
}

/** The list of `settled`: its items, `behind` which page there is more, and the days it is of. */
export function settledList({ settled: { items, behind, since, until }, today, busy }, act) {
  const field = (name, label, value) => html`<label>${label} <input type="date" name=${name} .value=${value} max=${today} @change=${(event) => act.settledOf({ [name]: event.target.value })}></label>`;
  return html`<div class="buttons days" role="group" aria-label=${t("Found on the days")}>${field("since", t("Found from"), since)}${field("until", t("Found until"), until)}</div>
    ${items === null ? html`<div class="empty" aria-hidden="true"><span class="skeleton medium"></span></div>`
    : items.length === 0 ? html`<div class="empty">${icon("check")}<strong>${t("Nothing that was found then is settled")}</strong><p>${t("Choose other days, or look at what is open.")}</p></div>`
    : html`<div class="table-box" tabindex="0" role="region" aria-label=${t("Settled, what was found last first")}><table class="table as-cards" data-testid="settled">
      <thead><tr><th scope="col" class="amount">${t("Amount")}</th><th scope="col">${t("Owed by")}</th><th scope="col">${t("Found")}</th><th scope="col">${t("How it ended")}</th><th scope="col">${t("Settled")}</th><th scope="col">${t("Note")}</th></tr></thead>
      <tbody>${items.map(row)}</tbody></table></div>
      ${behind ? html`<div class="buttons"><button type="button" class="button" ?disabled=${busy} @click=${act.moreSettled}>${t("Show more")}</button></div>` : ""}`}`;
}
