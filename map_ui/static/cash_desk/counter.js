/** The counter: people who walk in and pay, and receipts that somebody asks for again. */

import { html } from "../vendor/lit-html/lit-html.js";
import { icon } from "../parts/icon.js";
import { newId } from "../parts/new_id.js";
import { Problem } from "../parts/problem.js";
import { minorOf, money } from "../live/money.js";
import { day } from "../live/times.js";
import * as api from "./api.js";
import { Count } from "./count.js";
import { undoReceipt } from "./decide.js";
import { time } from "./deposits.js";
import { Finder } from "./find.js";
import { openSheet } from "./sheet.js";

const locale = navigator.language;
const told = ({ amount_minor, currency }) => money(amount_minor, currency, locale);
const MODES = {
  cash: "Cash", card: "Card", transfer: "Transfer", upi: "UPI", aeps: "AePS", whatsapp: "WhatsApp Pay", mobile: "Mobile money",
};
const DETAILS = { last_four: "Last four digits", bank: "Bank", aadhaar_last_four: "Last four of Aadhaar", payer_vpa: "Payer's UPI address", provider: "Wallet" };

let modes = [];
const payers = new Finder({
  id: "payer", label: "Who pays?", hint: "Name, account or phone number",
  ask: async (words) => {
    const came = await api.payers(words);
    ({ modes } = came);
    return came.items;
  },
  row: (one) => html`<span class="who">${one.customer}</span><span class="figure-end"><b>${told(one.overdue)}</b></span>
    <span class="what">${one.account} · ${one.product_code} · ${one.dpd ? `${one.dpd} days late` : "not late"}</span>`,
});
const receipts = new Finder({
  id: "receipt", label: "Find a receipt", hint: "Number, name, account or reference",
  ask: api.receipts,
  row: (one) => html`<span class="who">${one.number}, ${one.customer}</span><span class="figure-end"><b>${told(one.amount)}</b></span>
    <span class="what">${day(one.taken_at)} ${time(one.taken_at)} · ${MODES[one.mode] ?? one.mode} · taken by ${one.taken_by}${one.reversal
      ? one.reversal === "approved" ? " · undone" : " · to be undone" : ""}</span>`,
});

function openPayment(sheet, payer, { act, show }) {
  const { currency } = payer.overdue;
  const id = newId();
  const count = new Count(currency);
  const is = { mode: "cash", amount: "" };
  const mode = () => modes.find(({ code }) => code === is.mode);
  const minor = () => minorOf(is.amount, currency) ?? 0;
  const input = (name, label, expected) => html`<div class="field"><label for=${name}>${label}</label><p class="hint">${expected}</p>
    <input id=${name} name=${name} autocomplete="off" aria-describedby="${name}-problem"><p class="problem" id="${name}-problem"></p></div>`;
  openSheet(sheet, {
    title: `Payment of ${payer.customer}`, act: "Take the payment",
    body: (redraw) => html`<p>${payer.account}: <strong>${told(payer.overdue)}</strong> overdue</p>
      <div class="field"><label for="amount.amount_minor">Amount, ${currency}</label>
        <input id="amount.amount_minor" name="amount.amount_minor" class="big" inputmode="decimal" autocomplete="off" aria-describedby="amount.amount_minor-problem"
          .value=${is.amount} @input=${(event) => { is.amount = event.target.value; }}><p class="problem" id="amount.amount_minor-problem"></p></div>
      <div class="field"><label for="mode">Paid by</label><select id="mode" name="mode" @change=${(event) => { is.mode = event.target.value; redraw(); }}>
        ${modes.map(({ code }) => html`<option value=${code} ?selected=${code === is.mode}>${MODES[code] ?? code}</option>`)}</select>
        <p class="problem" id="mode-problem"></p></div>
      ${mode().is_cash ? html`<p class="hint">Count the notes and coins that stay once the change is given.</p>${count.fields(redraw, { false_notes: false })}
        <p class="result ${count.total === minor() ? "" : "off"}" role="status" data-testid="counted" ?hidden=${!minor() && !count.total}><strong>${money(count.total, currency, locale)}</strong>
          ${count.total === minor() ? "counted, as it is to be" : `counted; the payment is ${money(minor(), currency, locale)}`}</p>`
        : html`${input("mode_reference", "Reference", mode().expected)}
          ${mode().details.map((one) => input(`mode_details.${one.name}`, `${DETAILS[one.name] ?? one.name}${one.is_required ? "" : ", if known"}`, one.expected))}`}`,
  }, async (form) => {
    if (!minor()) throw new Problem({ title: "How much?", errors: [{ field: "amount.amount_minor", expected: `an amount in ${currency}` }] });
    const value = (name) => form.elements.namedItem(name)?.value.trim() || undefined;
    const details = Object.fromEntries(mode().details.map(({ name }) => [name, value(`mode_details.${name}`)]).filter(([, said]) => said));
    await act.takePayment(id, {
      case_id: payer.id, amount: { amount_minor: minor(), currency }, mode: is.mode,
      ...(mode().is_cash ? { denominations: count.body.denominations } : { mode_reference: value("mode_reference"), mode_details: details }),
    });
    payers.look("", show);
    show(); // who has paid is not left there to be clicked again
  });
}

export function counterPart({ state, act, sheet, show }) {
  const { taken } = state;
  const chosen = receipts.chosen;
  return html`<div class="counter">
    ${taken ? html`<div class="banner good" role="status" data-testid="taken">${icon("check")}<p><strong>${told(taken.amount)}, receipt ${taken.number}</strong>
      ${taken.outstanding.amount_minor ? `${told(taken.outstanding)} is left to pay.` : "Nothing is left to pay."}</p>
      <a class="button small" href=${api.receiptPdf(taken.id)} target="_blank" rel="noopener">${icon("download")}Receipt (PDF)</a></div>` : ""}
    <section>${payers.fields(show, (one) => openPayment(sheet, one, { act, show }))}</section>
    <section>${receipts.fields(show)}
      ${chosen ? html`<p class="buttons"><a class="button" href=${api.receiptPdf(chosen.id)} target="_blank" rel="noopener">${icon("download")}${chosen.number} (PDF)</a>
        <button type="button" class="button" ?disabled=${Boolean(chosen.reversal)} @click=${() => undoReceipt(sheet, chosen, act)}>Undo it…</button></p>` : ""}</section></div>`;
}
