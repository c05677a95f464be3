/** What is overdue, paid in parts: what may be offered, and the plans of a case. */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { icon } from "../parts/icon.js";
import { newId } from "../parts/new_id.js";
import { locale, t, tn } from "../parts/texts.js";
import { money } from "../live/money.js";
import * as api from "./api.js";
import { field, form } from "../parts/form.js";
import { PLAN_STATES, dayOf, daysAfter } from "./words.js";

const amount = (value) => money(value.amount_minor, value.currency, locale);
const badge = ([word, tone, sign]) => html`<span class="badge ${tone}">${icon(sign)}${word}</span>`;
const spacing = (one) => (one.unit === "month" ? tn("every month", "every {count} months", one.every) : tn("every day", "every {count} days", one.every));

function plan(one, { may_accept: mayAccept, may_offer: mayOffer }, opened) {
  return html`<li data-testid="arrears-plan">
    <p class="money-line"><b>${tn("{amount} in {count} part", "{amount} in {count} parts", one.installments, { amount: amount(one.total) })}</b>${badge(PLAN_STATES[one.state])}</p>
    <p class="quiet">${t("{spacing} from {day} on, by the rule {rule}.", { spacing: spacing(one), day: dayOf(one.first_on), rule: one.rule })}
      ${one.state === "offered" ? t("The offer stands until {day}.", { day: dayOf(one.valid_until) }) : nothing} ${one.reason ?? nothing}</p>
    ${one.state === "accepted" ? html`<table class="dues"><thead><tr><th scope="col">${t("Due")}</th><th scope="col" class="amount">${t("Amount")}</th><th scope="col" class="amount">${t("Paid")}</th></tr></thead>
      <tbody>${one.parts.map((part) => html`<tr><td>${dayOf(part.due_on)}</td><td class="amount">${amount(part.amount)}</td><td class="amount">${amount(part.paid)}</td></tr>`)}</tbody></table>` : nothing}
    <p class="row-acts">${one.state === "offered" && mayAccept ? html`<button type="button" class="button small" @click=${opened(acceptSheet(one))}>${t("The customer accepts…")}</button>` : nothing}
      ${one.state === "offered" && mayOffer ? html`<button type="button" class="button small" @click=${opened(declineSheet(one))}>${t("Does not want it…")}</button>` : nothing}
      ${one.state === "accepted" && mayAccept ? html`<button type="button" class="button small" @click=${opened(endSheet(one))}>${t("End the plan…")}</button>` : nothing}</p>
    ${one.state === "offered" && !mayAccept ? html`<p class="quiet">${t("A supervisor takes down that the customer accepts.")}</p>` : nothing}</li>`;
}

export function arrearsPanel(told, opened) {
  const runs = told.plans.some((one) => one.state === "accepted");
  return html`<header><h2>${t("Paying in parts")}</h2></header>
    ${told.plans.length ? html`<ul class="plain-list">${told.plans.map((one) => plan(one, told, opened))}</ul>` : nothing}
    ${runs ? nothing : told.rule ? html`<p class="quiet pad">${tn("What is overdue, {amount}, may be paid in {count} part.", "What is overdue, {amount}, may be paid in up to {count} parts.", told.rule.installments_most, { amount: amount(told.overdue) })}</p>
        ${told.may_offer ? html`<p class="pad"><button type="button" class="button small" @click=${opened(offerSheet(told))}>${icon("plus")}${t("Offer a plan")}</button></p>` : nothing}`
      : html`<p class="quiet pad">${t("No plan may be offered: {reasons}.", { reasons: told.why_none.join("; ") })}</p>`}`;
}

const offerSheet = ({ rule, overdue }) => (sheet, told, done) => {
  const id = newId();
  form(sheet, {
    title: t("Offer to pay {amount} in parts", { amount: amount(overdue) }), act: t("Offer it"), done,
    send: (value) => api.offerPlan(id, { case_id: told.case.id, installments: Number(value("installments")), first_on: value("first_on") }),
  }, html`
    <p class="quiet">${t("By the rule {rule}: {spacing}. Nothing changes before the customer accepts.", { rule: rule.name, spacing: spacing(rule) })}</p>
    ${field("installments", t("In how many parts? 2 to {most}", { most: rule.installments_most }), html`<input id="installments" name="installments" type="number" inputmode="numeric"
      min="2" max=${rule.installments_most} .value=${String(Math.min(3, rule.installments_most))}>`)}
    ${field("first_on", t("The first is due on"), html`<input id="first_on" name="first_on" type="date" min=${daysAfter(told.today, 1)} max=${daysAfter(told.today, rule.first_within_days)}
      .value=${daysAfter(told.today, Math.min(7, rule.first_within_days))}>`)}`);
  sheet.showModal();
};

const acceptSheet = (one) => (sheet, told, done) => {
  form(sheet, { title: t("Does the customer accept?"), act: t("The customer accepts"), send: () => api.acceptPlan(one.id), done },
    html`<p>${tn("{amount} is then due in {count} part, on {day}, in place of what is overdue now.", "{amount} is then due in {count} parts, the first on {day}, in place of what is overdue now.", one.installments, { amount: amount(one.total), day: dayOf(one.first_on) })}</p>
      <p class="quiet">${tn("Where a part is unpaid for more than {count} day, all that is left is due as before.", "Where a part is unpaid for more than {count} days, all that is left is due as before.", one.grace_days)}</p>`);
  sheet.showModal();
};

const declineSheet = (one) => (sheet, told, done) => {
  form(sheet, { title: t("Does the customer not want it?"), act: t("Note it"), send: (value) => api.declinePlan(one.id, { reason: value("reason") }), done },
    field("reason", t("Why?"), html`<textarea id="reason" name="reason"></textarea>`));
  sheet.showModal();
};

const endSheet = (one) => (sheet, told, done) => {
  form(sheet, { title: t("End this plan?"), act: t("End the plan"), danger: true, send: (value) => api.endPlan(one.id, { reason: value("reason") }), done },
    html`<p>${t("What is unpaid of it is due again as it was before.")}</p>${field("reason", t("Why?"), html`<textarea id="reason" name="reason"></textarea>`)}`);
  sheet.showModal();
};
