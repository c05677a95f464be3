/** Taking a payment, and the receipt. */

import { factId, provisionalNumber } from "../facts/ids.js";
import { minorOf, totalOf, typed } from "../facts/money.js";
import { givenMode } from "../facts/mode.js";
import { causeOf, gapSaid, givenCause } from "../facts/cause.js";
import { countsOf, fewest, tenderOf } from "../facts/tender.js";
import { upiLink } from "../facts/upi.js";
import { now } from "../kept/clock.js";
import { shownCase, state } from "../state.js";
import { explain } from "../sync/records.js";
import { t } from "../texts/texts.js";
import { amount, day, minor, problem, time } from "../texts/told.js";
import { asksForCauses, causeFields, wrongWithCause } from "./cause.js";
import { modeFields, modeLine, modeName, wrongWithMode } from "./mode.js";
import { handOn } from "./slip.js";
import { choices, counter, field, figure, html, icon, mainButton, nothing, screen } from "./parts.js";
import { sureScreen } from "./payment_sure.js";
import { beyondRoom, whyBlocked } from "./room.js";
import { qr } from "./qr.js";
import { customerLink } from "./receipt_link.js";

export { modeName };

/** What is wrong with what was entered, by field; empty when it can be taken. */
function wrongWith({ typedAmount, mode, demands, counts, ...ui }, its) {
  const currency = state.day.currency;
  const amount_minor = minorOf(typedAmount, currency);
  const wrong = {};
  if (!amount_minor) wrong.amount = t("amountWrong");
  else if (!its && !demands.length && !navigator.onLine) wrong.amount = t("adhocOffline");
  // What is put right was counted into the till already when it was taken.
  const counted = its?.body.mode === "cash" ? its.body.amount.amount_minor : 0;
  const beyond = mode.is_cash && beyondRoom(amount_minor ?? 0, counted);
  if (beyond) Object.assign(wrong, { amount: beyond, isOverLimit: true });
  const tender = mode.is_cash && tenderOf(counts ?? {}, amount_minor ?? 0);
  if (tender && tender.missing_minor) wrong.counts = t("notesMissing", { amount: minor(tender.missing_minor) });
  return { ...wrong, ...wrongWithMode(mode, ui) };
}

/** What a screen of a payment begins with: what was refused, where that is put right. */
function begin(ui, record, theDay) {
  if (record && !ui.receiptId) Object.assign(ui, { ...givenMode(record.body), ...givenCause(record.body.cause), ...ui });
  ui.mode ??= record?.body.mode ?? theDay.modes[0].code;
  ui.typedAmount ??= record ? typed(record.body.amount.amount_minor, theDay.currency) : "";
  ui.counts ??= countsOf(record?.body.tender?.denominations);
  ui.receiptId ??= record?.id ?? factId(now());
}

