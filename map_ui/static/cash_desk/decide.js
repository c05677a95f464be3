/** What one person asked for and another decides: receipts to undo, and money to pay back. */

import { html } from "../vendor/lit-html/lit-html.js";
import { icon } from "../parts/icon.js";
import { newId } from "../parts/new_id.js";
import { Problem } from "../parts/problem.js";
import { exponent, minorOf, money } from "../live/money.js";
import { day } from "../live/times.js";
import * as api from "./api.js";
import { time } from "./deposits.js";
import { Finder } from "./find.js";
import { askWhy, openSheet } from "./sheet.js";

const locale = navigator.language;
const told = ({ amount_minor, currency }) => money(amount_minor, currency, locale);
const when = (instant) => html`${day(instant)} ${time(instant)}`;

/** Minor units as somebody would type them. */
const typed = (minor, currency) => (minor / 10 ** exponent(currency)).toFixed(exponent(currency));

/** The buttons of who may decide; who asked waits for somebody else. */
const decided = (one, state, buttons) => (one.asked_by === state.me
  ? html`<span class="what">You asked for it. Somebody else decides.</span>` : buttons);

export const undoReceipt = (sheet, receipt, act) => askWhy(sheet, {
  title: `Undo ${receipt.number}?`, label: "Why?", name: "reason", act: "Ask that it be undone", danger: true,
  words: `${told(receipt.amount)} of ${receipt.customer} would be owed again. Another person decides; the number stays where it was.`,
}, (reason) => act.askReversal(newId(), { receipt_id: receipt.id, reason }));

function reversal(one, { state, act, sheet }) {
  const ask = (deed, title, words, label) => openSheet(sheet, { title, act: label, danger: deed === "approve", body: () => html`<p>${words}</p>` },
    () => act.decideReversal(one.id, deed));
  return html`<li class="difference" data-testid="reversal"><span class="sign shortage">${icon("cross")}</span>
    <span><span class="who">${one.number}: ${told(one.amount)} of ${one.customer}</span>
      <span class="what">Taken by ${one.taken_by}. ${one.asker || "Somebody above this branch"} asked ${when(one.asked_at)}: ${one.reason}</span></span>
    <span class="actions">${decided(one, state, html`
      <button type="button" class="button small" @click=${() => ask("approve", `Undo ${one.number}?`, `The account owes ${told(one.amount)} again. Cash that is still in the agent's hands leaves the till; what has gone on waits to be paid back to the payer.`, "Undo it")}>Undo it…</button>
      <button type="button" class="button small plain" @click=${() => ask("decline", `Leave ${one.number} as it is?`, "The receipt stands.", "Leave it")}>Leave it…</button>`)}</span></li>`;
}

function openPayOut(sheet, one, act) {
  openSheet(sheet, {
    title: `Pay ${told(one.amount)} out`, act: one.way === "cash" ? "It was handed over" : "It was transferred",
    body: () => html`<p>To ${one.payee}, for ${one.customer} (${one.account}).</p>
      ${one.way === "cash" ? html`<p>It leaves the vault of your branch.</p>` : html`<div class="field"><label for="reference">The transfer's reference</label>
        <input id="reference" name="reference" autocomplete="off" aria-describedby="reference-problem"><p class="problem" id="reference-problem"></p></div>`}`,
  }, (form) => act.payRefund(one.id, form.elements.namedItem("reference")?.value.trim()));
}

function refund(one, { state, act, sheet }) {
  return html`<li class="difference" data-testid="refund"><span class="sign excess">${icon("minus")}</span>
    <span><span class="who">${told(one.amount)} to ${one.customer}</span>
      <span class="what">${one.way === "cash" ? "In cash" : "By transfer"} to ${one.payee} · ${one.account}${one.receipt_id ? " · of a receipt that was undone" : " · paid ahead"}</span>
      <span class="what">${one.asker || "Somebody above this branch"} asked ${when(one.asked_at)}: ${one.reason}</span></span>
    <span class="actions">${decided(one, state, html`
      <button type="button" class="button small" @click=${() => openPayOut(sheet, one, act)}>Pay out…</button>
      <button type="button" class="button small plain" @click=${() => openSheet(sheet, { title: "Leave the money where it is?", act: "Leave it", body: () => html`<p>Nothing is paid back to ${one.customer}; it is still owed.</p>` }, () => act.declineRefund(one.id))}>Leave it…</button>`)}</span></li>`;
}

