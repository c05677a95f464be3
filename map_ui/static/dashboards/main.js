/** The dashboards: figures of a span, from the lender down to branches, agents and single transactions. */

import { html } from "../vendor/lit-html/lit-html.js";
import { draw } from "../parts/draw.js";
import { icon } from "../parts/icon.js";
import { latest } from "../parts/latest.js";
import { locale, t, translated } from "../parts/texts.js";
import { toast } from "../parts/toast.js";
import { lookToggle } from "../live/look_toggle.js";
import { onLook, readPalette } from "../live/palette.js";
import { signOutButton } from "../live/sign_out.js";
import { isoDay, useZone } from "../live/times.js";
import * as api from "./api.js";
import { CARDS, rollsTable } from "./cards.js";
import { SPANS, TABS, below, fromAddress, toAddress } from "./question.js";
import { reportsView } from "./reports.js";
import { changes, endOf, monthOf, targetsView } from "./targets.js";
import { transactionsView } from "./transactions.js";
import { reached, told, tone } from "./values.js";

const place = (id) => document.getElementById(id);
// The installation's clock may differ from this machine's, and the day ends where the branch is.
const now = document.querySelector("[data-now]").dataset.now;
const wanted = new URLSearchParams(location.search).get("branch");
const { zone } = await api.branches().then((all) => all.find(({ code }) => code === wanted) ?? all[0], () => ({ zone: "UTC" })); // what is asked next says what is wrong
useZone(zone);
const today = isoDay(now);

const SERIES = ["collected", "overdue", "cases", "recovered", "promises_kept", "promises_part_kept", "promises_broken", "visits_planned", "visits_done", "visits_verified"];
const STRIP = ["collected", "collection_efficiency", "recovery_rate", "overdue", "promises_kept_rate", "productive_rate", "in_hand", "cost_share"];
const TABLE = ["collected", "receipts", "collection_efficiency", "recovered", "overdue", "promises_made", "promises_kept_rate", "visits_done", "verified_rate", "productive_rate", "visits_per_agent_day", "distance_per_visit", "in_hand", "deposited"];
const ROWS = [...new Set([...STRIP, ...TABLE])];
const LEVELS = { branch: t("Branch"), agent: t("Agent"), product: t("Product") };

const state = { asked: fromAddress(location.search, today), names: {}, series: null, rows: null, rolls: null, page: null, branches: [], month: null, set: null, reports: null, busy: false };
const asking = latest();
let isLatest = asking();

function go(changed, { keep = false } = {}) {
  state.asked = { ...state.asked, ...changed };
  history[keep ? "replaceState" : "pushState"](null, "", toAddress(state.asked));
  load();
}

async function load() {
  const { asked } = state;
  isLatest = asking();
  const isMine = isLatest;
  showAsked();
  document.body.setAttribute("aria-busy", "true");
  try {
    if (asked.tab === "transactions") {
      const page = await api.transactions(asked);
      if (!isMine()) return;
      Object.assign(state, { page });
    } else if (asked.tab === "targets") {
      const set = await loadMonth();
      if (!isMine()) return;
      Object.assign(state, { set, branches: set.branches });
    } else if (asked.tab === "reports") {
      const [branches, subscriptions, reports] = await Promise.all([api.branches(), api.subscriptions(), api.reports()]);
      if (!isMine()) return;
      Object.assign(state, { branches, reports: { subscriptions, reports } });
    } else {
      const [series, rows, rolls] = await Promise.all([
        api.figures(asked, asked.step, SERIES), api.figures(asked, below(asked), ROWS), api.rolls(asked),
      ]);
      if (!isMine()) return;
      // Who has one branch only begins at its agents.
      if (!asked.branch && rows.rows.length === 1 && !asked.agent) {
        state.only = rows.rows[0].key;
        state.names[state.only] = rows.rows[0].label;
        return go({ branch: state.only }, { keep: true });
      }
      for (const row of rows.rows) state.names[row.key] = row.label;
      Object.assign(state, { series, rows, rolls });
    }
    show();
  } catch (problem) {
    if (!isMine()) return;
    draw(place("work"), html`<section class="panel wide"><div class="empty">${icon("warning")}<strong>${t("The figures cannot be shown")}</strong><p>${problem.message}</p>
      <button class="button" type="button" @click=${load}>${t("Try again")}</button></div></section>`);
    toast(problem.message, { problem: true });
  } finally {
    if (isMine()) document.body.removeAttribute("aria-busy");
  }
}

/** All of a month that targets and costs are set by: for the branch that is looked at, else the lowest of all. */
async function loadMonth() {
  const month = state.month ?? monthOf(state.asked.from);
  const branches = await api.branches();
  const branch = (branches.find(({ code }) => code === state.asked.branch) ?? branches[0]).code;
  const span = { from: month, to: endOf(month), branch };
  const [agents, targets, costs, figures] = await Promise.all([api.agents(branch), api.targets(month), api.costs(month), api.figures(span, "agent", [])]);
  return {
    month, branch, branches, agents, targets: targets.items, costs: costs.items, may_set: targets.may_set,
    currency: figures.currency, figures: figures.figures,
    achieved: { branch: figures.total.values, agents: new Map(figures.rows.map((row) => [row.key, row.values])) },
  };
}