export function paymentScreen(doings) {
  const { done, set } = doings;
  const its = shownCase();
  const { ui, day: theDay } = state;
  const record = state.records.find((each) => each.id === state.route[3] && each.state === "parked");
  begin(ui, record, theDay);
  // The phone closed the app between the record and the next screen: this payment is written down.
  const isTaken = !record && !ui.isBusy && state.records.some((each) => each.id === ui.receiptId);
  if (isTaken) queueMicrotask(() => done(`#/receipt/${ui.receiptId}`));
  const mode = theDay.modes.find((each) => each.code === ui.mode);
  const amount_minor = minorOf(ui.typedAmount, theDay.currency);
  if (ui.isChecked) return sureScreen({ ...doings, its, record, mode, amount_minor });
  const check = () => {
    const wrong = wrongWith({ ...ui, mode, demands: its.demands }, record);
    set({ wrong, isChecked: !Object.keys(wrong).length });
  };
  // Counting alone makes the amount; once it was typed, the count is held against it.
  const count = (counts) => set({ counts, wrong: null, ...(!ui.isTyped && { typedAmount: totalOf(counts) ? typed(totalOf(counts), theDay.currency) : "" }) });
  const type = (text) => set({ typedAmount: text, isTyped: Boolean(text), wrong: null });
  const chip = (amount_minor, name, testid) => html`<button type="button" class="chip large" data-testid=${testid} @click=${() => type(typed(amount_minor, theDay.currency))}>${name} <b>${minor(amount_minor)}</b></button>`;
  const ahead_minor = its.advance.reduce((sum, due) => sum + due.amount.amount_minor, 0);
  return screen({
    title: t("takePayment"),
    back: `#/case/${its.case.id}`,
    main: html`
      <p>${its.case.customer} · ${t("overdueNow")} <b>${minor(its.overdue_minor)}</b></p>
      ${its.demands.length ? nothing : html`<p class="banner" data-testid="adhoc">${icon("warning")}<span><strong>${t("adhocTitle")}</strong>${t(navigator.onLine ? "adhocLead" : "adhocWait")}</span></p>`}
      ${field({ name: "amount", label: t("amount"), wrong: ui.wrong?.amount,
        input: html`<input id="amount" class="money" inputmode="decimal" autocomplete="off" aria-invalid=${Boolean(ui.wrong?.amount)} .value=${ui.typedAmount}
          @input=${(event) => type(event.target.value)}>` })}
      ${ui.wrong?.isOverLimit || (mode.is_cash && whyBlocked()) ? html`<a class="button large" href="#/cash/deposit" data-testid="deposit-first">${icon("cash")} ${t("depositFirst")}</a>` : nothing}
      ${its.overdue_minor || ahead_minor ? html`<div class="chips">
        ${its.overdue_minor ? chip(its.overdue_minor, t("allOverdue"), "all-overdue") : nothing}
        ${ahead_minor ? chip(its.overdue_minor + ahead_minor, t("withAdvance"), "with-advance") : nothing}</div>` : nothing}
      ${choices("mode", theDay.modes.map((each) => [each.code, modeName(each.code)]), ui.mode, (value) => set({ mode: value, wrong: null }))}
      ${mode.code === "upi" ? askByUpi(its, ui, amount_minor) : nothing}
      ${modeFields({ mode, given: ui, wrong: ui.wrong, set: (members) => set({ ...members, wrong: null }) })}
      ${mode.is_cash ? html`<p class=${whyBlocked() ? "warn" : "quiet"} data-testid="room">${whyBlocked() ?? t("room", { amount: minor(state.till?.headroom_minor ?? 0) })}</p>
        <details ?open=${Boolean(ui.isCounting) || Boolean(totalOf(ui.counts))}><summary data-testid="count" @click=${() => { ui.isCounting = true; }}>${t("countNotes")}</summary>
        ${tendered(ui.counts, amount_minor)}
        ${counter(theDay.faces_minor, ui.counts, minor, count)}</details>` : nothing}`,
    action: mainButton(amount_minor ? t("continueWith", { amount: minor(amount_minor) }) : t("continue"), check, { testid: "continue" }),
  });
}

/** What was counted against the amount: how much is missing, or goes back. */
function tendered(counts, amount_minor) {
  const tender = tenderOf(counts, amount_minor ?? 0);
  if (!tender) return html`<p class="quiet">${t("notesLead")}</p>`;
  const { total_minor, missing_minor, change_minor } = tender;
  const told = missing_minor ? t("notesMissing", { amount: minor(missing_minor) }) : change_minor ? t("giveBack", { amount: minor(change_minor) }) : t("notesFit");
  return html`<p class=${missing_minor ? "warn" : ""} data-testid="tender" aria-live="polite"><b>${minor(total_minor)}</b> · ${told}
    ${change_minor ? html`<span class="quiet by-face">${fewest(change_minor, state.day.faces_minor).map(([face, count]) => `${count} × ${minor(face)}`).join(" + ")}</span>` : nothing}</p>`;
}

/** The code that the customer's app reads. What proves the payment is the RRN that it then shows. */
function askByUpi(its, ui, amount_minor) {
  const payee = state.day.door?.upi;
  if (!payee || state.day.currency !== "INR") return nothing;
  if (!amount_minor) return html`<p class="quiet">${t("upiAmountFirst")}</p>`;
  return html`<section class="card sure" data-testid="upi">
    <p>${t("upiScan", { name: payee.name })}</p>
    ${qr(upiLink(payee, amount_minor, ui.receiptId, its.case.account), t("upiScan", { name: payee.name }))}
    ${figure(minor(amount_minor))}
    <p class="quiet">${payee.vpa} · ${t("upiProof")}</p></section>`;
}

