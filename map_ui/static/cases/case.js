/** One case: who it is, what happened, what is due, and what to do now. */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { copyText } from "../parts/copy.js";
import { draw } from "../parts/draw.js";
import { icon } from "../parts/icon.js";
import { latest } from "../parts/latest.js";
import { locale, t, tn } from "../parts/texts.js";
import { toast } from "../parts/toast.js";
import { lookToggle } from "../live/look_toggle.js";
import { money } from "../live/money.js";
import { signOutButton } from "../live/sign_out.js";
import { clockTime, day, exactTime, useZone } from "../live/times.js";
import * as api from "./api.js";
import { showAddress } from "./map.js";
import { arrearsPanel } from "./arrears.js";
import { legalPanel } from "./legal.js";
import { noteSheet } from "./note_sheet.js";
import { linksPanel, messagesPanel } from "./payments.js";
import { contactSheet, endSheet, excludeSheet, nextSheet, stageSheet, verifySheet } from "./small_sheets.js";
import { CLOSURES, NEXT, PERSONS, STAGES, dayOf, excluded, told } from "./words.js";

const place = (name) => document.getElementById(name);
const id = location.pathname.split("/").pop();
const LOOK_AGAIN_MS = 3_000;
const state = { case: null, customer: null, events: [], behind: null, links: [], messages: [], looking: 0 };
const amount = (value) => money(value.amount_minor, value.currency, locale);

const opened = (open) => async () => {
  try {
    await open(place("sheet"), state.case, () => { toast(t("Noted")); load(); });
  } catch (problem) {
    toast(problem.message, { problem: true });
  }
};

