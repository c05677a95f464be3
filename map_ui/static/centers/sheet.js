/** The sheet of one center: groups, members, what each owes and has paid. */

import { html } from "../vendor/lit-html/lit-html.js";
import { icon } from "../parts/icon.js";
import { t } from "../parts/texts.js";
import { noted } from "../cash_desk/words.js";
import { timesIn } from "../live/times.js";
import { ATTENDANCE, hour } from "./words.js";

const COLUMNS = [["due", t("Due")], ["collected", t("Collected")], ["left", t("Left")]];

export const badge = ([tone, sign, word]) => html`<span class="badge ${tone}">${icon(sign)}${word}</span>`;

const cells = (amounts, cash) => COLUMNS.map(([name]) =>
  html`<td class="amount ${amounts[name].amount_minor ? "" : "none"}">${cash(amounts[name])}</td>`);

function submitted(one, cash) {
  const { clockTime, exactTime } = timesIn(one.zone);
  const time = html`<time datetime=${one.submitted_at} title=${exactTime(one.submitted_at)}>${clockTime(one.submitted_at)}</time>`;
  const { currency } = one.cash;
  return html`<p class="who" data-testid="submitted">${t("Submitted by {agent} at {time}", { agent: one.agent_name, time })}
    ${one.denominations.length ? html`<span class="quiet">${t("Cash counted: {cash}, as {notes}", {
      cash: cash(one.cash), notes: noted(one.denominations, (amount_minor) => cash({ amount_minor, currency })) })}</span>` : ""}</p>`;
}

const member = (one, cash, many) => html`
  <tr data-testid="member"><th scope="row">${one.name}</th>
    <td>${one.attendance ? badge(ATTENDANCE[one.attendance]) : html`<span class="quiet">${t("Not told")}</span>`}${one.cause ? html` <span class="quiet">${t("Paid nothing: {cause}", { cause: one.cause })}</span>` : ""}</td>
    ${cells(one.amounts, cash)}</tr>
  ${many && one.cases.length > 1 ? one.cases.map((each) => html`<tr class="case"><td colspan="2">${each.account_ref} · ${each.product_code}</td>${cells(each.amounts, cash)}</tr>`) : ""}`;

/** `summary` is the meeting in the list; `cash` tells an amount. */
export function sheetView(sheet, summary, { cash, close }) {
  const { center, amounts } = sheet;
  const advance = amounts.advance.amount_minor > 0;
  return html`
    <header class="sheet-head"><div><h2>${center.name}</h2>
      <p class="quiet">${center.code} · ${hour(center.meets_at)}${center.place ? ` · ${center.place}` : ""}</p></div>
      <button type="button" class="button square plain" aria-label=${t("Close the sheet")} @click=${close}>${icon("close")}</button></header>
    ${summary?.submitted.length ? summary.submitted.map((one) => submitted(one, cash))
      : html`<p class="who" data-testid="submitted">${t("No sheet yet. The figures are what is due, and what came in as single receipts.")}</p>`}
    ${advance ? html`<p class="quiet">${t("{cash} fall due on the holidays that follow, and can be paid already.", { cash: cash(amounts.advance) })}</p>` : ""}
    <div class="table-box"><table class="table">
      <thead><tr><th scope="col">${t("Member")}</th><th scope="col">${t("Attendance")}</th>
        ${COLUMNS.map(([, word]) => html`<th scope="col" class="amount">${word}</th>`)}</tr></thead>
      ${sheet.groups.map((group) => html`<tbody>
        <tr class="group" data-testid="group"><th scope="rowgroup" colspan="2">${group.name ?? t("In no group")}</th>${cells(group.amounts, cash)}</tr>
        ${group.members.map((one) => member(one, cash, true))}</tbody>`)}
      <tfoot><tr><th scope="row" colspan="2">${t("All")}</th>${cells(amounts, cash)}</tr></tfoot>
    </table></div>`;
}
