/** The sheet of a center: attendance and payments of all its members, submitted as one. */

import { provisionalNumber } from "../facts/ids.js";
import { givenCause } from "../facts/cause.js";
import { givenMode } from "../facts/mode.js";
import { ATTENDANCES, entered, gapIn, isUnpaid, membersOf, totalsOf } from "../facts/sheet.js";
import { typed } from "../facts/money.js";
import { localDay } from "../facts/times.js";
import { countsOf } from "../facts/tender.js";
import { openByCase, state } from "../state.js";
import { t } from "../texts/texts.js";
import { minor, time } from "../texts/told.js";
import { countScreen } from "./center_count.js";
import { asksForCauses, causeFields, wrongWithCause } from "./cause.js";
import { modeFields, modeName, wrongWithMode } from "./mode.js";
import { figure, html, icon, mainButton, nothing, rows, screen } from "./parts.js";

/** The last record of a kind about a center that this phone made today; undefined without one. */
export const recordOf = (kind, sheet) => state.records.findLast((each) => each.kind === kind && each.center_id === sheet.center.center_id
  && each.state !== "dropped" && localDay(each.made_at, state.day.zone) === sheet.day);

const submittedOf = (sheet) => recordOf("center_meeting", sheet);

/** Today's sheets, on the round. */
export function sheetCards() {
  const sheets = state.day.door?.sheets ?? [];
  if (!sheets.length) return nothing;
  return html`<section class="card"><h2>${t("centersToday")}</h2><ul class="sheets">${sheets.map((sheet) => {
    const record = submittedOf(sheet);
    const told = record ? (record.state === "parked" ? t("needsYou") : t("sheetDone")) : minor(sheet.amounts.left.amount_minor);
    return html`<li><a class="button large" href="#/center/${sheet.center.center_id}" data-testid="center">
      <span>${sheet.center.name}<small> ${[sheet.center.meets_at?.slice(0, 5), t("members", { count: membersOf(sheet).length })].filter(Boolean).join(" · ")}</small></span> <b>${told}</b></a></li>`;
  })}</ul></section>`;
}

/** What the screen begins with: what was refused, else nothing. */
function begin(ui, sheet, record) {
  ui.whys ??= {};
  if (ui.entries) return;
  ui.entries = {};
  ui.marks = Object.fromEntries(membersOf(sheet).filter((member) => member.attendance).map((member) => [member.customer_id, member.attendance]));
  ui.counts = countsOf(record?.body.denominations);
  for (const member of record?.body.members ?? []) {
    ui.marks[member.customer_id] = member.attendance;
    ui.whys[member.customer_id] = givenCause(member.cause);
    for (const each of member.receipts) ui.entries[each.case_id] = { typed: typed(each.amount.amount_minor, each.amount.currency), mode: each.mode, ...givenMode(each), ...givenCause(each.cause), isEntered: true };
  }
}

