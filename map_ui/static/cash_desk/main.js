/** The cash desk: deposits to count, what is short or over, tills, the vault, and the day. */

import { html } from "../vendor/lit-html/lit-html.js";
import { draw } from "../parts/draw.js";
import { icon } from "../parts/icon.js";
import { locale, t, tn } from "../parts/texts.js";
import { toast } from "../parts/toast.js";
import { lookToggle } from "../live/look_toggle.js";
import { money } from "../live/money.js";
import { signOutButton } from "../live/sign_out.js";
import { useZone } from "../live/times.js";
import * as api from "./api.js";
import { dayPart } from "./day.js";
import { depositsPart } from "./deposits.js";
import { differencesPart } from "./differences.js";
import { tillsPart } from "./tills.js";
import { vaultPart } from "./vault.js";
import { sums, toCount } from "./words.js";

const LOOK_EVERY_MS = 20_000;

const place = (id) => document.getElementById(id);
const shortDay = new Intl.DateTimeFormat(locale, { weekday: "short", day: "numeric", month: "short" });
const sheet = place("sheet");
const state = {
  branches: [], branch: null, tab: "deposits", busy: false, deposits: null, differences: [], tills: [], aged: [],
  counts_of_vault: [], closed: [], proofs: [], balances: [], day: "", today: "", waiting: 0,
  chosen: new Set(), counts: new Map(), refused: new Map(),
};

const PARTS = {
  deposits: [t("Deposits to count"), depositsPart],
  differences: [t("Short and over"), differencesPart],
  tills: [t("Cash with agents"), tillsPart],
  vault: [t("Vault"), vaultPart],
  day: [t("The day"), dayPart],
};

/** Do something, say what went wrong, and look again. */
async function attempt(act) {
  state.busy = true;
  show();
  try {
    await act();
  } catch (problem) {
    toast(problem.message, { problem: true });
  } finally {
    state.busy = false;
    show();
  }
}

async function load() {
  const { code, zone } = state.branch;
  useZone(zone);
  const [deposits, differences, tills, aged, counts_of_vault, days] = await Promise.all([
    api.deposits(), api.differences(), api.tills(), api.ageing(), api.vaultCounts(code), api.days(code),
  ]);
  const day = state.day || days.today;
  const [proofs, balances] = await Promise.all([api.proofs(day, code), api.balances(day, code)]);
  const waiting = new Set(toCount(deposits).map(({ id }) => id));
  for (const known of [state.chosen, state.counts, state.refused]) for (const id of known.keys()) if (!waiting.has(id)) known.delete(id);
  Object.assign(state, {
    deposits, differences, tills, aged, counts_of_vault, proofs, balances, day,
    today: days.today, closed: days.items, waiting: waiting.size,
  });
  show();
}

const act = {
  tick(id) {
    if (!state.chosen.delete(id)) state.chosen.add(id);
    show();
  },
  tickAll(all) {
    state.chosen = new Set(all ? toCount(state.deposits).map(({ id }) => id) : []);
    show();
  },
  counted(id, count) {
    if (count) state.counts.set(id, count);
    else state.counts.delete(id);
    state.chosen.add(id);
    show();
  },
  acknowledge: (chosen) => attempt(async () => {
    const came = await api.acknowledge(chosen.map(({ id }) => ({ id, ...(state.counts.has(id) && { count: state.counts.get(id) }) })));
    const refused = came.filter(({ problem }) => problem);
    const done = came.length - refused.length;
    state.refused = new Map(refused.map(({ id, problem }) => [id, [problem.title, problem.detail].filter(Boolean).join(". ")]));
    await load();
    if (done) toast(tn("{count} deposit lies in the vault", "{count} deposits lie in the vault", done));
    if (refused.length) toast(t("{count} could not be acknowledged; the list says why", { count: refused.length }), { problem: true });
  }),
  async sendBack(id, reason) {
    await api.sendBack(id, reason);
    toast(t("Sent back: the cash is in the agent's hands again"));
    await load();
  },
  async settle(id, how, note) {
    await api.settle(id, how, note);
    toast(t("Settled"));
    await load();
  },
  async countVault(id, body) {
    const { expected, counted } = await api.countVault(id, body);
    const off = counted.amount_minor - expected.amount_minor;
    toast(off ? (off < 0 ? t("Taken down. {amount} less than the books expected", { amount: money(-off, counted.currency, locale) }) : t("Taken down. {amount} more than the books expected", { amount: money(off, counted.currency, locale) })) : t("Taken down. It is what the books expected"), { problem: off !== 0 });
    await load();
  },
  confirmCount: (id) => attempt(async () => {
    await api.confirmCount(id);
    toast(t("Confirmed"));
    await load();
  }),
  async remit(id, body) {
    await api.remit(id, body);
    toast(t("On its way to the bank"));
    await load();
  },
  chooseDay: (day) => attempt(async () => {
    state.day = day;
    await load();
  }),
  async closeDay() {
    await api.close(state.day, state.branch.code);
    toast(t("{day} is closed", { day: state.day }));
    await load();
  },
};

