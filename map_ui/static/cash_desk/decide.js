/** What one person asked for and another decides: receipts to undo, and money to pay back. */

import { html } from "../vendor/lit-html/lit-html.js";
import { icon } from "../parts/icon.js";
import { newId } from "../parts/new_id.js";
import { Problem } from "../parts/problem.js";
import { locale, t } from "../parts/texts.js";
import { exponent, minorOf, money } from "../live/money.js";
import { day } from "../live/times.js";
import * as api from "./api.js";
import { time } from "./deposits.js";
import { Finder } from "./find.js";
import { askWhy, openSheet } from "./sheet.js";

const told = ({ amount_minor, currency }) => money(amount_minor, currency, locale);
const when = (instant) => html`${day(instant)} ${time(instant)}`;

/** Minor units as somebody would type them. */
const typed = (minor, currency) => (minor / 10 ** exponent(currency)).toFixed(exponent(currency));

const asked = (one) => t("{who} asked {when}: {reason}", { who: one.asker || t("Somebody above this branch"), when: when(one.asked_at), reason: one.reason });

/** The buttons of who may decide; who asked waits for somebody else. */
const decided = (one, state, buttons) => (one.asked_by === state.me
  ? html`<span class="what">${t("You asked for it. Somebody else decides.")}</span>` : buttons);

export const undoReceipt = (sheet, receipt, act) => askWhy(sheet, {
  title: t("Undo {number}?", { number: receipt.number }), label: t("Why?"), name: "reason", act: t("Ask that it be undone"), danger: true,
  words: t("{amount} of {customer} would be owed again. Another person decides; the number stays where it was.", { amount: told(receipt.amount), customer: receipt.customer }),
}, (reason) => act.askReversal(newId(), { receipt_id: receipt.id, reason }));

function reversal(one, { state, act, sheet }) {
  const ask = (deed, title, words, label) => openSheet(sheet, { title, act: label, danger: deed === "approve", body: () => html`<p>${words}</p>` },
    () => act.decideReversal(one.id, deed));
  return html`<li class="difference" data-testid="reversal"><span class="sign shortage">${icon("cross")}</span>
    <span><span class="who">${t("{number}: {amount} of {customer}", { number: one.number, amount: told(one.amount), customer: one.customer })}</span>
      <span class="what">${t("Taken by {name}.", { name: one.taken_by })} ${asked(one)}</span></span>
    <span class="actions">${decided(one, state, html`
      <button type="button" class="button small" @click=${() => ask("approve", t("Undo {number}?", { number: one.number }),
        t("The account owes {amount} again. Cash that is still in the agent's hands leaves the till; what has gone on waits to be paid back to the payer.", { amount: told(one.amount) }), t("Undo it"))}>${t("Undo it…")}</button>
      <button type="button" class="button small plain" @click=${() => ask("decline", t("Leave {number} as it is?", { number: one.number }), t("The receipt stands."), t("Leave it"))}>${t("Leave it…")}</button>`)}</span></li>`;
}

function openPayOut(sheet, one, act) {
  openSheet(sheet, {
    title: t("Pay {amount} out", { amount: told(one.amount) }), act: one.way === "cash" ? t("It was handed over") : t("It was transferred"),
    body: () => html`<p>${t("To {payee}, for {customer} ({account}).", { payee: one.payee, customer: one.customer, account: one.account })}</p>
      ${one.way === "cash" ? html`<p>${t("It leaves the vault of your branch.")}</p>` : html`<div class="field"><label for="reference">${t("The transfer's reference")}</label>
        <input id="reference" name="reference" autocomplete="off" aria-describedby="reference-problem"><p class="problem" id="reference-problem"></p></div>`}`,
  }, (form) => act.payRefund(one.id, form.elements.namedItem("reference")?.value.trim()));
}