const setting = {
  month(month) {
    state.month = month;
    load();
  },
  branch: (branch) => go({ branch, agent: "" }),
  async save(form) {
    try {
      const { targets, costs } = changes(form, state.set);
      if (!targets.length && !costs.length) return toast(t("Nothing was changed"));
      state.busy = true;
      if (targets.length) await api.setTargets(state.set.month, targets);
      if (costs.length) await api.setCosts(state.set.month, costs);
      toast(t("Saved"));
      await load();
    } catch (problem) {
      toast(problem.message, { problem: true });
    } finally {
      state.busy = false;
    }
  },
};

const reporting = {
  changed(words) {
    toast(words);
    load();
  },
  async stop({ id }) {
    try {
      await api.unsubscribe(id);
      reporting.changed(t("No more of these are made"));
    } catch (problem) {
      toast(problem.message, { problem: true });
    }
  },
};

const nameOf = (row) => row.label || state.names[row.key] || row.key || { agent: t("At the branch"), product: t("Without product") }[below(state.asked)] || "–";

function showAsked() {
  const { asked } = state;
  const steps = [["day", t("Daily")], ["week", t("Weekly")], ["month", t("Monthly")]];
  const day = (name, label) => html`<label class="day"><span class="unseen">${label}</span><input type="date" .value=${asked[name]} max="2100-01-01"
    @change=${(event) => event.target.value && go({ span: "", [name]: event.target.value, ...(name === "from" && event.target.value > asked.to ? { to: event.target.value } : {}), ...(name === "to" && event.target.value < asked.from ? { from: event.target.value } : {}) })}></label>`;
  draw(place("asked"), html`
    <ol class="crumbs" data-testid="crumbs">
      ${state.only ? "" : html`<li><button class="button plain small" type="button" @click=${() => go({ branch: "", agent: "" })}>${t("All branches")}</button></li>`}
      ${asked.branch ? html`<li><button class="button plain small" type="button" @click=${() => go({ agent: "" })}>${state.names[asked.branch] ?? asked.branch}</button></li>` : ""}
      ${asked.agent ? html`<li><span class="here">${state.names[asked.agent] ?? t("Agent")}</span></li>` : ""}
    </ol>
    ${["figures", "transactions"].includes(asked.tab) ? html`<div class="chips" role="group" aria-label=${t("Days")}>
      ${SPANS.map(([name, label, days, step]) => html`<button class="chip" type="button" aria-pressed=${asked.span === name ? "true" : "false"}
        @click=${() => { const [from, to] = days(today); go({ span: name, from, to, step }); }}>${label}</button>`)}
    </div>
    <div class="days">${day("from", t("First day"))}<span aria-hidden="true">–</span>${day("to", t("Last day"))}</div>` : ""}
    ${asked.tab === "figures" ? html`<div class="chips" role="group" aria-label=${t("Steps of the charts")}>
      ${steps.map(([step, label]) => html`<button class="chip" type="button" aria-pressed=${asked.step === step ? "true" : "false"} @click=${() => go({ step })}>${label}</button>`)}
    </div>` : ""}
    <div class="chips tabs" role="group" aria-label=${t("What is shown")}>
      ${TABS.map(([tab, label]) => html`<button class="chip" type="button" aria-pressed=${asked.tab === tab ? "true" : "false"} @click=${() => go({ tab })}>${label}</button>`)}
    </div>`);
}

function showStrip() {
  const { total, figures, currency } = state.rows;
  draw(place("strip"), html`${STRIP.filter((name) => name !== "cost_share" || total.values.cost_share).map((name) => {
    const figure = figures.find((one) => one.name === name);
    const share = reached(total.values[name], total.targets[name]);
    return html`<span class="figure" title=${translated(figure.words)} data-testid=${`figure-${name}`}><span class="label">${translated(figure.label)}</span>
      <span class="value">${told(total.values[name], figure.unit, currency, locale)}
        ${share === null ? "" : html` <span class="of">${t("{amount} of target", { amount: told(share, "share", currency, locale) })}</span>`}</span>
      ${share === null ? "" : html`<progress class="bar ${tone(share)}" max="1" .value=${Math.min(1, share)} aria-label=${t("Share of the target")}></progress>`}</span>`;
  })}`);
}

function down(row) {
  if (!row.key) return null;
  if (!state.asked.branch) return { branch: row.key };
  return state.asked.agent ? null : { agent: row.key };
}

function exports(by, names) {
  return html`<span class="exports">${["csv", "xlsx", "pdf"].map((kind) => html`<a class="button small" href=${api.figuresFile(state.asked, by, kind, names)} download>${icon("download")}${kind === "xlsx" ? t("Excel") : kind.toUpperCase()}</a>`)}</span>`;
}