function figure(tab, label, value, of, calls = false) {
  return html`<button type="button" class="figure ${calls ? "calls" : ""}" aria-pressed=${state.tab === tab ? "true" : "false"} @click=${() => go(tab)}>
    <span class="label">${label}</span><span class="value">${value}${of ? html` <span class="of">${of}</span>` : ""}</span></button>`;
}

const amounts = (list) => sums(list).map(([currency, minor]) => money(minor, currency, locale)).join(" + ");

function go(tab) {
  state.tab = tab;
  history.replaceState(null, "", `#${tab}`);
  show();
}

function show() {
  if (!state.deposits) return;
  const waiting = toCount(state.deposits);
  const troubled = new Set([...state.tills.filter((one) => one.blocked_for), ...state.aged.filter((one) => one.is_overdue)].map((one) => one.agent_id));
  const counted = state.counts_of_vault[0];
  const short = state.differences.filter((one) => one.sort === "shortage").map((one) => one.amount);
  const wrong = state.proofs.filter((one) => !one.proves).length;
  const isClosed = state.closed.some((one) => one.day === state.day);
  draw(place("strip"), html`
    ${figure("deposits", t("To count"), waiting.length, amounts(waiting.map((one) => one.amount)))}
    ${figure("differences", t("Short and over"), state.differences.length, short.length ? t("{amount} short", { amount: amounts(short) }) : "", short.length > 0)}
    ${figure("tills", t("Cash with agents"), amounts(state.tills.map((one) => one.in_hand)) || "0", troubled.size ? t("{count} to call", { count: troubled.size }) : "", troubled.size > 0)}
    ${figure("vault", t("Vault, last counted"), counted ? money(counted.counted.amount_minor, counted.counted.currency, locale) : t("not yet"), "")}
    ${figure("day", shortDay.format(new Date(`${state.day}T12:00:00`)), isClosed ? t("Closed") : wrong ? t("{count} not proven", { count: wrong }) : t("Proves"), "", wrong > 0)}`);
  const [title, part] = PARTS[state.tab];
  draw(place("work"), html`<header class="work-head"><h2>${title}</h2></header>${part({ state, act, sheet })}`);
}

function showBranches() {
  const select = place("branch");
  select.replaceChildren(...state.branches.map((one) => new Option(one.name, one.code)));
  select.value = state.branch.code;
  select.parentElement.hidden = state.branches.length < 2;
  select.onchange = () => attempt(async () => {
    state.branch = state.branches.find((one) => one.code === select.value);
    state.day = "";
    await load();
  });
}

async function begin() {
  lookToggle(place("look"));
  signOutButton(place("sign-out"));
  const wanted = location.hash.slice(1);
  if (wanted in PARTS) state.tab = wanted;
  try {
    state.branches = await api.branches();
    const code = new URLSearchParams(location.search).get("branch");
    state.branch = state.branches.find((one) => one.code === code) ?? state.branches.at(-1);
    showBranches();
    await load();
  } catch (problem) {
    draw(place("work"), html`<div class="empty">${icon("warning")}<strong>${t("Nothing can be shown")}</strong><p>${problem.message}</p></div>`);
    return;
  }
  setInterval(() => {
    // What is being counted or decided on is not moved away under somebody's hands.
    if (document.visibilityState === "visible" && !sheet.open && !state.busy) load().catch(() => {});
  }, LOOK_EVERY_MS);
}

begin();