const fact = (label, value) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`;

const isMasked = (number) => number.includes("•");

async function dial(contactId) {
  try {
    location.assign(await api.callTo(id, contactId));
  } catch (problem) {
    toast(problem.message, { problem: true });
  }
}

/** A number to call: the case's own, or a `contact`. The server is asked what to dial, whoever sees the number: it knows
 * the contact rules, and what holds the customer's calls back. */
function callLink(number, contact = null) {
  if (!state.case.may_call || contact?.excluded.length) return html`<span class="quiet">${number}</span>`;
  return html`<button type="button" class="button ${contact ? "small" : ""}" data-testid="call" aria-label=${t("Call {number}", { number })}
    @click=${() => dial(contact?.id ?? null)}>${icon("phone")}${number}</button>`;
}

function head() {
  const { case: one, standing, agent, next_action: next, next_on: on, today } = state.case;
  const late = next && on < today;
  document.title = `${one.customer} · Roundsman`;
  draw(place("head"), html`
    <header class="case-head"><h1>${one.customer}</h1><p class="quiet">${one.account} · ${one.product_code} · ${state.case.branch}</p>
      ${one.phone ? callLink(one.phone) : nothing}</header>
    <dl class="facts">
      ${fact(t("Overdue"), html`<b>${amount(standing.overdue)}</b>`)}
      ${fact(t("Late"), `${tn("{count} day", "{count} days", one.dpd)}, ${one.bucket}`)}
      ${fact(t("Stage"), standing.closure ? CLOSURES[standing.closure] : STAGES[standing.stage])}
      ${fact(t("With"), agent ?? t("Nobody"))}
      ${fact(t("Promise"), one.promise ? t("{amount} by {day}", { amount: amount(one.promise.amount), day: dayOf(one.promise.due_on) }) : t("None open"))}
      ${fact(t("Next"), next ? html`<span class=${late ? "late-word" : ""}>${NEXT[next]}, ${dayOf(on)}${late ? ` · ${t("Late")}` : ""}</span>`
        : standing.closure ? t("Nothing") : html`<span class="badge probable">${icon("warning")}${t("Nothing to come")}</span>`)}
    </dl>
    <div class="acts"><button type="button" class="button main" @click=${opened(noteSheet)}>${t("Note a contact")}</button>
      <button type="button" class="button" @click=${opened(nextSheet)} ?disabled=${standing.stage === "closed"}>${t("What comes next")}</button>
      ${state.case.may_change_stage && standing.reachable.length ? html`<button type="button" class="button" @click=${opened(stageSheet)}>${t("Change stage")}</button>` : nothing}</div>`);
}

function event(one) {
  const [title, more, sign] = told(one);
  const picture = one.kind === "attachment" && !one.facts.is_held && one.facts.media_type.startsWith("image/") && one.facts.media_type !== "image/svg+xml";
  return html`<li class="event" data-kind=${one.kind}>
    <span class="sign">${icon(sign)}</span>
    <p class="title">${title}</p><time class="quiet" datetime=${one.at} title=${exactTime(one.at)}>${day(one.at)}, ${clockTime(one.at)}</time>
    ${more || one.by ? html`<p class="more quiet">${[more, one.by].filter(Boolean).join(" · ")}</p>` : nothing}
    ${picture ? html`<a class="picture" href=${api.attachment(one.id)} download><img src=${api.attachment(one.id)} alt=${t("Photo of {day}", { day: day(one.at) })} loading="lazy"></a>`
      : one.kind === "receipt" && !one.facts.is_elsewhere ? html`<p class="more row-acts"><a class="button small" href=${api.receiptPdf(one.id)} target="_blank" rel="noopener">${icon("download")}${t("Receipt (PDF)")}</a>
        <button type="button" class="button small" @click=${() => copyReceipt(one.id)}>${icon("link")}${t("Copy its link")}</button></p>`
      : one.kind === "visit" && state.case.may_see_evidence ? html`<p class="more row-acts"><a class="button small" href=${api.evidencePdf(one.id)} download>${icon("download")}${t("Evidence (PDF)")}</a></p>`
      : one.kind === "attachment" && !one.facts.is_held ? html`<a class="button small" href=${api.attachment(one.id)} download>${icon("download")}${t("Save")}</a>` : nothing}
  </li>`;
}

function story() {
  draw(place("story"), html`<header><h2>${t("What happened")}</h2></header>
    ${state.events.length ? html`<ol class="events">${state.events.map(event)}</ol>`
      : html`<div class="empty">${icon("about")}<strong>${t("Nothing yet")}</strong><p>${t("Note the first contact, and it stands here.")}</p></div>`}
    ${state.behind ? html`<p class="further"><button type="button" class="button" @click=${earlier}>${t("Earlier")}</button></p>` : nothing}`);
}

function side() {
  const { case: one, demands } = state.case;
  const where = one.address;
  draw(place("address"), html`<p>${where.line}${where.locality ? `, ${where.locality}` : ""}</p>
    ${where.position ? nothing : html`<p class="quiet">${t("Not on the map yet: the first visit pins it.")}</p>`}`);
  place("where").classList.toggle("without-map", !where.position);
  if (where.position) showAddress(window.map_case, where);
  draw(place("dues"), html`<header><h2>${t("Dues")}</h2></header>
    ${demands.length ? html`<table class="dues"><thead><tr><th scope="col">${t("Due")}</th><th scope="col" class="amount">${t("Amount")}</th><th scope="col" class="amount">${t("Unpaid")}</th></tr></thead>
      <tbody>${demands.map((due) => html`<tr><td>${dayOf(due.due_on)}${due.arrears_plan_id ? html` <span class="quiet">${t("part of a plan")}</span>` : nothing}</td><td class="amount">${amount(due.total)}</td><td class="amount"><b>${amount(due.unpaid)}</b></td></tr>`)}</tbody></table>`
      : html`<p class="quiet pad">${t("Nothing is due.")}</p>`}`);
}

function person() {
  const seen = state.customer;
  const reached = (one) => html`<li><span>${one.kind === "phone" ? callLink(one.value, one) : one.value}</span>
    <span class="quiet">${[one.relation === "customer" ? "" : PERSONS[one.relation], one.person_name, one.provenance === "source" ? "" : one.verified_at ? t("added here, verified") : one.id ? t("added here, not verified") : t("added here"),
      one.excluded.length ? t("Not to be used: {excluded}", { excluded: excluded(one.excluded) }) : ""].filter(Boolean).join(" · ")}</span>
    ${one.kind === "phone" && one.customer_id === state.case.customer_id && !one.excluded.length && !isMasked(one.value) ? html`<button type="button" class="button small"
      @click=${opened(excludeSheet(one.value))}>${t("Not to be used…")}</button>` : nothing}
    ${one.id ? html`<span class="row-acts">${one.verified_at ? nothing : html`<button type="button" class="button small" @click=${opened(verifySheet(one))}>${t("Verify…")}</button>`}
      <button type="button" class="button small" @click=${opened(endSheet(one))}>${t("Take off…")}</button></span>` : nothing}</li>`;
  const others = seen.accounts.filter((one) => one.case_id !== id);
  draw(place("person"), html`<header><h2>${t("Customer")}</h2></header>
    <p class="pad">${t("Owes in all")} ${seen.exposure.map((one) => html`<b>${t("{amount}, overdue {overdue}", { amount: amount(one.outstanding), overdue: amount(one.overdue) })}</b>`)}</p>
    ${seen.contacts.length + seen.guarantors.length ? html`<ul class="plain-list">${[...seen.contacts, ...seen.guarantors].map(reached)}</ul>` : html`<p class="quiet pad">${t("No number is known.")}</p>`}
    <p class="pad"><button type="button" class="button small" @click=${opened(contactSheet)}>${icon("plus")}${t("Add a contact")}</button></p>
    ${others.length ? html`<h3 class="pad">${t("Other accounts")}</h3><ul class="plain-list">${others.map((one) => html`<li>
      ${one.case_id ? html`<a href="/cases/${one.case_id}">${one.source_ref}</a>` : one.source_ref}
      <span class="quiet">${one.product_code} · ${t("{amount} overdue", { amount: amount(one.overdue) })}</span></li>`)}</ul>` : nothing}`);
}

async function copyReceipt(receipt) {
  try {
    await copyText((await api.receiptLink(receipt)).url, t("The receipt's link is on the clipboard"));
  } catch (problem) {
    toast(problem.message, { problem: true });
  }
}

const askingPayments = latest();

/** Payment links and messages; looks again while a message is on its way. */
async function loadPayments() {
  const isLatest = askingPayments();
  clearTimeout(state.looking);
  try {
    const [links, messages] = await Promise.all([api.links(id), api.messages(id)]);
    if (!isLatest()) return;
    Object.assign(state, { links, messages });
  } catch (problem) {
    if (!isLatest()) return;
    draw(place("links"), html`<header><h2>${t("Payment links")}</h2></header><p class="quiet pad">${problem.message}</p>`);
    return;
  }
  draw(place("links"), linksPanel(state.links, state.messages, opened, state.case.standing.stage === "closed"));
  draw(place("messages"), messagesPanel(state.messages, opened));
  if (state.messages.some((one) => one.state === "waiting")) state.looking = setTimeout(loadPayments, LOOK_AGAIN_MS);
}

const asking = latest();
let isThisCase = asking();

async function earlier() {
  const isMine = isThisCase;
  try {
    const found = await api.timeline(id, state.behind);
    if (!isMine()) return;
    state.events.push(...found.items);
    state.behind = found.next_cursor;
    story();
  } catch (problem) {
    toast(problem.message, { problem: true });
  }
}

async function load() {
  isThisCase = asking();
  const isMine = isThisCase;
  try {
    const [one, happened] = await Promise.all([api.theCase(id), api.timeline(id)]);
    if (!isMine()) return;
    useZone(one.zone);
    Object.assign(state, { case: one, events: happened.items, behind: happened.next_cursor });
    head();
    story();
    side();
    const payments = loadPayments();
    const [customer, plans, legal] = await Promise.all([
      api.customer(one.customer_id), api.plans(id), api.legalCases(id),
    ]);
    if (!isMine()) return;
    state.customer = customer;
    person();
    draw(place("plans"), arrearsPanel(plans, opened));
    draw(place("legal"), legalPanel(legal, one, opened));
    await payments;
  } catch (problem) {
    if (!isMine()) return;
    draw(place("head"), html`<div class="empty">${icon("warning")}<strong>${t("This case cannot be shown")}</strong><p>${problem.message}</p>
      <a class="button" href="/cases">${t("Back to the cases")}</a></div>`);
  }
}

lookToggle(place("look"));
signOutButton(place("sign-out"));
// Back to the list as it was left, filters and all.
if (document.referrer.startsWith(`${location.origin}/cases?`)) place("back").href = document.referrer;
load();
