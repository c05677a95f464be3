/** What is to be reached in a month and what collecting cost, for a branch and each of its agents. */

import { html } from "../vendor/lit-html/lit-html.js";
import { icon } from "../parts/icon.js";
import { Problem } from "../parts/problem.js";
import { t, translated } from "../parts/texts.js";
import { exponent, minorOf } from "../live/money.js";
import { period, reached, told, tone } from "./values.js";

export const COSTS = [["wages", t("Wages")], ["travel", t("Travel|cost")], ["incentive", t("Incentives")], ["phone", t("Phone|cost")], ["other", t("Other|cost")]];
const LAST_DIGITS = 15;

/** The first day of the month of a day, or of one some months away. */
export function monthOf(day, by = 0) {
  const [year, month] = day.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1 + by, 1)).toISOString().slice(0, 10);
}

/** The last day of the month that begins on `first`. */
export function endOf(first) {
  const next = new Date(`${monthOf(first, 1)}T00:00:00Z`);
  next.setUTCDate(0);
  return next.toISOString().slice(0, 10);
}

/** An amount as it stands in a field: money without its currency. */
export const typed = (amount, unit, currency) => {
  if (amount === null || amount === undefined) return "";
  return unit === "money" ? (amount / 10 ** exponent(currency)).toFixed(exponent(currency)) : String(amount);
};

/** What a field says, in the unit's own terms: null where it is empty. Throws `Problem`. */
export function amountOf(text, unit, currency, name) {
  const plain = text.trim();
  if (!plain) return null;
  const amount = unit === "money" ? minorOf(plain, currency) : /^\d+$/.test(plain) ? Number(plain) : null;
  if (amount === null || String(amount).length > LAST_DIGITS) {
    const title = unit === "money" ? t("{name}: an amount in {currency}, or nothing", { name, currency }) : t("{name}: a whole number, or nothing", { name });
    throw new Problem({ title, status: 422 });
  }
  return amount;
}

/** What was changed, as the API takes it: `{targets: […], costs: […]}`. */
export function changes(form, { branch, currency, figures }) {
  const items = { targets: [], costs: [] };
  for (const input of form.querySelectorAll("input[data-kind]")) {
    if (input.value.trim() === input.defaultValue.trim()) continue;
    const { kind, name, agent } = input.dataset;
    const unit = kind === "targets" ? figures.find((one) => one.name === name).unit : "money";
    const amount = amountOf(input.value, unit, currency, input.getAttribute("aria-label"));
    const whose = { branch, ...(agent && { agent_id: agent }) };
    items[kind].push(kind === "targets" ? { ...whose, figure: name, amount } : { ...whose, kind: name, amount_minor: amount });
  }
  return items;
}

/** `given` is what the server told of a month; `act` saves, and goes to another month or branch. */
export function targetsView({ given, act, locale, busy }) {
  const { month, branch, branches, currency, figures, agents, achieved, targets, costs, may_set } = given;
  const set = (list, name, agent) => list.find((one) => one.branch === branch && one.name === name && (one.agent_id ?? "") === agent)?.amount ?? null;
  const people = [{ id: "", name: t("The branch itself") }, ...agents];
  const cell = (kind, name, label, unit, person) => {
    const amount = set(kind === "targets" ? targets : costs, name, person.id);
    const value = kind === "targets" ? (person.id ? achieved.agents.get(person.id) : achieved.branch)?.[name] : null;
    const share = reached(value, amount);
    return html`<td><input class="set" inputmode="decimal" autocomplete="off" data-kind=${kind} data-name=${name} data-agent=${person.id} ?readonly=${!may_set}
        aria-label="${label}, ${person.name}" value=${typed(amount, unit, currency)}>
      ${kind === "targets" ? html`<span class="reached">${share === null ? html`<span class="quiet">${told(value ?? 0, unit, currency, locale)}</span>`
        : html`<progress class="bar ${tone(share)}" max="1" value=${Math.min(1, share)} aria-label=${t("{share} of it reached", { share: told(share, "share", currency, locale) })}></progress>
          <span title=${told(value ?? 0, unit, currency, locale)}>${told(share, "share", currency, locale)}</span>`}</span>` : ""}</td>`;
  };
  const grid = (kind, title, words, columns) => html`<section class="panel wide" aria-label=${title} data-testid=${kind}>
    <header class="panel-head"><h2>${title}</h2><p class="quiet">${words}</p></header>
    <div class="table-box" tabindex="0" role="region" aria-label=${t("{figures} of each", { figures: title })}><table class="table set-table"><thead><tr><th scope="col">${t("Who")}</th>${columns.map(([, label, unit]) => html`<th scope="col">${label}${unit === "money" ? html` <span class="unit">${currency}</span>` : ""}</th>`)}</tr></thead>
      <tbody>${people.map((person) => html`<tr><th scope="row">${person.name}</th>${columns.map(([name, label, unit]) => cell(kind, name, label, unit, person))}</tr>`)}</tbody></table></div></section>`;
  const send = (event) => {
    event.preventDefault();
    act.save(event.target);
  };
  return html`<form class="targets" @submit=${send} novalidate>
    <section class="panel wide set-head"><header class="panel-head">
      <div class="months" role="group" aria-label=${t("Month")}>
        <button type="button" class="button small" aria-label=${t("The month before")} @click=${() => act.month(monthOf(month, -1))}>${icon("previous")}</button>
        <h2>${period(month, "month", locale)}</h2>
        <button type="button" class="button small" aria-label=${t("The month after")} @click=${() => act.month(monthOf(month, 1))}>${icon("next")}</button></div>
      <label class="pick-branch">${t("Branch")} <select @change=${(event) => act.branch(event.target.value)}>${branches.map((one) => html`<option value=${one.code} ?selected=${one.code === branch}>${one.name}</option>`)}</select></label>
      ${may_set ? html`<button type="submit" class="button main" ?disabled=${busy}>${t("Save")}</button>` : html`<p class="quiet">${t("Branch managers and head office set these.")}</p>`}</header></section>
    ${grid("targets", t("Targets"), t("For the whole month. A branch without one of its own is to reach the sum of its agents'."), figures.filter((one) => one.has_target).map((one) => [one.name, translated(one.label), one.unit]))}
    ${grid("costs", t("Costs"), t("For the whole month; they are spread over its days."), COSTS.map(([name, label]) => [name, label, "money"]))}</form>`;
}
