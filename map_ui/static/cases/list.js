/** The worklist: its filters are the page's address, so that it can be kept and sent on. */

import { html } from "../vendor/lit-html/lit-html.js";
import { draw } from "../parts/draw.js";
import { icon } from "../parts/icon.js";
import { latest } from "../parts/latest.js";
import { locale, t, tn } from "../parts/texts.js";
import { toast } from "../parts/toast.js";
import { lookToggle } from "../live/look_toggle.js";
import { money } from "../live/money.js";
import { signOutButton } from "../live/sign_out.js";
import * as api from "./api.js";
import { LEGAL_KINDS, NEXT, STAGES, dayOf } from "./words.js";

const place = (id) => document.getElementById(id);
const NAMES = ["q", "next_action", "promise", "stage", "bucket", "cause", "form", "agent_id"];
const CHOICES = {
  next_action: [t("What comes next"), { due: t("Today"), late: t("Late"), later: t("Later"), none: t("Nothing") }],
  promise: [t("Promise"), { due: t("Due"), open: t("Open"), broken: t("Broken"), none: t("None") }],
  stage: [t("Stage"), STAGES],
  form: [t("Authorization form"), { none: t("Missing") }],
};
const state = { filters: new URLSearchParams(), items: [], words: "", behind: null, hearings: [], agent: "", loading: true };
const asking = latest();
let isLatest = asking();

const ofAddress = () => new URLSearchParams(NAMES.flatMap((name) => {
  const value = new URLSearchParams(location.search).get(name);
  return value ? [[name, value]] : [];
}));
const amount = (value) => money(value.amount_minor, value.currency, locale);

function change(name, value) {
  if (value) state.filters.set(name, value);
  else state.filters.delete(name);
  history.replaceState(null, "", state.filters.size ? `?${state.filters}` : location.pathname);
  load();
}

function select(name) {
  const [label, choices] = CHOICES[name];
  const now = state.filters.get(name) ?? "";
  return html`<label class="pick"><span>${label}</span>
    <select name=${name} .value=${now} @change=${(event) => change(name, event.target.value)}>
      <option value="">${t("Any")}</option>
      ${Object.entries(choices).map(([value, word]) => html`<option value=${value} ?selected=${value === now}>${word}</option>`)}
    </select></label>`;
}

const chip = (name, words) => state.filters.has(name)
  ? html`<button type="button" class="button small chip" @click=${() => change(name, "")}>${words}${icon("close")}</button>` : "";

let typing;
function filters() {
  draw(place("filters"), html`
    <label class="search"><span class="unseen">${t("Name, account or phone")}</span>${icon("search")}
      <input type="search" name="q" minlength="2" maxlength="80" placeholder=${t("Name, account or phone")} .value=${state.words}
        @input=${(event) => {
          clearTimeout(typing);
          state.words = event.target.value;
          const value = state.words.trim();
          typing = setTimeout(() => change("q", value.length > 1 ? value : ""), 250);
        }}></label>
    ${select("next_action")}${select("promise")}${select("stage")}${select("form")}
    ${chip("bucket", t("Bucket {bucket}", { bucket: state.filters.get("bucket") }))}
    ${chip("cause", t("Payment without a cause"))}
    ${chip("agent_id", state.agent ? t("Of {agent}", { agent: state.agent }) : t("One agent"))}`);
}

function nextWords(one) {
  if (!one.next_action) return html`<span class="badge probable">${icon("warning")}${t("Nothing to come")}</span>`;
  return html`${NEXT[one.next_action]} <span class="quiet">${dayOf(one.next_on)}</span>`;
}

const row = (one) => html`
  <li><article class="case-row" data-testid="case">
    <h2><a href="/cases/${one.id}">${one.customer}</a></h2>
    <p class="quiet of">${one.account} · ${one.product_code} · ${STAGES[one.stage]}</p>
    <p class="amount">${amount(one.overdue)}</p>
    <p class="late quiet"><button type="button" class="linklike" title=${t("Only bucket {bucket}", { bucket: one.bucket })} @click=${() => change("bucket", one.bucket)}>${one.bucket}</button> · ${tn("{count} day", "{count} days", one.dpd)}</p>
    <p class="next">${nextWords(one)}</p>
    <p class="promised">${one.promised ? html`${t("Promised {amount}", { amount: amount(one.promised) })} <span class="quiet">${dayOf(one.promised_on)}</span>` : ""}</p>
    <p class="last quiet">${one.last_result ?? t("Nobody has noted a contact")}</p>
    <p class="agent">${one.agent ? html`<button type="button" class="linklike" title=${t("Only the cases of {agent}", { agent: one.agent })}
      @click=${() => { state.agent = one.agent; change("agent_id", one.agent_id); }}>${one.agent}</button>` : html`<span class="quiet">${t("Nobody")}</span>`}</p>
  </article></li>`;

const hearings = () => html`<details class="hearings" data-testid="hearings">
  <summary>${tn("{count} hearing to come, or to note", "{count} hearings to come, or to note", state.hearings.length)}</summary>
  <ul class="plain-list">${state.hearings.map((one) => html`<li><p class="money-line"><a href="/cases/${one.case_id}">${one.customer}</a><b>${dayOf(one.heard_on)}</b></p>
    <p class="quiet">${[LEGAL_KINDS[one.kind], one.forum, one.reference, one.purpose].filter(Boolean).join(" · ")}
      ${one.is_past ? html`<span class="badge probable">${icon("warning")}${t("Not noted")}</span>` : ""}</p></li>`)}</ul></details>`;

function show() {
  filters();
  if (state.loading && !state.items.length) return;
  draw(place("cases"), state.items.length ? html`${state.hearings.length ? hearings() : ""}
    <ol class="case-rows">${state.items.map(row)}</ol>
    ${state.behind ? html`<p class="further"><button type="button" class="button" ?disabled=${state.loading} @click=${more}>${t("More cases")}</button></p>` : ""}`
    : html`<div class="empty">${icon("search")}<strong>${t("No case fits")}</strong><p>${t("Take a filter off, or look for another name.")}</p>
      <button type="button" class="button" @click=${() => { state.words = ""; for (const name of NAMES) state.filters.delete(name); change("q", ""); }}>${t("Show all open cases")}</button></div>`);
}

async function load() {
  isLatest = asking();
  const isMine = isLatest;
  state.loading = true;
  filters();
  try {
    const found = await api.cases(state.filters);
    if (!isMine()) return;
    Object.assign(state, { items: found.items, behind: found.next_cursor });
    const owner = state.items.find((one) => one.agent_id === state.filters.get("agent_id"));
    if (owner) state.agent = owner.agent;
  } catch (problem) {
    if (isMine()) toast(problem.message, { problem: true });
  } finally {
    if (isMine()) {
      state.loading = false;
      show();
    }
  }
}

async function more() {
  const isMine = isLatest;
  try {
    const found = await api.cases(state.filters, state.behind);
    if (!isMine()) return;
    state.items.push(...found.items);
    state.behind = found.next_cursor;
  } catch (problem) {
    toast(problem.message, { problem: true });
  }
  show();
}

async function loadHearings() {
  try {
    state.hearings = await api.hearings();
    show();
  } catch (problem) {
    toast(problem.message, { problem: true });
  }
}

lookToggle(place("look"));
signOutButton(place("sign-out"));
place("filters").addEventListener("submit", (event) => event.preventDefault());
function begin() {
  state.filters = ofAddress();
  state.words = state.filters.get("q") ?? "";
  load();
}

window.addEventListener("popstate", begin);
begin();
loadHearings();