export function centerScreen(doings) {
  const { set } = doings;
  const { ui, day } = state;
  const sheet = day.door?.sheets.find((each) => each.center.center_id === state.route[1]);
  if (!sheet) return screen({ title: t("sheet"), back: "#/", main: html`<section class="card"><p>${t("caseGoneLead")}</p></section>` });
  const record = submittedOf(sheet);
  if (record && record.state !== "parked" && !ui.isBusy) return submittedScreen(sheet, record);
  if (!record && membersOf(sheet).every((member) => member.attendance)) return elsewhereScreen(sheet);
  begin(ui, sheet, record);
  const totals = totalsOf(sheet, ui.entries, ui.marks, day.currency);
  if (ui.isCounting) return countScreen({ ...doings, sheet, record, totals, image: recordOf("picture", sheet) });
  const mark = (customer_id, its) => set({ marks: { ...ui.marks, [customer_id]: its }, wrong: null });
  const enter = (case_id, members) => set({ entries: { ...ui.entries, [case_id]: { ...ui.entries[case_id], ...members } }, wrong: null });
  const explain = (customer_id, members) => set({ whys: { ...ui.whys, [customer_id]: { ...ui.whys[customer_id], ...members } }, wrong: null });
  const allPresent = () => set({ marks: { ...Object.fromEntries(membersOf(sheet).map((member) => [member.customer_id, "present"])), ...ui.marks }, wrong: null });
  const allPaid = () => set({ wrong: null, entries: Object.fromEntries(membersOf(sheet).flatMap((member) => member.cases.map((each) => [each.case_id, { mode: "cash", ...ui.entries[each.case_id], typed: ui.entries[each.case_id]?.typed || (isAway(ui.marks[member.customer_id]) ? "" : whole(each)) }]))) });
  const check = () => {
    const wrong = wrongWith(sheet, ui);
    set({ wrong, isChecked: true, isCounting: !Object.keys(wrong).length });
    if (state.ui.isCounting) scrollTo(0, 0);
  };
  return screen({
    title: sheet.center.name,
    back: "#/",
    main: html`
      <p class="quiet">${[sheet.center.meets_at?.slice(0, 5), sheet.center.place].filter(Boolean).join(" · ")}</p>
      <div class="pair"><button class="button large" data-testid="all-present" @click=${allPresent}>${t("allPresent")}</button>
        <button class="button large" data-testid="all-paid" @click=${allPaid}>${t("allPaid")}</button></div>
      ${sheet.groups.map((group) => html`<section class="card group" data-testid="group">
        <h2>${group.name ?? (sheet.groups.length > 1 ? t("noGroup") : sheet.center.name)} <b>${minor(group.amounts.left.amount_minor)}</b></h2>
        ${rows(group.members, (member) => memberRow(member, ui, { mark, enter, explain }), 6)}</section>`)}`,
    action: html`<p class="total" data-testid="sheet-total">${t("sheetTotal", { paid: minor(totals.cash + totals.other), due: minor(totals.due) })}
        <small>${totals.unmarked ? t("unmarked", { count: totals.unmarked }) : `${totals.came}/${totals.members}`}</small></p>
      ${mainButton(t("sheetNext"), check, { testid: "sheet-next" })}`,
  });
}

const isAway = (mark) => mark && mark !== "present" && mark !== "late";
const whole = (each) => (each.amounts.left.amount_minor ? typed(each.amounts.left.amount_minor, state.day.currency) : "");

const modeOf = (entry) => state.day.modes.find((each) => each.code === (entry.mode ?? "cash"));
const gapFor = (each, entry) => (asksForCauses() ? gapIn(each, entry, state.day.currency, openByCase()) : null);

const isUnexplained = (member, ui) => asksForCauses() && isUnpaid(member, ui.entries, state.day.currency);

/** What keeps a sheet from being counted: by the member, and field by field by the case that it is about. */
function wrongWith(sheet, ui) {
  const wrong = {};
  for (const member of membersOf(sheet)) {
    if (!ui.marks[member.customer_id]) wrong[member.customer_id] = t("pickOne");
    const why = isUnexplained(member, ui) ? wrongWithCause(ui.whys[member.customer_id] ?? {}) : {};
    if (Object.keys(why).length) wrong.whys = { ...wrong.whys, [member.customer_id]: why };
    for (const each of member.cases) {
      const its = wrongWithPayment(each, ui.entries[each.case_id] ?? {});
      if (Object.keys(its).length) wrong[each.case_id] = its;
    }
  }
  return wrong;
}

function wrongWithPayment(each, entry) {
  const amount_minor = entered(entry, state.day.currency);
  if (amount_minor === null) return { amount: t("amountWrong") };
  if (!amount_minor) return {};
  return { ...wrongWithMode(modeOf(entry), entry), ...(gapFor(each, entry) && wrongWithCause(entry)) };
}

