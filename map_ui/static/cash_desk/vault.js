/** The vault: counted as the day opens, from cashier to cashier, and as it closes; paid in at the bank. */

import { html } from "../vendor/lit-html/lit-html.js";
import { icon } from "../parts/icon.js";
import { newId } from "../parts/new_id.js";
import { money } from "../live/money.js";
import { Count } from "./count.js";
import { day } from "../live/times.js";
import { time } from "./deposits.js";
import { openSheet } from "./sheet.js";

const locale = navigator.language;
const told = ({ amount_minor, currency }) => money(amount_minor, currency, locale);
const OCCASIONS = { opening: "As the day opens", handover: "Handed over", closing: "As the day closes" };

/** What the ledger expects is told after the count only: a count that knows its answer is none. */
function openVaultCount(sheet, occasion, { state, act }) {
  const { branch } = state;
  const count = new Count(branch.currency);
  const last = state.counts_of_vault[0];
  const id = newId();
  openSheet(sheet, {
    title: `Count the vault: ${OCCASIONS[occasion].toLowerCase()}`, act: "Take down this count",
    body: (redraw) => html`<p>Count all that is there. What the books expect is told afterwards; what is missing is owed by who answered for the vault.</p>
      ${occasion === "handover" ? html`<p>${icon("people")} ${last ? html`<strong>${last.counter}</strong> hands over, and confirms this count.` : "Nobody has counted before; count as the day opens instead."}</p>` : ""}
      ${count.fields(redraw)}
      <p class="result" role="status"><strong>${money(count.total, branch.currency, locale)}</strong> counted</p>`,
  }, () => act.countVault(id, {
    branch_code: branch.code, occasion, count: count.body,
    ...(occasion === "handover" && last && { handed_by: last.counted_by }),
  }));
}

function openRemittance(sheet, { state, act }) {
  const { branch } = state;
  const count = new Count(branch.currency);
  const id = newId();
  openSheet(sheet, {
    title: "Pay in at the bank", act: "Take it from the vault",
    body: (redraw) => html`<div class="field"><label for="slip_no">Slip number</label>
        <input id="slip_no" name="slip_no" autocomplete="off" aria-describedby="slip_no-problem"><p class="problem" id="slip_no-problem"></p></div>
      ${count.fields(redraw)}
      <p class="result" role="status"><strong>${money(count.total, branch.currency, locale)}</strong> leaves the vault</p>`,
  }, (form) => act.remit(id, {
    branch_code: branch.code, slip_no: form.elements.namedItem("slip_no").value.trim(),
    amount: { amount_minor: count.total, currency: branch.currency }, denominations: count.body.denominations,
  }));
}

export function vaultPart({ state, act, sheet }) {
  const off = (one) => one.counted.amount_minor - one.expected.amount_minor;
  const ways = [["opening", "Count as the day opens…"], ["handover", "Take over from a cashier…"], ["closing", "Count as the day closes…"]];
  return html`<div class="buttons">
      ${ways.map(([occasion, label]) => html`<button type="button" class="button" ?disabled=${occasion === "handover" && !state.counts_of_vault.length} @click=${() => openVaultCount(sheet, occasion, { state, act })}>${label}</button>`)}
      <button type="button" class="button" @click=${() => openRemittance(sheet, { state, act })}>Pay in at the bank…</button></div>
    ${state.counts_of_vault.length ? html`<div class="table-box" tabindex="0" role="region" aria-label="Counts of the vault"><table class="table" data-testid="vault-counts">
      <thead><tr><th scope="col">When</th><th scope="col">Occasion</th><th scope="col">By</th><th scope="col" class="amount">Books</th><th scope="col" class="amount">Counted</th><th scope="col">Differs by</th></tr></thead>
      <tbody>${state.counts_of_vault.map((one) => html`<tr>
        <th scope="row">${day(one.counted_at)} ${time(one.counted_at)}</th>
        <td>${OCCASIONS[one.occasion]}</td>
        <td>${one.counter}${one.hander ? html`<span class="what">from ${one.hander}, ${one.confirmed_at ? "confirmed" : html`<button type="button" class="button small" @click=${() => act.confirmCount(one.id)}>I handed it over</button>`}</span>` : ""}</td>
        <td class="amount">${told(one.expected)}</td><td class="amount">${told(one.counted)}</td>
        <td>${off(one) ? html`<span class="counted off">${icon("warning")}${money(Math.abs(off(one)), one.counted.currency, locale)} ${off(one) < 0 ? "short" : "over"}</span>` : html`<span class="quiet">nothing</span>`}</td></tr>`)}</tbody></table></div>`
    : html`<div class="empty">${icon("cash")}<strong>The vault has not been counted yet</strong><p>Count it as the day opens: from then on somebody answers for it.</p></div>`}`;
}