function refund(one, { state, act, sheet }) {
  return html`<li class="difference" data-testid="refund"><span class="sign excess">${icon("minus")}</span>
    <span><span class="who">${t("{amount} to {customer}", { amount: told(one.amount), customer: one.customer })}</span>
      <span class="what">${one.way === "cash" ? t("In cash to {payee}", { payee: one.payee }) : t("By transfer to {payee}", { payee: one.payee })} · ${one.account} · ${one.receipt_id ? t("of a receipt that was undone") : t("paid ahead")}</span>
      <span class="what">${asked(one)}</span></span>
    <span class="actions">${decided(one, state, html`
      <button type="button" class="button small" @click=${() => openPayOut(sheet, one, act)}>${t("Pay out…")}</button>
      <button type="button" class="button small plain" @click=${() => openSheet(sheet, {
        title: t("Leave the money where it is?"), act: t("Leave it"),
        body: () => html`<p>${t("Nothing is paid back to {customer}; it is still owed.", { customer: one.customer })}</p>`,
      }, () => act.declineRefund(one.id))}>${t("Leave it…")}</button>`)}</span></li>`;
}

/** Asks that money be paid back: of what, how much, to whom and why. */
function openRefund(sheet, act) {
  const id = newId();
  const is = { amount: "", way: "cash" };
  const owed = new Finder({
    id: "owed", label: t("Whose money?"), hint: t("Name or account"), begin: true, ask: api.owed,
    row: (one) => html`<span class="who">${one.customer}</span><span class="figure-end"><b>${told(one.owed)}</b></span>
      <span class="what">${one.account} · ${one.receipt ? t("receipt {number} was undone", { number: one.receipt }) : t("paid ahead")}${one.asked.amount_minor ? ` · ${t("{amount} of it asked for already", { amount: told(one.asked) })}` : ""}</span>`,
  });
  const choose = ({ owed: { amount_minor, currency }, asked: already, customer }) => {
    is.amount = typed(Math.max(0, amount_minor - already.amount_minor), currency);
    is.payee ??= customer;
  };
  const field = (name, label, control) => html`<div class="field"><label for=${name}>${label}</label>${control}<p class="problem" id="${name}-problem"></p></div>`;
  let drawn = () => {};
  openSheet(sheet, {
    title: t("Pay money back"), act: t("Ask for it"),
    body: (redraw) => {
      drawn = redraw;
      const one = owed.chosen;
      return html`<p>${t("You ask; a colleague pays it out.")}</p>${owed.fields(redraw, choose)}
        ${one ? html`
          ${field("amount.amount_minor", t("Amount, {currency}, at most {most}", { currency: one.owed.currency, most: told(one.owed) }), html`<input id="amount.amount_minor" name="amount.amount_minor" inputmode="decimal"
            autocomplete="off" aria-describedby="amount.amount_minor-problem" .value=${is.amount} @input=${(event) => { is.amount = event.target.value; }}>`)}
          ${field("way", t("How?"), html`<select id="way" name="way"><option value="cash">${t("In cash, from the vault")}</option><option value="transfer">${t("By transfer")}</option></select>`)}
          ${field("payee", t("To whom? For a transfer, into which account"), html`<input id="payee" name="payee" autocomplete="off" aria-describedby="payee-problem" .value=${is.payee} @input=${(event) => { is.payee = event.target.value; }}>`)}
          ${field("reason", t("Why?"), html`<textarea id="reason" name="reason" aria-describedby="reason-problem"></textarea>`)}` : ""}`;
    },
  }, (form) => {
    const one = owed.chosen;
    if (!one) throw new Problem({ title: t("Choose whose money it is") });
    const { currency } = one.owed;
    const minor = minorOf(is.amount, currency);
    if (!minor) throw new Problem({ title: t("How much?"), errors: [{ field: "amount.amount_minor", expected: t("an amount in {currency}", { currency }) }] });
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
  return html`<div class="buttons"><button type="button" class="button" @click=${() => openRefund(sheet, act)}>${t("Pay money back…")}</button>
      <p class="quiet">${t("A receipt is undone from the counter: find it there.")}</p></div>
    ${reversals.length + refunds.length ? html`<ol class="deposits">${reversals.map((one) => reversal(one, { state, act, sheet }))}${refunds.map((one) => refund(one, { state, act, sheet }))}</ol>`
      : html`<div class="empty">${icon("check")}<strong>${t("Nothing waits for a second person")}</strong></div>`}`;
}