function memberRow(member, ui, { mark, enter, explain }) {
  const its = ui.marks[member.customer_id];
  const why = ui.whys[member.customer_id] ?? {};
  // Before the sheet is checked, only whoever is away is known to pay nothing.
  const asksWhy = isUnexplained(member, ui) && (isAway(its) || ui.isChecked || why.causeCode);
  return html`<div class="member" data-testid="member">
    <p class="who">${member.name} <b>${minor(member.amounts.left.amount_minor)}</b></p>
    <select aria-label=${t("attendance", { name: member.name })} class=${its ?? "open"} @change=${(event) => mark(member.customer_id, event.target.value)}>
      <option value="" ?selected=${!its} disabled>${t("choose")}</option>
      ${ATTENDANCES.map((each) => html`<option value=${each} ?selected=${each === its}>${t(`attendance_${each}`)}</option>`)}</select>
    <p class="problem" role="alert">${ui.wrong?.[member.customer_id] ?? ""}</p>
    ${member.cases.map((each) => {
      const entry = ui.entries[each.case_id] ?? {};
      const mode = modeOf(entry);
      const wrong = ui.wrong?.[each.case_id];
      const set = (members) => enter(each.case_id, members);
      // While the amount is typed it is short of anything.
      const gap = entry.isEntered || entry.causeCode ? gapFor(each, entry) : null;
      return html`<div class="pays">
        <input inputmode="decimal" autocomplete="off" aria-label=${t("paidAmount", { name: member.name })} placeholder=${whole(each) || "0"} .value=${entry.typed ?? ""}
          @input=${(event) => set({ typed: event.target.value, isEntered: false })} @change=${() => set({ isEntered: true })}>
        <select aria-label=${t("paidBy", { name: member.name })} @change=${(event) => set({ mode: event.target.value })}>
          ${state.day.modes.map((one) => html`<option value=${one.code} ?selected=${one === mode}>${modeName(one.code)}</option>`)}</select>
        ${member.cases.length > 1 ? html`<small class="quiet">${each.account_ref}</small>` : nothing}
        <p class="problem" role="alert">${wrong?.amount ?? ""}</p>
        ${mode.reference ? html`<div class="asked">${modeFields({ mode, given: entry, wrong, set, its: `-${each.case_id}` })}</div>` : nothing}
        ${gap ? html`<div class="asked">${causeFields({ given: entry, wrong, set, label: t(`causeAsk_${gap}`), name: `cause-${each.case_id}` })}</div>` : nothing}</div>`;
    })}
    ${asksWhy ? html`<div class="asked" data-testid="why-unpaid">${causeFields({ given: why, wrong: ui.wrong?.whys?.[member.customer_id], set: (members) => explain(member.customer_id, members), label: t("causeWhy"), name: `why-${member.customer_id}` })}</div>` : nothing}
  </div>`;
}

const nameOf = (sheet, customer_id) => membersOf(sheet).find((member) => member.customer_id === customer_id)?.name ?? "";

/** A sheet that the office has, and this phone did not send. */
const elsewhereScreen = (sheet) => screen({
  title: sheet.center.name,
  back: "#/",
  main: html`<section class="card paper">${figure(minor(sheet.amounts.collected.amount_minor))}
    <p class="badge verified">${icon("check")} ${t("sheetDone")}</p></section>`,
});

/** A sheet that was submitted: what it came to. */
function submittedScreen(sheet, record) {
  const payments = record.body.members.flatMap((member) => member.receipts);
  const sum = (isCash) => payments.filter((each) => (each.mode === "cash") === isCash).reduce((total, each) => total + each.amount.amount_minor, 0);
  const marks = record.body.members.map((member) => member.attendance);
  return screen({
    title: sheet.center.name,
    back: "#/",
    main: html`<section class="card paper" data-testid="sheet-done">
      <p class="quiet">${t("sheetDone")} · ${time(record.body.held_at)}</p>
      ${figure(minor(sum(true) + sum(false)))}
      <dl class="pairs">
        <div><dt>${t("sheetCash")}</dt><dd>${minor(sum(true))}</dd></div>
        <div><dt>${t("sheetOther")}</dt><dd>${minor(sum(false))}</dd></div>
        ${ATTENDANCES.filter((each) => marks.includes(each)).map((each) => html`<div><dt>${t(`attendance_${each}`)}</dt><dd>${marks.filter((its) => its === each).length}</dd></div>`)}
      </dl>
      <ul class="history numbers">${record.body.members.flatMap((member) => member.receipts.map((each) => html`<li>
        <span>${record.answer?.receipts.find((one) => one.id === each.id)?.number ?? provisionalNumber(each.id)}</span>
        <span>${nameOf(sheet, member.customer_id)} · ${modeName(each.mode)}</span><b>${minor(each.amount.amount_minor)}</b></li>`))}</ul>
      ${record.state === "sent" ? html`<p class="badge verified">${icon("check")} ${t("receiptSent")}</p>` : html`<p class="badge probable">${icon("clock")} ${t("receiptWaits")}</p>`}
    </section>`,
    action: html`<a class="button main large" href="#/">${t("back")}</a>`,
  });
}
