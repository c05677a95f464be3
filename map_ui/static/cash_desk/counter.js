/** The counter: people who walk in and pay, and receipts that somebody asks for again. */

import { html } from "../vendor/lit-html/lit-html.js";
import { icon } from "../parts/icon.js";
import { newId } from "../parts/new_id.js";
import { Problem, REQUIRED } from "../parts/problem.js";
import { labelOf, locale, t, tn } from "../parts/texts.js";
import { MODES } from "../cases/words.js";
import { minorOf, money } from "../live/money.js";
import { day, instantOf, wallTime, zoneName } from "../live/times.js";
import * as api from "./api.js";
import { Count } from "./count.js";
import { undoReceipt } from "./decide.js";
import { time } from "./deposits.js";
import { Finder } from "./find.js";
import { openSheet } from "./sheet.js";

const told = ({ amount_minor, currency }) => money(amount_minor, currency, locale);
const DETAILS = {
  last_four: t("Last four digits"), bank: t("Bank"), aadhaar_last_four: t("Last four of Aadhaar"), payer_vpa: t("Payer's UPI address"),
  provider: t("Wallet"),
};

let modes = [];
let asks = { receipt_cause: "off", causes: [] };
const payers = new Finder({
  id: "payer", label: t("Who pays?"), hint: t("Name, account or phone number"),
  ask: async (words) => {
    const came = await api.payers(words);
    ({ modes, ...asks } = came);
    return came.items;
  },
  row: (one) => html`<span class="who">${one.customer}</span><span class="figure-end"><b>${told(one.overdue)}</b></span>
    <span class="what">${one.account} · ${one.product_code} · ${one.dpd ? tn("{count} days late", "{count} days late", one.dpd) : t("not late")}</span>`,
});
const papers = new Finder({
  id: "paper", label: t("A receipt on paper, of a lost phone or of a book"), hint: t("Whose: name, account or phone number"),
  ask: async (words) => (await api.payers(words)).items,
  row: (one) => html`<span class="who">${one.customer}</span><span class="figure-end"><b>${told(one.overdue)}</b></span>
    <span class="what">${one.account} · ${one.product_code}</span>`,
});
const receipts = new Finder({
  id: "receipt", label: t("Find a receipt"), hint: t("Number, name, account or reference"),
  ask: api.receipts,
  row: (one) => html`<span class="who">${one.number}, ${one.customer}</span><span class="figure-end"><b>${told(one.amount)}</b></span>
    <span class="what">${day(one.taken_at)} ${time(one.taken_at)} · ${MODES[one.mode] ?? one.mode} · ${t("taken by {name}", { name: one.taken_by })}${one.reversal
      ? ` · ${one.reversal === "approved" ? t("undone") : t("to be undone")}` : ""}</span>`,
});

function openPayment(sheet, payer, { act, show }) {
  const { currency } = payer.overdue;
  const id = newId();
  const count = new Count(currency);
  const is = { mode: "cash", amount: "", isShort: false };
  const mode = () => modes.find(({ code }) => code === is.mode);
  const minor = () => minorOf(is.amount, currency) ?? 0;
  const counted = () => {
    const amount = html`<strong>${money(count.total, currency, locale)}</strong>`;
    return count.total === minor() ? t("{amount} counted, as it is to be", { amount })
      : t("{amount} counted; the payment is {payment}", { amount, payment: money(minor(), currency, locale) });
  };
  const detailName = ({ name, is_required }) => (is_required ? DETAILS[name] ?? name : t("{name}, if known", { name: DETAILS[name] ?? name }));
  const input = (name, label, expected) => html`<div class="field"><label for=${name}>${label}</label><p class="hint">${expected}</p>
    <input id=${name} name=${name} autocomplete="off" aria-describedby="${name}-problem"><p class="problem" id="${name}-problem"></p></div>`;
  const isShort = () => is.isShort || (asks.receipt_cause !== "off" && minor() > 0 && minor() < payer.overdue.amount_minor);
  const cause = () => html`<div class="field"><label for="cause.code">${t("Why is it not what is due?")}</label>
      <select id="cause.code" name="cause.code" aria-describedby="cause.code-problem"><option value="">${asks.receipt_cause === "required" ? t("Choose") : t("Not known yet")}</option>
        ${asks.causes.map((one) => html`<option value=${one.code}>${labelOf(one)}</option>`)}</select><p class="problem" id="cause.code-problem"></p></div>
    ${input("cause.note", t("In a few words"), t("What the customer says"))}`;
  openSheet(sheet, {
    title: t("Payment of {customer}", { customer: payer.customer }), act: t("Take the payment"),
    body: (redraw) => html`<p>${t("{account}: {amount} overdue", { account: payer.account, amount: html`<strong>${told(payer.overdue)}</strong>` })}</p>
      <div class="field"><label for="amount.amount_minor">${t("Amount, {currency}", { currency })}</label>
        <input id="amount.amount_minor" name="amount.amount_minor" class="big" inputmode="decimal" autocomplete="off" aria-describedby="amount.amount_minor-problem"
          .value=${is.amount} @input=${(event) => { is.amount = event.target.value; }}><p class="problem" id="amount.amount_minor-problem"></p></div>
      <div class="field"><label for="mode">${t("Paid by")}</label><select id="mode" name="mode" @change=${(event) => { is.mode = event.target.value; redraw(); }}>
        ${modes.map(({ code }) => html`<option value=${code} ?selected=${code === is.mode}>${MODES[code] ?? code}</option>`)}</select>
        <p class="problem" id="mode-problem"></p></div>
      ${mode().is_cash ? html`<p class="hint">${t("Count the notes and coins that stay once the change is given.")}</p>${count.fields(redraw, { false_notes: false })}
        <p class="result ${count.total === minor() ? "" : "off"}" role="status" data-testid="counted" ?hidden=${!minor() && !count.total}>${counted()}</p>`
        : html`${input("mode_reference", t("Reference"), mode().expected)}
          ${mode().details.map((one) => input(`mode_details.${one.name}`, detailName(one), one.expected))}`}
      ${isShort() ? cause() : ""}`,
  }, async (form) => {
    if (!minor()) throw new Problem({ title: t("How much?"), errors: [{ field: "amount.amount_minor", expected: t("an amount in {currency}", { currency }) }] });
    const value = (name) => form.elements.namedItem(name)?.value.trim() || undefined;
    const code = value("cause.code");
    const note = value("cause.note");
    const missing = [
      isShort() && !code && (note || asks.receipt_cause === "required") && { field: "cause.code", expected: REQUIRED },
      code && !note && { field: "cause.note", expected: t("what the customer says") },
    ].filter(Boolean);
    if (missing.length) throw new Problem({ title: t("Something is missing"), errors: missing });
    const details = Object.fromEntries(mode().details.map(({ name }) => [name, value(`mode_details.${name}`)]).filter(([, said]) => said));
    await act.takePayment(id, {
      case_id: payer.id, amount: { amount_minor: minor(), currency }, mode: is.mode,
      ...(mode().is_cash ? { denominations: count.body.denominations } : { mode_reference: value("mode_reference"), mode_details: details }),
      ...(code && { cause: { code, note } }),
    }).catch((problem) => {
      if (!problem.facts?.causes) throw problem;
      is.isShort = true; // more is due than is overdue, where something falls due today
      form.dispatchEvent(new Event("input"));
      throw new Problem({ title: problem.title, errors: [{ field: "cause.code", expected: REQUIRED }] });
    });
    payers.look("", show);
    show(); // who has paid is not left there to be clicked again
  });
}