function rowsTable() {
  const { rows, figures, currency, total } = state.rows;
  const by = below(state.asked);
  const shown = TABLE.map((name) => figures.find((one) => one.name === name));
  const cells = (row) => shown.map((figure) => {
    const share = reached(row.values[figure.name], row.targets[figure.name]);
    return html`<td class="amount">${told(row.values[figure.name], figure.unit, currency, locale)}
      ${share === null ? "" : html`<small class="badge ${tone(share)}">${told(share, "share", currency, locale)}</small>`}</td>`;
  });
  return html`<section class="panel wide" aria-label=${t("Figures of each")}>
    <header class="panel-head"><h2>${t("By {level}", { level: LEVELS[by].toLocaleLowerCase(locale) })}</h2>${exports(by, TABLE)}
      ${state.asked.agent ? html`<button class="button small" type="button" @click=${() => go({ tab: "transactions" })}>${t("Show transactions")}</button>` : ""}</header>
    ${rows.length ? html`<div class="table-box"><table class="table" data-testid="rows">
      <thead><tr><th>${LEVELS[by]}</th>${shown.map((figure) => html`<th class="amount" title=${translated(figure.words)}>${translated(figure.label)}</th>`)}</tr></thead>
      <tbody>${rows.map((row) => html`<tr><th scope="row">${down(row)
        ? html`<button class="button plain small" type="button" @click=${() => go(down(row))}>${nameOf(row)}</button>` : nameOf(row)}</th>${cells(row)}</tr>`)}</tbody>
      <tfoot><tr><th scope="row">${t("Total")}</th>${cells(total)}</tr></tfoot></table></div>`
    : html`<div class="empty">${icon("people")}<strong>${t("Nothing happened in these days")}</strong><p>${t("Choose other days above.")}</p></div>`}
  </section>`;
}

function showFigures() {
  const { asked, series, rows, rolls } = state;
  const look = { currency: rows.currency, step: asked.step, locale };
  const choose = asked.agent ? null : (row) => down(row) && go(down(row));
  const given = { series: series.rows, rows: rows.rows, look, name: nameOf, choose };
  const names = Object.keys(CARDS).filter((name) => name !== "groups" || !asked.agent);
  showStrip();
  draw(place("work"), html`
    ${names.map((name) => html`<section class="panel" aria-label=${CARDS[name].title} data-testid=${`card-${name}`}>
      <header class="panel-head"><h2>${CARDS[name].title}</h2>${name === "collected" ? exports(asked.step, SERIES) : ""}</header>
      <div class=${CARDS[name].has(given) ? "chart" : "chart nothing"} data-card=${name}></div>
      ${CARDS[name].has(given) ? "" : html`<div class="empty">${icon("clock")}<p>${CARDS[name].empty}</p></div>`}</section>`)}
    <section class="panel" aria-label=${t("Rolls between buckets")}><header class="panel-head"><h2>${t("Rolls between buckets")}</h2></header>
      ${rolls.day ? rollsTable(rolls, (value) => told(value, "share", look.currency, locale))
        : html`<div class="empty">${icon("clock")}<p>${t("Known from the first day that has ended on.")}</p></div>`}</section>
    ${rowsTable()}`);
  for (const name of names) {
    const chart = place("work").querySelector(`[data-card="${name}"]`);
    if (CARDS[name].has(given)) CARDS[name].draw(chart, given);
    else chart.replaceChildren();
  }
}

async function more() {
  const isMine = isLatest;
  try {
    const next = await api.transactions(state.asked, state.page.next_cursor);
    if (!isMine()) return;
    state.page = { ...next, items: [...state.page.items, ...next.items], totals: state.page.totals };
    show();
  } catch (problem) {
    toast(problem.message, { problem: true });
  }
}

function show() {
  showAsked();
  place("strip").hidden = state.asked.tab !== "figures";
  if (state.asked.tab === "figures") return showFigures();
  if (state.asked.tab === "targets") {
    draw(place("work"), targetsView({ given: state.set, act: setting, locale, busy: state.busy }));
    place("work").querySelector("form").reset(); // what was typed for another month goes
    return;
  }
  if (state.asked.tab === "reports") return draw(place("work"), reportsView({ given: state.reports, branches: state.branches, locale, act: reporting }));
  draw(place("work"), transactionsView({
    page: state.page, asked: state.asked, locale, more, file: (kind) => api.transactionsFile(state.asked, kind),
    choose: (kind, chosen) => go({ kind, state: chosen }),
    search: (words) => go({ search: words }),
  }));
}

lookToggle(place("look"));
signOutButton(place("sign-out"));
readPalette();
onLook(() => state.series && state.asked.tab === "figures" && show());
let resized = 0;
addEventListener("resize", () => {
  clearTimeout(resized);
  resized = setTimeout(() => state.series && state.asked.tab === "figures" && show(), 150);
});
addEventListener("popstate", () => {
  state.asked = fromAddress(location.search, today);
  load();
});
load();
