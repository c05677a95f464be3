/** Deposits that wait: one by one, or all that lie counted on the desk at once. */

import { html } from "../vendor/lit-html/lit-html.js";
import { icon } from "../parts/icon.js";
import { locale, t } from "../parts/texts.js";
import { money } from "../live/money.js";
import { clockTime, exactTime } from "../live/times.js";
import { Count } from "./count.js";
import { askWhy, openSheet } from "./sheet.js";
import { atBank, follows, isOff, noted, openAfter, sums, toCount, totalOf } from "./words.js";

const told = ({ amount_minor, currency }) => money(amount_minor, currency, locale);

export const time = (instant) => html`<time datetime=${instant} title=${exactTime(instant)}>${clockTime(instant)}</time>`;

/** Count one deposit; `keep` gets what was counted. */
function openCount(sheet, deposit, before, keep) {
  const count = new Count(deposit.amount.currency, { stated: deposit.denominations, count: before });
  const open = () => openAfter(deposit, count.body);
  openSheet(sheet, {
    title: t("Count: {agent}", { agent: deposit.agent }), act: t("Keep this count"),
    body: (redraw) => html`<p>${t("Stated: {amount}", { amount: told(deposit.amount) })}${deposit.slip_no ? ` · ${t("slip {number}", { number: deposit.slip_no })}` : ""}</p>
      ${count.fields(redraw)}
      <p class="result ${isOff(open()) ? "off" : ""}" role="status" data-testid="counted">
        <strong>${money(count.total, deposit.amount.currency, locale)}</strong> ${follows(open(), deposit.agent, (minor) => money(minor, deposit.amount.currency, locale))}</p>`,
  }, () => {
    count.check();
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
      <span class="what">${time(deposit.deposited_at)}${deposit.slip_no ? ` · ${t("slip {number}", { number: deposit.slip_no })}` : ""} · ${noted(deposit.denominations, (face) => money(face, amount.currency, locale))}</span>
      ${count ? html`<span class="counted ${off ? "off" : ""}">${icon(off ? "warning" : "check")}${t("Counted {amount}. {follows}", { amount: money(totalOf(count.denominations), amount.currency, locale), follows: follows(open, deposit.agent, (minor) => money(minor, amount.currency, locale)) })}</span>` : ""}
      ${problem ? html`<span class="counted off" role="alert">${icon("warning")}${problem}</span>` : ""}</label>
    <span class="actions">
      <button type="button" class="button small" @click=${() => openCount(sheet, deposit, count, (found) => act.counted(id, found))}>${count ? t("Count again…") : t("Count…")}</button>
      <button type="button" class="button small plain" @click=${() => askWhy(sheet, {
        title: t("Send {amount} back?", { amount: told(amount) }), label: t("Why?"), name: "reason", act: t("Send back"), danger: true,
        words: t("The cash counts as in the hands of {agent} again, receipt by receipt.", { agent: deposit.agent }),
      }, (reason) => act.sendBack(id, reason))}>${t("Send back…")}</button></span></li>`;
}

/** The list, and what can be done with those that are chosen. */
export function depositsPart({ state, act, sheet }) {
  const waiting = toCount(state.deposits);
  const banked = atBank(state.deposits);
  const chosen = waiting.filter(({ id }) => state.chosen.has(id));
  const off = chosen.filter((one) => isOff(openAfter(one, state.counts.get(one.id))));
  const isAll = chosen.length === waiting.length;
  return html`
    ${waiting.length ? html`<p class="lead quiet">${t("Tick what lies on the desk as stated. Count the others, and what is missing or over has an owner at once.")}</p>` : html`
      <div class="empty">${icon("check")}<strong>${t("Nothing to count")}</strong><p>${t("Deposits show here as soon as agents hand them in.")}</p></div>`}
    <ol class="deposits">${waiting.map((one) => line(one, { state, act, sheet }))}</ol>
    ${waiting.length ? html`<div class="hand">
      <label class="all"><input type="checkbox" .checked=${isAll} .indeterminate=${!isAll && chosen.length > 0} @change=${() => act.tickAll(!isAll)}>${t("All")}</label>
      <p role="status">${chosen.length ? html`<strong>${t("{chosen} of {count}", { chosen: chosen.length, count: waiting.length })}</strong>, ${sums(chosen.map((one) => one.amount)).map(([currency, minor]) => money(minor, currency, locale)).join(" + ")}${off.length ? html`, <span class="missing">${t("{count} not as stated", { count: off.length })}</span>` : ""}` : t("Nothing chosen yet")}</p>
      <button class="button main" type="button" ?disabled=${!chosen.length || state.busy} @click=${() => act.acknowledge(chosen)}>
        ${t("Acknowledge {count}", { count: chosen.length || "" })}</button></div>` : ""}
    ${banked.length ? html`<p class="aside quiet">${t("{count} more paid in at the bank: its statement proves them, on", { count: banked.length })} <a href="/reconciliation">${t("Reconciliation")}</a>.</p>` : ""}`;
}
