/** Deposits that wait: one by one, or all that lie counted on the desk at once. */

import { html } from "../vendor/lit-html/lit-html.js";
import { icon } from "../parts/icon.js";
import { money } from "../live/money.js";
import { clockTime, exactTime } from "../live/times.js";
import { Count } from "./count.js";
import { askWhy, openSheet } from "./sheet.js";
import { atBank, follows, isOff, noted, openAfter, sums, toCount, totalOf } from "./words.js";

const locale = navigator.language;
const told = ({ amount_minor, currency }) => money(amount_minor, currency, locale);

export const time = (instant) => html`<time datetime=${instant} title=${exactTime(instant)}>${clockTime(instant)}</time>`;

/** Count one deposit; `keep` gets what was counted. */
function openCount(sheet, deposit, before, keep) {
  const count = new Count(deposit.amount.currency, { stated: deposit.denominations, count: before });
  const open = () => openAfter(deposit, count.body);
  openSheet(sheet, {
    title: `Count: ${deposit.agent}`, act: "Keep this count",
    body: (redraw) => html`<p>Stated: <strong>${told(deposit.amount)}</strong>${deposit.slip_no ? html`, slip ${deposit.slip_no}` : ""}</p>
      ${count.fields(redraw)}
      <p class="result ${isOff(open()) ? "off" : ""}" role="status" data-testid="counted">
        <strong>${money(count.total, deposit.amount.currency, locale)}</strong> ${follows(open(), deposit.agent, (minor) => money(minor, deposit.amount.currency, locale))}</p>`,
  }, () => {
    const { denominations, counterfeit_notes } = count.body;
    const is_as_stated = !counterfeit_notes.length && totalOf(denominations) === deposit.amount.amount_minor
      && JSON.stringify(denominations) === JSON.stringify([...deposit.denominations].sort((a, b) => b.face_minor - a.face_minor));
    keep(is_as_stated ? null : { denominations, counterfeit_notes });
  });
}

function line(deposit, { state, act, sheet }) {
  const { id, amount } = deposit;
  const count = state.counts.get(id);
  const open = openAfter(deposit, count);
  const off = isOff(open);
  const problem = state.refused.get(id);
  const tick = () => act.tick(id);
  return html`<li class="deposit" data-testid="deposit">
    <input type="checkbox" id="d-${id}" .checked=${state.chosen.has(id)} @change=${tick} aria-label="${deposit.agent}, ${told(amount)}">
    <label for="d-${id}"><span class="who">${deposit.agent}</span>
      <span class="amount">${told(amount)}</span>
      <span class="what">${time(deposit.deposited_at)}${deposit.slip_no ? ` · slip ${deposit.slip_no}` : ""} · ${noted(deposit.denominations, (face) => money(face, amount.currency, locale))}</span>
      ${count ? html`<span class="counted ${off ? "off" : ""}">${icon(off ? "warning" : "check")}Counted ${money(totalOf(count.denominations), amount.currency, locale)}.
        ${follows(open, deposit.agent, (minor) => money(minor, amount.currency, locale))}</span>` : ""}
      ${problem ? html`<span class="counted off" role="alert">${icon("warning")}${problem}</span>` : ""}</label>
    <span class="actions">
      <button type="button" class="button small" @click=${() => openCount(sheet, deposit, count, (found) => act.counted(id, found))}>${count ? "Count again…" : "Count…"}</button>
      <button type="button" class="button small plain" @click=${() => askWhy(sheet, {
        title: `Send ${told(amount)} back?`, label: "Why?", name: "reason", act: "Send back", danger: true,
        words: `The cash counts as in the hands of ${deposit.agent} again, receipt by receipt.`,
      }, (reason) => act.sendBack(id, reason))}>Send back…</button></span></li>`;
}

/** The list, and what can be done with those that are chosen. */
export function depositsPart({ state, act, sheet }) {
  const waiting = toCount(state.deposits);
  const banked = atBank(state.deposits);
  const chosen = waiting.filter(({ id }) => state.chosen.has(id));
  const off = chosen.filter((one) => isOff(openAfter(one, state.counts.get(one.id))));
  const isAll = chosen.length === waiting.length;
  return html`
    ${waiting.length ? html`<p class="lead quiet">Tick what lies on the desk as stated. Count the others, and what is missing or over has an owner at once.</p>` : html`
      <div class="empty">${icon("check")}<strong>Nothing to count</strong><p>Deposits show here as soon as agents hand them in.</p></div>`}
    <ol class="deposits">${waiting.map((one) => line(one, { state, act, sheet }))}</ol>
    ${waiting.length ? html`<div class="hand">
      <label class="all"><input type="checkbox" .checked=${isAll} .indeterminate=${!isAll && chosen.length > 0} @change=${() => act.tickAll(!isAll)}>All</label>
      <p role="status">${chosen.length ? html`<strong>${chosen.length} of ${waiting.length}</strong>, ${sums(chosen.map((one) => one.amount)).map(([currency, minor]) => money(minor, currency, locale)).join(" and ")}${off.length ? html`, <span class="missing">${off.length} not as stated</span>` : ""}` : "Nothing chosen yet"}</p>
      <button class="button main" type="button" ?disabled=${!chosen.length || state.busy} @click=${() => act.acknowledge(chosen)}>
        Acknowledge ${chosen.length || ""}</button></div>` : ""}
    ${banked.length ? html`<p class="aside quiet">${banked.length} more paid in at the bank: its statement proves them, on <a href="/reconciliation">Reconciliation</a>.</p>` : ""}`;
}
