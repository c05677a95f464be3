/** Taking a payment, and the receipt. */

import { provisionalNumber } from "../facts/ids.js";
import { minorOf, totalOf, typed } from "../facts/money.js";
import { sendAgain } from "../kept/outbox.js";
import { shownCase, state } from "../state.js";
import { flush } from "../sync/flush.js";
import { takePayment } from "../sync/records.js";
import { hasText, t } from "../texts/texts.js";
import { amount, day, minor, problem, time } from "../texts/told.js";
import { handOn } from "./slip.js";
import { choices, counter, field, html, icon, mainButton, nothing, screen } from "./parts.js";

export const modeName = (code) => (hasText(`mode_${code}`) ? t(`mode_${code}`) : code);

/** What a mode asks beside its reference, as far as it was entered: `ui.detail_bank`, … */
const detailsOf = (mode, ui) => Object.fromEntries((mode.details ?? [])
  .map((each) => [each.name, (ui[`detail_${each.name}`] ?? "").trim()]).filter(([, value]) => value));

const detailName = (each) => (hasText(`detail_${each.name}`) ? t(`detail_${each.name}`) : each.expected);

/** What is wrong with what was entered, by field; empty when it can be taken. */
function wrongWith({ typedAmount, mode, reference, demands, ...ui }, its) {
  const currency = state.day.currency;
  const amount_minor = minorOf(typedAmount, currency);
  const wrong = {};
  if (!amount_minor) wrong.amount = t("amountWrong");
  else if (!its && !demands.length && !navigator.onLine) wrong.amount = t("adhocOffline");
  const room = state.till?.headroom_minor ?? 0;
  // What is put right was counted into the till already when it was taken.
  const counted = its?.body.mode === "cash" ? its.body.amount.amount_minor : 0;
  if (mode.is_cash && amount_minor > room + counted) {
    wrong.amount = t("overLimit", { over: minor(amount_minor - room - counted), limit: minor(state.till?.limit_minor ?? 0) });
    wrong.isOverLimit = true;
  }
  if (mode.reference && !new RegExp(`^(?:${mode.reference})$`).test(reference)) {
    wrong.reference = hasText(`reference_${mode.code}`) ? t(`reference_${mode.code}`) : mode.expected;
  }
  const details = detailsOf(mode, ui);
  for (const each of mode.details ?? []) {
    const value = details[each.name];
    if (value ? !new RegExp(`^(?:${each.pattern})$`).test(value) : each.is_required) wrong[`detail_${each.name}`] = each.expected;
  }
  return wrong;
}

