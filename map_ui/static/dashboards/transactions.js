/** The transactions: every receipt, reversal and deposit, chosen by kind and state. */

import { MODES } from "../cases/words.js";
import { html } from "../vendor/lit-html/lit-html.js";
import { icon } from "../parts/icon.js";
import { t } from "../parts/texts.js";
import { money } from "../live/money.js";
import { exactTime, moment } from "../live/times.js";

export const WORDS = {
  receipt: t("Receipt"), reversal: t("Reversal"), deposit: t("Deposit"),
  in_hand: t("In hand"), passed_on: t("Passed on"), reversal_asked: t("Reversal asked"), reversed: t("Reversed"),
  in_transit: t("In transit"), acknowledged: t("Acknowledged"), rejected: t("Sent back"),
};
/** How money was paid, or where it was deposited. */
const WAYS = { ...MODES, branch: t("At the branch"), bank: t("At a bank") };
const TONES = { in_hand: "visiting", in_transit: "probable", reversal_asked: "probable", acknowledged: "verified", passed_on: "verified", reversed: "missed", rejected: "missed" };
const SIGNS = { in_hand: "cash", in_transit: "clock", reversal_asked: "clock", acknowledged: "check", passed_on: "check", reversed: "cross", rejected: "cross" };

/** Who may open customers' pages has them among theirs. */
const opensCases = () => document.querySelector('a[href="/cases"]') !== null;

const customer = ({ customer: name, case_id }) =>
  case_id && opensCases() ? html`<a href="/cases/${case_id}">${name}</a>` : name ?? "–";

export function transactionsView({ page, asked, locale, choose, search, more, file }) {
  const any = !asked.kind && !asked.state;
  // What all of them have in common, as was asked, stands above already.
  const vary = (name) => new Set(page.items.map((row) => row[name])).size > 1;
  const [ofMany, ofBranches] = [!asked.agent || vary("agent"), !asked.branch || vary("branch")];
  return html`<section class="panel wide" aria-label=${t("Transactions")} data-testid="transactions">
    <header class="panel-head"><h2>${t("Transactions")}</h2>
      ${page.items.length ? ["csv", "xlsx"].map((kind) => html`<a class="button small" href=${file(kind)} download>${icon("download")}${kind === "xlsx" ? t("Excel") : "CSV"}</a>`) : ""}
      <label class="search"><span class="unseen">${t("Number, slip or customer")}</span>
        <input type="search" placeholder=${t("Number, slip or customer")} .value=${asked.search} @change=${(event) => search(event.target.value.trim())}></label></header>
    <div class="chips" role="group" aria-label=${t("Kind and state")}>
      <button class="chip" type="button" aria-pressed=${any ? "true" : "false"} @click=${() => choose("", "")}>${t("All")}</button>
      ${page.totals.map((one) => html`<button class="chip" type="button"
        aria-pressed=${asked.kind === one.kind && asked.state === one.state ? "true" : "false"}
        @click=${() => choose(one.kind, one.state)}>${WORDS[one.kind]}: ${WORDS[one.state].toLocaleLowerCase(locale)} <b>${one.count}</b> ${money(one.amount.amount_minor, one.amount.currency, locale)}</button>`)}
    </div>
    ${page.items.length ? html`<div class="table-box" tabindex="0" role="group" aria-label=${t("Transactions")}><table class="table as-cards">
      <thead><tr><th>${t("When")}</th><th>${t("What")}</th><th>${t("Number")}</th><th>${t("Customer")}</th>${ofMany ? html`<th>${t("Agent")}</th>` : ""}${ofBranches ? html`<th>${t("Branch")}</th>` : ""}<th>${t("Way of payment")}</th><th class="amount">${t("Amount")}</th><th>${t("State")}</th></tr></thead>
      <tbody>${page.items.map((row) => html`<tr>
        <td data-label=${t("When")}><time datetime=${row.at} title=${exactTime(row.at)}>${moment(row.at)}</time></td>
        <td data-label=${t("What")}>${WORDS[row.kind]}</td><td data-label=${t("Number")}>${row.reference ?? "–"}</td>
        <td class=${row.customer ? "words" : "none"} data-label=${t("Customer")}>${customer(row)}</td>${ofMany ? html`<td class="words" data-label=${t("Agent")}>${row.agent ?? t("At the branch")}</td>` : ""}
        ${ofBranches ? html`<td data-label=${t("Branch")}>${row.branch}</td>` : ""}<td data-label=${t("Way of payment")}>${WAYS[row.mode] ?? row.mode}</td><td class="amount" data-label=${t("Amount")}>${money(row.amount.amount_minor, row.amount.currency, locale)}</td>
        <td data-label=${t("State")}><span class="badge ${TONES[row.state]}">${icon(SIGNS[row.state])}${WORDS[row.state]}</span></td></tr>`)}</tbody></table></div>
      ${page.next_cursor ? html`<button class="button more" type="button" @click=${more}>${t("Show more")}</button>` : ""}`
    : html`<div class="empty">${icon("cash")}<strong>${t("No transaction fits")}</strong><p>${t("Choose other days, or another state.")}</p></div>`}
  </section>`;
}