/** Asks that money be paid back: of what, how much, to whom and why. */
function openRefund(sheet, act) {
  const id = newId();
  const is = { amount: "", way: "cash" };
  const owed = new Finder({
    id: "owed", label: "Whose money?", hint: "Name or account", begin: true, ask: api.owed,
    row: (one) => html`<span class="who">${one.customer}</span><span class="figure-end"><b>${told(one.owed)}</b></span>
      <span class="what">${one.account} · ${one.receipt ? `receipt ${one.receipt} was undone` : "paid ahead"}${one.asked.amount_minor ? ` · ${told(one.asked)} of it asked for already` : ""}</span>`,
  });
  const choose = ({ owed: { amount_minor, currency }, asked, customer }) => {
    is.amount = typed(Math.max(0, amount_minor - asked.amount_minor), currency);
    is.payee ??= customer;
  };
  const field = (name, label, control) => html`<div class="field"><label for=${name}>${label}</label>${control}<p class="problem" id="${name}-problem"></p></div>`;
  let drawn = () => {};
  openSheet(sheet, {
    title: "Pay money back", act: "Ask for it",
    body: (redraw) => {
      drawn = redraw;
      const one = owed.chosen;
      return html`<p>You ask; a colleague pays it out.</p>${owed.fields(redraw, choose)}
        ${one ? html`
          ${field("amount.amount_minor", `Amount, ${one.owed.currency}, at most ${told(one.owed)}`, html`<input id="amount.amount_minor" name="amount.amount_minor" inputmode="decimal"
            autocomplete="off" aria-describedby="amount.amount_minor-problem" .value=${is.amount} @input=${(event) => { is.amount = event.target.value; }}>`)}
          ${field("way", "How?", html`<select id="way" name="way"><option value="cash">In cash, from the vault</option><option value="transfer">By transfer</option></select>`)}
          ${field("payee", "To whom? For a transfer, into which account", html`<input id="payee" name="payee" autocomplete="off" aria-describedby="payee-problem" .value=${is.payee} @input=${(event) => { is.payee = event.target.value; }}>`)}
          ${field("reason", "Why?", html`<textarea id="reason" name="reason" aria-describedby="reason-problem"></textarea>`)}` : ""}`;
    },
  }, (form) => {
    const one = owed.chosen;
    if (!one) throw new Problem({ title: "Choose whose money it is" });
    const { currency } = one.owed;
    const minor = minorOf(is.amount, currency);
    if (!minor) throw new Problem({ title: "How much?", errors: [{ field: "amount.amount_minor", expected: `an amount in ${currency}` }] });
    const value = (name) => form.elements.namedItem(name).value.trim();
    return act.askRefund(id, {
      ...(one.receipt_id ? { receipt_id: one.receipt_id } : { account_id: one.account_id }),
      amount: { amount_minor: minor, currency }, reason: value("reason"), way: value("way"), payee: value("payee"),
    });
  });
  owed.now(() => drawn());
}

export function decidePart({ state, act, sheet }) {
  const { reversals, refunds } = state;
  return html`<div class="buttons"><button type="button" class="button" @click=${() => openRefund(sheet, act)}>Pay money back…</button>
      <p class="quiet">A receipt is undone from the counter: find it there.</p></div>
    ${reversals.length + refunds.length ? html`<ol class="deposits">${reversals.map((one) => reversal(one, { state, act, sheet }))}${refunds.map((one) => refund(one, { state, act, sheet }))}</ol>`
      : html`<div class="empty">${icon("check")}<strong>Nothing waits for a second person</strong></div>`}`;
}