export function paymentScreen({ act, done, set }) {
  const its = shownCase();
  const { ui, day: theDay } = state;
  const record = state.records.find((each) => each.id === state.route[3] && each.state === "parked");
  ui.mode ??= record?.body.mode ?? theDay.modes[0].code;
  ui.typedAmount ??= record ? typed(record.body.amount.amount_minor, theDay.currency) : "";
  ui.reference ??= record?.body.mode_reference ?? "";
  const mode = theDay.modes.find((each) => each.code === ui.mode);
  const amount_minor = minorOf(ui.typedAmount, theDay.currency);
  const back = `#/case/${its.case.id}`;
  const check = () => set({ wrong: wrongWith({ ...ui, mode, demands: its.demands }, record), isChecked: !Object.keys(wrongWith({ ...ui, mode, demands: its.demands }, record)).length });
  const take = () => act(async () => {
    const money = { amount_minor, currency: theDay.currency };
    const reference = mode.reference ? ui.reference : null;
    const details = detailsOf(mode, ui);
    if (record) {
      await sendAgain(record, { ...record.body, amount: money, mode: mode.code, mode_reference: reference, mode_details: details });
      flush();
    }
    const id = record?.id ?? (await takePayment(its.case.id, money, mode.code, reference, details));
    done(`#/receipt/${id}`);
  });
  if (ui.isChecked) {
    return screen({
      title: t("confirmTitle"),
      main: html`<section class="card sure">
          <p>${its.case.customer}</p>
          <p class="figure" data-testid="sure-amount">${minor(amount_minor)}</p>
          <p>${modeName(mode.code)}${mode.reference ? ` · ${ui.reference}` : ""}</p>
          ${amount_minor < its.overdue_minor ? html`<p class="quiet">${t("leaves", { amount: minor(its.overdue_minor - amount_minor) })}</p>` : nothing}
        </section><p class="quiet">${t("confirmLead")}</p>`,
      action: html`<button class="button large" @click=${() => set({ isChecked: false })}>${t("change")}</button>
        ${mainButton(t("issueReceipt"), take, { testid: "issue" })}`,
    });
  }
  return screen({
    title: t("takePayment"),
    back,
    main: html`
      <p>${its.case.customer} · ${t("overdueNow")} <b>${minor(its.overdue_minor)}</b></p>
      ${field({ name: "amount", label: t("amount"), wrong: ui.wrong?.amount,
        input: html`<input id="amount" class="money" inputmode="decimal" autocomplete="off" aria-invalid=${Boolean(ui.wrong?.amount)} .value=${ui.typedAmount}
          @input=${(event) => set({ typedAmount: event.target.value, counts: {}, wrong: null })}>` })}
      ${ui.wrong?.isOverLimit ? html`<a class="button large" href="#/cash/deposit" data-testid="deposit-first">${icon("cash")} ${t("depositFirst")}</a>` : nothing}
      ${its.overdue_minor ? html`<div class="chips"><button type="button" class="chip large" data-testid="all-overdue" @click=${() => set({ typedAmount: typed(its.overdue_minor, theDay.currency), counts: {}, wrong: null })}>${t("allOverdue")} <b>${minor(its.overdue_minor)}</b></button></div>` : nothing}
      ${choices("mode", theDay.modes.map((each) => [each.code, modeName(each.code)]), ui.mode, (value) => set({ mode: value, wrong: null }))}
      ${mode.reference ? field({ name: "reference", label: t("reference"), hint: hasText(`reference_${mode.code}`) ? t(`reference_${mode.code}`) : mode.expected, wrong: ui.wrong?.reference,
        input: html`<input id="reference" autocomplete="off" .value=${ui.reference} @input=${(event) => set({ reference: event.target.value.trim(), wrong: null })}>` }) : nothing}
      ${(mode.details ?? []).map((each) => field({ name: `detail_${each.name}`, label: detailName(each), hint: each.is_required ? "" : t("optional"), wrong: ui.wrong?.[`detail_${each.name}`],
        input: html`<input id=${`detail_${each.name}`} type=${each.name.endsWith("_on") ? "date" : "text"} autocomplete="off" .value=${ui[`detail_${each.name}`] ?? record?.body.mode_details?.[each.name] ?? ""}
          @input=${(event) => set({ [`detail_${each.name}`]: event.target.value, wrong: null })}>` }))}
      ${mode.is_cash ? html`<p class="quiet" data-testid="room">${t("room", { amount: minor(state.till?.headroom_minor ?? 0) })}</p>
        <details ?open=${Boolean(ui.isCounting)}><summary @click=${() => { ui.isCounting = true; }}>${t("countNotes")}</summary>
        ${counter(theDay.faces_minor, ui.counts ?? {}, minor, (counts) => set({ counts, typedAmount: typed(totalOf(counts), theDay.currency), wrong: null }))}</details>` : nothing}`,
    action: mainButton(amount_minor ? t("continueWith", { amount: minor(amount_minor) }) : t("continue"), check, { testid: "continue" }),
  });
}

/** A receipt, to show and to hand on. Until the server has numbered it, its number is provisional. */
export function receiptScreen(doings) {
  const record = state.records.find((each) => each.id === state.route[1]);
  if (!record) return screen({ title: t("receipt"), back: "#/", main: nothing });
  const { body, answer } = record;
  const its = state.cases.get(record.case_id);
  const number = answer?.number ?? record.number ?? provisionalNumber(record.id);
  const slip = { number, amount: amount(body.amount), isProvisional: !answer, rows: [
    [t("customer"), its?.case.customer], [t("account"), its?.case.account],
    [t("mode"), [modeName(body.mode), body.mode_reference].filter(Boolean).join(" · ")],
    [t("at"), `${day(body.taken_at)} ${time(body.taken_at)}`], [t("stillDue"), answer && amount(answer.outstanding)],
  ].filter(([, value]) => value) };
  return screen({
    title: t("receipt"),
    main: html`<section class="card paper" data-testid="receipt">
        <p class="number" data-testid="receipt-number">${number}</p>
        <p class="figure">${amount(body.amount)}</p>
        <dl class="pairs">
          <div><dt>${t("customer")}</dt><dd>${its?.case.customer ?? ""}</dd></div>
          <div><dt>${t("account")}</dt><dd>${its?.case.account ?? ""}</dd></div>
          <div><dt>${t("mode")}</dt><dd>${modeName(body.mode)}${body.mode_reference ? ` · ${body.mode_reference}` : ""}</dd></div>
          <div><dt>${t("at")}</dt><dd>${day(body.taken_at)} ${time(body.taken_at)}</dd></div>
          ${answer ? html`<div><dt>${t("stillDue")}</dt><dd>${amount(answer.outstanding)}</dd></div>` : nothing}
        </dl>
        ${record.state === "sent" ? html`<p class="badge verified">${icon("check")} ${t("receiptSent")}</p>`
          : record.state === "parked" ? html`<a class="banner offline" href="#/outbox">${icon("warning")}<span><strong>${t("receiptParked")}</strong>${problem(record.problem)}</span></a>`
            : html`<p class="badge probable">${icon("clock")} ${t("receiptWaits")}</p>`}
      </section>
      ${record.state === "waiting" ? html`<p class="quiet">${t("provisional")}</p>` : nothing}
      ${handOn(slip, doings)}`,
    action: html`<a class="button main large" href="#/case/${record.case_id}" data-testid="receipt-done">${t("backToCase")}</a>`,
  });
}
