/** The day's proof, agent by agent, and its closing. */

import { html } from "../vendor/lit-html/lit-html.js";
import { icon } from "../parts/icon.js";
import { locale, t } from "../parts/texts.js";
import { money } from "../live/money.js";
import { time } from "./deposits.js";
import { openSheet } from "./sheet.js";
import { openOf, stillOpen } from "./still_open.js";
import { LEDGER, columnsOf, shortDay, sums } from "./words.js";

const SIGNS = { 1: "+", "-1": "−" };

const figure = (amount, sign) => (amount.amount_minor ? `${SIGNS[sign]} ${money(amount.amount_minor, amount.currency, locale)}` : html`<span class="quiet">–</span>`);

const total = (proofs, name) => sums(proofs.map((one) => one[name])).map(([currency, minor]) => money(minor, currency, locale)).join(", ");

/** What keeps a day from being closed, and what to do about it; nothing when it may be. */
function whyNot({ wrong, isUnbalanced, later }) {
  if (wrong.length) return t("The cash of {agents} does not prove. Look at the receipts and deposits; the day cannot be closed until it does.", { agents: wrong.map((one) => one.agent).join(", ") });
  if (isUnbalanced) return t("The accounts do not add up to nothing: call whoever runs the installation");
  return later ? t("{day} is closed already, and days are closed in order: this one was closed with it.", { day: shortDay(later.day) }) : "";
}

export function dayPart({ state, act, sheet }) {
  const { proofs, day } = state;
  const columns = columnsOf(proofs);
  const closed = state.closed.find((one) => one.day === day);
  const wrong = proofs.filter((one) => !one.proves);
  const open = openOf(state.left, proofs);
  const later = state.closed.find((one) => one.day > day);
  const isUnbalanced = sums(state.balances.map((one) => ({ amount_minor: one.balance_minor, currency: one.currency }))).some(([, minor]) => minor);
  const why = whyNot({ wrong, isUnbalanced, later: closed ? null : later });
  const ask = () => openSheet(sheet, {
    title: t("Close {day}?", { day: shortDay(day) }), act: t("Close the day"),
    body: () => html`<p>${t("Nothing is booked on a day that is closed. What comes later is booked on the next open day, with its own true time.")}</p>
      ${open.length ? html`<p class="counted off">${icon("warning")}${t("This is still open. You can close the day all the same, and it stays open:")}</p>${stillOpen(open, () => sheet.close())}`
        : html`<p class="counted">${icon("check")}${t("The day leaves nothing open.")}</p>`}`,
  }, () => act.closeDay());
  return html`<div class="buttons">
      <label class="day">${t("Day")} <input type="date" .value=${day} max=${state.today} @change=${(event) => event.target.value && act.chooseDay(event.target.value)}></label>
      ${closed ? html`<p class="verdict good">${icon("check")}<span>${t("Closed at {time} by {name}", { time: time(closed.closed_at), name: closed.closed_by })}</span></p>`
        : html`<button type="button" class="button main" ?disabled=${why !== "" || state.busy} @click=${ask}>${t("Close the day…")}</button>`}</div>
    <p class="verdict ${why ? "off" : "good"}" data-testid="verdict">${icon(why ? "warning" : "check")}
      ${why || t("Every agent's cash is what receipts, deposits and handovers leave.")}</p>
    ${!closed && open.length ? html`<section class="left-open" aria-label=${t("Still open")}><h3>${t("Still open")}</h3>${stillOpen(open)}</section>` : ""}
    ${proofs.length ? html`<div class="table-box" tabindex="0" role="region" aria-label=${t("The proof, agent by agent")}><table class="table as-cards proof" data-testid="proof">
      <thead><tr><th scope="col">${t("Agent")}</th>${columns.map(([name, label]) => html`<th scope="col" class="amount" data-column=${name}>${label}</th>`)}<th scope="col" class="amount">= ${t("Closing")}</th><th scope="col">${t("Proves")}</th></tr></thead>
      <tbody>${proofs.map((one) => html`<tr><th scope="row">${one.agent}</th>
        ${columns.map(([name, label, sign], n) => html`<td class="amount ${n && !one[name].amount_minor ? "none" : ""}" data-label=${label}>${n ? figure(one[name], sign) : money(one[name].amount_minor, one[name].currency, locale)}</td>`)}
        <td class="amount" data-label=${t("Closing")}><strong>${money(one.closing.amount_minor, one.closing.currency, locale)}</strong></td>
        <td data-label=${t("Proves")}>${one.proves ? html`<span class="quiet">${t("yes")}</span>` : html`<span class="counted off">${icon("warning")}${t("{amount} unexplained", { amount: money(one.difference.amount_minor, one.difference.currency, locale) })}</span>`}</td></tr>`)}</tbody>
      <tfoot><tr><th scope="row">${t("All")}</th>${columns.map(([name, label]) => html`<td class="amount" data-label=${label}>${total(proofs, name)}</td>`)}<td class="amount" data-label=${t("Closing")}><strong>${total(proofs, "closing")}</strong></td><td class="none"></td></tr></tfoot></table></div>` : ""}
    <details class="ledger"><summary>${t("The branch's ledger at the end of the day")}</summary>
      <table class="table as-cards" data-testid="ledger"><thead><tr><th scope="col">${t("Account")}</th><th scope="col" class="amount">${t("Debit")}</th><th scope="col" class="amount">${t("Credit")}</th><th scope="col" class="amount">${t("Balance")}</th></tr></thead>
        <tbody>${state.balances.map((one) => html`<tr><th scope="row">${LEDGER[one.account]}</th>
          ${[["debit_minor", t("Debit")], ["credit_minor", t("Credit")], ["balance_minor", t("Balance")]].map(([name, label]) => html`<td class="amount" data-label=${label}>${money(one[name], one.currency, locale)}</td>`)}</tr>`)}</tbody></table></details>`;
}
