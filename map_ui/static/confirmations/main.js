/** Payers who are asked what they still owe: drawn by lot, asked by somebody else than their agent. */

import { html } from "../vendor/lit-html/lit-html.js";
import { draw } from "../parts/draw.js";
import { goOnWorking } from "../parts/focus.js";
import { field, form } from "../parts/form.js";
import { icon } from "../parts/icon.js";
import { latest } from "../parts/latest.js";
import { Problem, ask } from "../parts/problem.js";
import { locale, t, tn, whole } from "../parts/texts.js";
import { toast } from "../parts/toast.js";
import { idempotencyKey, signInUrl } from "../live/api.js";
import { lookToggle } from "../live/look_toggle.js";
import { minorOf, money } from "../live/money.js";
import { signOutButton } from "../live/sign_out.js";
import { clockTime, day, exactTime, useZone } from "../live/times.js";

const place = (id) => document.getElementById(id);
const amount = (value) => money(value.amount_minor, value.currency, locale);
const SHOWN = 100;
const state = { branches: [], open: [], answered: [] };

async function call(url, options) {
  try {
    return await ask(url, options);
  } catch (problem) {
    if (problem instanceof Problem && problem.status === 401) location.assign(`${signInUrl()}?next=/confirmations`);
    throw problem;
  }
}