/** A receipt that a lost phone has not sent, as the customer's paper has it. */
function openPaper(sheet, payer, { act, show }) {
  const { currency } = payer.overdue;
  const id = newId();
  const field = (name, label, hint, attributes = {}) => html`<div class="field"><label for=${name}>${label}</label><p class="hint">${hint}</p>
    <input id=${name} name=${name} type=${attributes.type ?? "text"} inputmode=${attributes.inputmode ?? "text"} max=${attributes.max ?? ""} autocomplete="off" aria-describedby="${name}-problem"><p class="problem" id="${name}-problem"></p></div>`;
  openSheet(sheet, {
    title: t("From the paper of {customer}", { customer: payer.customer }), act: t("Enter the receipt"),
    body: () => html`<p>${t("For a phone that was lost before it had sent the receipt, or a leaf of a receipt book. It becomes the agent's receipt and cash; should the phone's own record come, it is this one.")}</p>
      ${field("provisional_number", t("Number on the paper"), t("Such as {example}", { example: "LS-001-L7-003, B12-17" }))}
      ${field("amount.amount_minor", t("Amount, {currency}", { currency }), t("Cash, as the paper says"), { inputmode: "decimal" })}
      ${field("taken_at", t("When it was taken"), t("Day and time on the paper, as clocks show it in {zone}", { zone: zoneName() }), { type: "datetime-local", max: wallTime(Date.now()) })}`,
  }, async (form) => {
    const value = (name) => form.elements.namedItem(name).value.trim();
    const minor = minorOf(value("amount.amount_minor"), currency);
    const errors = [
      !value("provisional_number") && { field: "provisional_number", expected: t("the number on the paper") },
      !minor && { field: "amount.amount_minor", expected: t("an amount in {currency}", { currency }) },
      !value("taken_at") && { field: "taken_at", expected: t("a day and a time") },
    ].filter(Boolean);
    if (errors.length) throw new Problem({ title: t("Something is missing"), errors });
    await act.enterPaper(id, {
      case_id: payer.id, amount: { amount_minor: minor, currency }, mode: "cash",
      provisional_number: value("provisional_number"), taken_at: instantOf(value("taken_at")),
    });
    show();
  });
}

export function counterPart({ state, act, sheet, show }) {
  const { taken } = state;
  const chosen = receipts.chosen;
  return html`<div class="counter">
    ${taken ? html`<div class="banner good" role="status" data-testid="taken">${icon("check")}<p><strong>${t("{amount}, receipt {number}", { amount: told(taken.amount), number: taken.number })}</strong>
      ${taken.outstanding.amount_minor ? t("{amount} is left to pay.", { amount: told(taken.outstanding) }) : t("Nothing is left to pay.")}</p>
      <a class="button small" href=${api.receiptPdf(taken.id)} target="_blank" rel="noopener">${icon("download")}${t("Receipt (PDF)")}</a></div>` : ""}
    <section>${payers.fields(show, (one) => openPayment(sheet, one, { act, show }))}</section>
    <section>${papers.fields(show, (one) => openPaper(sheet, one, { act, show }))}</section>
    <section>${receipts.fields(show)}
      ${chosen ? html`<p class="buttons"><a class="button" href=${api.receiptPdf(chosen.id)} target="_blank" rel="noopener">${icon("download")}${t("{number} (PDF)", { number: chosen.number })}</a>
        <button type="button" class="button" ?disabled=${Boolean(chosen.reversal)} @click=${() => undoReceipt(sheet, chosen, act)}>${t("Undo it…")}</button></p>` : ""}</section></div>`;
}
