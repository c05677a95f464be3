/** The last look before a receipt is issued: the amount in words, and what a branch asks beside it. */

import { causeOf, gapOf } from "../facts/cause.js";
import { detailsOf, referenceOf } from "../facts/mode.js";
import { counted, isCode, tenderOf } from "../facts/tender.js";
import { sendAgain } from "../kept/outbox.js";
import { state } from "../state.js";
import { flush } from "../sync/flush.js";
import { sendCode } from "../sync/office.js";
import { takePayment } from "../sync/records.js";
import { inWords } from "../texts/in_words.js";
import { spoken, t } from "../texts/texts.js";
import { minor, problem } from "../texts/told.js";
import { asksForCauses, causeFields, wrongWithCause } from "./cause.js";
import { modeLine } from "./mode.js";
import { choices, field, figure, html, icon, mainButton, nothing, screen } from "./parts.js";

const CARD = ["entered", "missing"];

/** What is wrong with what a branch asks beside the amount, by field. */
function wrongWith(ui, { asksCode, asksCause }) {
  const wrong = {};
  if (asksCode && !ui.isCodeless && !isCode(ui.code ?? "")) wrong.code = t(ui.code ? "codeWrong" : "codeMissing");
  if (ui.card && !(ui.cardText ?? "").trim()) wrong.card = t(ui.card === "entered" ? "cardPlace" : "cardWhy");
  if (ui.card === "missing" && (ui.cardText ?? "").trim().length < 3) wrong.card = t("cardWhy");
  return { ...wrong, ...(asksCause && wrongWithCause(ui)) };
}

/** What stands in the receipt beside amount and mode. */
function besides(ui, mode, amount_minor, { asksCode, asksCause }) {
  const { currency } = state.day;
  const tender = mode.is_cash ? tenderOf(ui.counts, amount_minor) : null;
  const cause = asksCause && causeOf(ui);
  const change = tender?.change_minor ? { change: { amount_minor: tender.change_minor, currency } } : {};
  return {
    amount_words: inWords(amount_minor, currency, spoken()),
    ...(tender && { tender: { denominations: counted(ui.counts), ...change } }),
    ...(ui.card && { loan_card: { [ui.card === "entered" ? "place" : "missing_because"]: ui.cardText.trim() } }),
    ...(asksCode && !ui.isCodeless && { one_time_code: ui.code }),
    ...(cause && { cause }),
  };
}

export function sureScreen({ act, done, set, its, record, mode, amount_minor }) {
  const { ui, day } = state;
  const asksCode = Boolean(mode.is_cash && day.door?.asks_code);
  // What is put right was taken off what is due already when it was taken.
  const due_minor = Math.min(its.case.overdue.amount_minor, its.overdue_minor + (record?.body.amount.amount_minor ?? 0));
  const open_minor = Math.min(its.case.outstanding.amount_minor, its.due_minor + (record?.body.amount.amount_minor ?? 0));
  const gap = gapOf(amount_minor, { due: due_minor, open: open_minor });
  const isExplained = state.records.some((each) => each.kind === "root_cause" && each.body.receipt_id === record?.id && each.state !== "dropped");
  const asksCause = Boolean(gap) && !isExplained && asksForCauses();
  const change_minor = mode.is_cash ? (tenderOf(ui.counts, amount_minor)?.change_minor ?? 0) : 0;
  const take = () => {
    const wrong = wrongWith(ui, { asksCode, asksCause });
    set({ wrong });
    if (Object.keys(wrong).length) return;
    act(async () => {
      const money = { amount_minor, currency: day.currency };
      const reference = referenceOf(mode, ui);
      const details = detailsOf(mode, ui);
      const more = besides(ui, mode, amount_minor, { asksCode, asksCause });
      if (record) {
        const { tender, loan_card, one_time_code, cause, ...kept } = record.body;
        await sendAgain(record, { ...kept, amount: money, mode: mode.code, mode_reference: reference, mode_details: details, ...more });
        flush();
      } else {
        await takePayment(its.case.id, money, mode.code, reference, details, more, ui.receiptId);
      }
      done(`#/receipt/${record?.id ?? ui.receiptId}`);
    });
  };
  return screen({
    title: t("confirmTitle"),
    main: html`<section class="card sure">
        <p>${its.case.customer}</p>
        ${figure(minor(amount_minor), "sure-amount")}
        <p class="words" data-testid="sure-words">${inWords(amount_minor, day.currency, spoken())}</p>
        <p>${modeLine(mode.code, referenceOf(mode, ui), detailsOf(mode, ui))}</p>
        ${change_minor ? html`<p class="warn" data-testid="sure-change">${t("giveBack", { amount: minor(change_minor) })}</p>` : nothing}
        ${gap === "short" ? html`<p class="quiet">${t("leaves", { amount: minor(due_minor - amount_minor) })}</p>` : nothing}
        ${gap === "over" ? html`<p class="warn" data-testid="sure-over">${t("overOpen", { amount: minor(amount_minor - open_minor) })}</p>` : nothing}
      </section>
      ${asksCause ? causeFields({ given: ui, wrong: ui.wrong, set: (members) => set({ ...members, wrong: null }), label: t(`causeAsk_${gap}`) }) : nothing}
      ${asksCode ? codeField(its, { act, set }) : nothing}
      <details ?open=${Boolean(ui.card)}><summary data-testid="card">${t("card")}</summary>
        ${choices("card", CARD.map((each) => [each, t(`card_${each}`)]), ui.card, (card) => set({ card, wrong: null }))}
        ${ui.card ? field({ name: "card_text", label: t(ui.card === "entered" ? "cardPlace" : "cardWhy"), wrong: ui.wrong?.card,
          input: html`<input id="card_text" maxlength=${ui.card === "entered" ? 60 : 200} autocomplete="off" .value=${ui.cardText ?? ""} @input=${(event) => set({ cardText: event.target.value, wrong: null })}>` }) : nothing}</details>
      <p class="quiet">${t("confirmLead")}</p>`,
    action: html`<button class="button large" @click=${() => set({ isChecked: false, wrong: null })}>${t("change")}</button>
      ${mainButton(t("issueReceipt"), take, { testid: "issue" })}`,
  });
}

/** The code that the customer got in the morning, or gets now. Cash without one is taken all the same, and marked. */
function codeField(its, { act, set }) {
  const { ui } = state;
  return html`<section class="card">
    ${ui.isCodeless ? nothing : field({ name: "code", label: t("code"), hint: t("codeHint"), wrong: ui.wrong?.code,
      input: html`<input id="code" class="money" inputmode="numeric" maxlength="6" autocomplete="off" .value=${ui.code ?? ""} @input=${(event) => set({ code: event.target.value.trim(), wrong: null })}>` })}
    <label class="check"><input type="checkbox" data-testid="codeless" .checked=${Boolean(ui.isCodeless)} @change=${(event) => set({ isCodeless: event.target.checked, wrong: null })}> <span>${t("codeless")}</span></label>
    ${ui.codeSent ? html`<p class="quiet">${icon("check")} ${t("codeSent")}</p>`
      : html`<button class="button large" ?disabled=${ui.isBusy || !navigator.onLine} @click=${() => act(async () => set(await sendCode(its.case.id)))}>${t("codeSend")}</button>`}
    ${ui.codeProblem ? html`<p class="problem" role="alert">${problem(ui.codeProblem)}</p>` : nothing}
  </section>`;
}