async function all(path) {
  const items = [];
  let cursor = null;
  do {
    const page = await call(`${path}&limit=200${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);
    items.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor);
  return items;
}

const when = (instant) => html`<time datetime=${instant} title=${exactTime(instant)}>${day(instant)}, ${clockTime(instant)}</time>`;

function drawSheet() {
  const sheet = place("sheet");
  const key = idempotencyKey();
  form(sheet, {
    title: t("Draw payers"), act: t("Draw them"),
    send: (value) => call("/v1/balance-confirmations/draw", {
      method: "POST", headers: { "Idempotency-Key": key },
      body: { branch_code: value("branch_code"), days: Number(value("days")), count: Number(value("count")) },
    }),
    done: ({ items }) => {
      toast(items.length ? tn("{count} payer was drawn", "{count} payers were drawn", items.length) : t("Nobody paid an agent cash in these days, or all of them were drawn already"));
      load();
    },
  }, html`<p>${t("By lot, of those who gave an agent cash lately. A receipt that was never given leaves no trace in the books; asking the payer finds it.")}</p>
    ${field("branch_code", t("Of which branch?"), html`<select id="branch_code" name="branch_code">${state.branches.map((one) => html`<option value=${one.code}>${one.name}</option>`)}</select>`)}
    ${field("days", t("Who paid in the last … days"), html`<input id="days" name="days" type="number" min="1" max="365" value="30" aria-describedby="days-problem">`)}
    ${field("count", t("How many?"), html`<input id="count" name="count" type="number" min="1" max="200" value="10" aria-describedby="count-problem">`)}`);
  sheet.showModal();
}

/** What the books say is told after the answer only: who knows it would ask for it. */
const answerSheet = (one) => () => {
  const sheet = place("sheet");
  const { currency } = one.stated;
  form(sheet, {
    title: t("What does {customer} say?", one), act: t("Take it down"),
    send: (value) => {
      const minor = minorOf(value("outstanding.amount_minor") ?? "", currency);
      if (minor === null) throw new Problem({ title: t("How much?"), errors: [{ field: "outstanding.amount_minor", expected: t("an amount in {currency}; 0 where nothing is owed", { currency }) }] });
      return call(`/v1/balance-confirmations/${one.id}/answer`, { method: "POST", body: { outstanding: { amount_minor: minor, currency }, ...(value("note") && { note: value("note") }) } });
    },
    done: (came) => {
      toast(came.agrees ? t("The books say the same") : t("The books say {amount}. An alert was raised", { amount: amount(came.stated) }), { problem: !came.agrees });
      load().then(goOnWorking);
    },
  }, html`<p>${t("Ask what is still owed, and do not say what the books have. {agent} took the last cash and must not be the one who asks.", one)}</p>
    ${field("outstanding.amount_minor", t("Still owed, {currency}", { currency }), html`<input id="outstanding.amount_minor" name="outstanding.amount_minor" inputmode="decimal" autocomplete="off" aria-describedby="outstanding.amount_minor-problem">`)}
    ${field("note", t("How, and what else was said"), html`<textarea id="note" name="note" aria-describedby="note-problem"></textarea>`)}`);
  sheet.showModal();
};

const toAsk = (one) => html`<li class="payer" data-testid="to-ask">
  <p><a href="/cases/${one.case_id}"><b>${one.customer}</b></a><span class="quiet">${t("{agent} took the last cash", one)} · ${t("Drawn")} ${when(one.drawn_at)}</span></p>
  <button type="button" class="button" @click=${answerSheet(one)}>${t("Take down the answer…")}</button></li>`;

const told = (one) => html`<li class="payer" data-testid="answered">
  <p><a href="/cases/${one.case_id}"><b>${one.customer}</b></a><span class="quiet">${t("{agent} took the last cash", one)} · ${one.asker ? t("Asked by {asker}", one) : t("Asked")}, ${when(one.answered_at)}</span>
    ${one.note ? html`<span class="note">“${one.note}”</span>` : ""}
    ${one.agrees ? "" : html`<span class="quiet">${t("An alert was raised. Compare the receipts in the payer’s hands with those on the customer’s page.")}</span>`}</p>
  <p class="said"><span>${t("Says {amount}", { amount: amount(one.told) })}</span>${one.agrees ? html`<span class="badge verified">${icon("check")}${t("As the books")}</span>`
    : html`<span class="badge missed">${icon("warning")}${t("Books: {amount}", { amount: amount(one.stated) })}</span>`}</p></li>`;

function show() {
  const differ = state.answered.filter((one) => !one.agrees).length;
  draw(place("work"), html`<header class="work-head"><h2>${t("Ask payers what they owe")}</h2>
      <button type="button" class="button main" @click=${drawSheet}>${t("Draw payers…")}</button></header>
    ${state.open.length || state.answered.length ? html`<p class="counts">${tn("{count} to ask", "{count} to ask", state.open.length)} · ${tn("{count} answer", "{count} answers", state.answered.length)}${differ ? html` · <b class="differ">${tn("{count} says otherwise than the books", "{count} say otherwise than the books", differ)}</b>` : ""}</p>` : ""}
    ${state.open.length ? html`<ol class="payers">${state.open.map(toAsk)}</ol>`
      : html`<div class="empty">${icon("people")}<strong>${t("Nobody waits to be asked")}</strong><p>${t("Draw some who paid an agent cash, and have somebody else than that agent ask them.")}</p></div>`}
    ${state.answered.length ? html`<h3>${t("Answers")}</h3><ol class="payers">${state.answered.slice(0, SHOWN).map(told)}</ol>
      ${state.answered.length > SHOWN ? html`<p class="counts">${t("The first {shown} of {count}.", { shown: whole(SHOWN), count: whole(state.answered.length) })}</p>` : ""}` : ""}`);
}

const loading = latest();

async function load() {
  const isLatest = loading();
  try {
    const [open, answered] = await Promise.all([all("/v1/balance-confirmations?open=true"), all("/v1/balance-confirmations?open=false")]);
    if (!isLatest()) return;
    Object.assign(state, { open, answered: answered.sort((a, b) => Number(a.agrees) - Number(b.agrees) || b.answered_at.localeCompare(a.answered_at)) });
    show();
  } catch (problem) {
    if (isLatest()) draw(place("work"), html`<div class="empty">${icon("warning")}<strong>${t("Nothing can be shown")}</strong><p>${problem.message}</p></div>`);
  }
}

async function begin() {
  lookToggle(place("look"));
  signOutButton(place("sign-out"));
  try {
    state.branches = await call("/v1/branches");
    useZone(state.branches.at(-1).zone);
  } catch { /* what comes next says it */ }
  load();
}

begin();