/** How a payment was made, in one line: its mode, reference and details. */
const modeOf = (body) => modeLine(body.mode, body.mode_reference, body.mode_details);

/** A receipt, to show and to hand on. Until the server has numbered it, its number is provisional. */
export function receiptScreen(doings) {
  const record = state.records.find((each) => each.id === state.route[1]);
  if (!record) return screen({ title: t("receipt"), back: "#/", main: nothing });
  const { body, answer } = record;
  const its = state.cases.get(record.case_id);
  const number = answer?.number ?? record.number ?? provisionalNumber(record.id);
  const slip = { number, amount: amount(body.amount), words: body.amount_words, isProvisional: !answer, rows: [
    [t("customer"), its?.case.customer], [t("account"), its?.case.account],
    [t("mode"), modeOf(body)],
    [t("at"), `${day(body.taken_at)} ${time(body.taken_at)}`], [t("stillDue"), answer && amount(answer.outstanding)],
  ].filter(([, value]) => value) };
  return screen({
    title: t("receipt"),
    main: html`<section class="card paper" data-testid="receipt">
        <p class="number" data-testid="receipt-number">${number}</p>
        ${figure(amount(body.amount))}
        ${body.amount_words ? html`<p class="words">${body.amount_words}</p>` : nothing}
        <dl class="pairs">
          <div><dt>${t("customer")}</dt><dd>${its?.case.customer ?? ""}</dd></div>
          <div><dt>${t("account")}</dt><dd>${its?.case.account ?? ""}</dd></div>
          <div><dt>${t("mode")}</dt><dd>${modeOf(body)}</dd></div>
          ${body.tender?.change ? html`<div><dt>${t("changeGiven")}</dt><dd>${amount(body.tender.change)}</dd></div>` : nothing}
          <div><dt>${t("at")}</dt><dd>${day(body.taken_at)} ${time(body.taken_at)}</dd></div>
          ${answer ? html`<div><dt>${t("stillDue")}</dt><dd>${amount(answer.outstanding)}</dd></div>` : nothing}
        </dl>
        ${record.state === "sent" ? html`<p class="badge verified">${icon("check")} ${t("receiptSent")}</p>`
          : record.state === "parked" ? html`<a class="banner offline" href="#/outbox">${icon("warning")}<span><strong>${t("receiptParked")}</strong>${problem(record.problem)}</span></a>`
            : html`<p class="badge probable">${icon("clock")} ${t("receiptWaits")}</p>`}
      </section>
      ${record.state === "waiting" ? html`<p class="quiet">${t("provisional")}</p>` : nothing}
      ${record.state === "sent" ? unexplained(record, doings) : nothing}
      ${record.state === "sent" ? customerLink(record, doings) : nothing}
      ${handOn(slip, doings)}`,
    action: html`<a class="button main large" href="#/case/${record.case_id}" data-testid="receipt-done">${t("backToCase")}</a>`,
  });
}

/** A payment of which the office still asks why it is not what was due: said here, it goes after the receipt. */
function unexplained(record, { act, set }) {
  const { ui } = state;
  const isSaid = state.records.some((each) => each.kind === "root_cause" && each.body.receipt_id === record.id && each.state !== "dropped");
  if (!record.answer?.asks_cause || isSaid || !asksForCauses()) return nothing;
  const say = () => {
    const wrong = ui.causeCode ? wrongWithCause(ui) : { causeCode: t("pickOne") };
    set({ wrong });
    if (!Object.keys(wrong).length) act(() => explain(record.case_id, record.id, causeOf(ui)));
  };
  return html`<section class="card" data-testid="unexplained">
    ${causeFields({ given: ui, wrong: ui.wrong, set: (members) => set({ ...members, wrong: null }), label: t(`causeAsk_${gapSaid(record.answer)}`) })}
    <button class="button large" data-testid="explain" ?disabled=${ui.isBusy} @click=${say}>${t("causeSay")}</button></section>`;
}
