/** The cash desk: deposits to count, the counter, what is short, over or to decide, tills, receipt books, vault, files and the day. */

import { html } from "../vendor/lit-html/lit-html.js";
import { draw } from "../parts/draw.js";
import { goOnWorking } from "../parts/focus.js";
import { icon } from "../parts/icon.js";
import { latest } from "../parts/latest.js";
import { locale, t, tn } from "../parts/texts.js";
import { toast } from "../parts/toast.js";
import { lookToggle } from "../live/look_toggle.js";
import { money } from "../live/money.js";
import { signOutButton } from "../live/sign_out.js";
import { useZone } from "../live/times.js";
import { actsOf } from "./act.js";
import { booksPart } from "./books.js";
import * as api from "./api.js";
import { counterPart } from "./counter.js";
import { dayPart } from "./day.js";
import { decidePart } from "./decide.js";
import { depositsPart } from "./deposits.js";
import { differencesPart } from "./differences.js";
import { filesPart } from "./files.js";
import { tillsPart } from "./tills.js";
import { vaultPart } from "./vault.js";
import { shortDay, sums, toCount } from "./words.js";

const LOOK_EVERY_MS = 20_000;

const place = (id) => document.getElementById(id);
const sheet = place("sheet");
const state = {
  branches: [], branch: null, tab: "deposits", busy: false, deposits: null, differences: [], tills: [], aged: [],
  counts_of_vault: [], closed: [], proofs: [], balances: [], left: [], day: "", today: "",
  chosen: new Set(), counts: new Map(), refused: new Map(), me: null, taken: null,
  reversals: [], refunds: [], targets: [], handovers: [], false_notes: [], exports: new Map(), books: [],
  settled: { isShown: false, items: null, behind: null, since: "", until: "" },
};

const PARTS = {
  deposits: [t("Deposits to count"), depositsPart],
  counter: [t("At the counter"), counterPart],
  decide: [t("To decide"), decidePart],
  differences: [t("Short and over"), differencesPart],
  tills: [t("Cash with agents"), tillsPart],
  books: [t("Receipt books"), booksPart],
  vault: [t("Vault"), vaultPart],
  files: [t("Files that go out"), filesPart],
  day: [t("The day"), dayPart],
};

/** Do something, say what went wrong, and look again. */
async function attempt(what) {
  state.busy = true;
  show();
  try {
    await what();
  } catch (problem) {
    toast(problem.message, { problem: true });
  } finally {
    state.busy = false;
    show();
    goOnWorking();
  }
}

const loading = latest();

async function load() {
  const isLatest = loading();
  const { code, zone } = state.branch;
  useZone(zone);
  const [deposits, differences, tills, aged, counts_of_vault, days, reversals, refunds, targets, handovers, false_notes, books] = await Promise.all([
    api.deposits(), api.differences(), api.tills(), api.ageing(), api.vaultCounts(code), api.days(code),
    api.reversals(), api.refunds(), api.targets(), api.handovers(), api.falseNotes(), api.books(),
  ]);
  if (state.tab === "files") await loadFiles(targets);
  const day = state.day || days.today;
  const [proofs, balances, left] = await Promise.all([api.proofs(day, code), api.balances(day, code), api.left(day, code)]);
  if (!isLatest()) return;
  const waiting = new Set(toCount(deposits).map(({ id }) => id));
  for (const known of [state.chosen, state.counts, state.refused]) for (const id of known.keys()) if (!waiting.has(id)) known.delete(id);
  Object.assign(state, {
    deposits, differences, tills, aged, counts_of_vault, proofs, balances, left, day,
    today: days.today, closed: days.items, reversals, refunds, targets,
    handovers, false_notes, books,
  });
  show();
}

/** What went out to each, only while somebody looks at it. */
async function loadFiles(targets) {
  await Promise.all(targets.map(async ({ id }) => {
    const [files, rejected] = await Promise.all([api.filesOf(id), api.rejectedOf(id)]);
    state.exports.set(id, { ...state.exports.get(id), files, rejected });
  }));
}

const act = actsOf({ state, attempt, load, show });

function figure(tab, label, value, of, calls = false) {
  return html`<button type="button" class="figure ${calls ? "calls" : ""}" aria-pressed=${state.tab === tab ? "true" : "false"} @click=${() => go(tab)}>
    <span class="label">${label}</span><span class="value">${value}${of ? html` <span class="of">${of}</span>` : ""}</span></button>`;
}

const amounts = (list) => sums(list).map(([currency, minor]) => money(minor, currency, locale)).join(" + ");

/** On a phone the strip is wider than the screen: what is chosen of it comes into sight. */
const reveal = () => place("strip").querySelector("[aria-pressed=true]")?.scrollIntoView({ block: "nearest", inline: "center" });

function go(tab) {
  state.tab = tab;
  history.replaceState(null, "", `#${tab}`);
  show();
  reveal();
  if (tab === "files") loadFiles(state.targets).then(show, (problem) => toast(problem.message, { problem: true }));
}

function show() {
  if (!state.deposits) return;
  const waiting = toCount(state.deposits);
  const troubled = new Set([...state.tills.filter((one) => one.blocked_for), ...state.aged.filter((one) => one.is_overdue)].map((one) => one.agent_id));
  const counted = state.counts_of_vault[0];
  const short = state.differences.filter((one) => one.sort === "shortage").map((one) => one.amount);
  const rejected = state.targets.reduce((sum, one) => sum + one.rejected, 0);
  const missing = state.books.reduce((sum, one) => sum + one.missing.length, 0);
  const wrong = state.proofs.filter((one) => !one.proves).length;
  const isClosed = state.closed.some((one) => one.day === state.day);
  draw(place("strip"), html`
    ${figure("deposits", t("To count"), waiting.length, amounts(waiting.map((one) => one.amount)))}
    ${figure("counter", t("At the counter"), t("Take a payment"), "")}
    ${figure("decide", t("To decide"), state.reversals.length + state.refunds.length, "", false)}
    ${figure("differences", t("Short and over"), state.differences.length, short.length ? t("{amount} short", { amount: amounts(short) }) : "", short.length > 0)}
    ${figure("tills", t("Cash with agents"), amounts(state.tills.map((one) => one.in_hand)) || "0", troubled.size ? t("{count} to call", { count: troubled.size }) : "", troubled.size > 0)}
    ${figure("books", t("Receipt books"), state.books.filter((one) => !one.returned_at).length, missing ? tn("{count} leaf missing", "{count} leaves missing", missing) : "", missing > 0)}
    ${figure("vault", t("Vault, last counted"), counted ? money(counted.counted.amount_minor, counted.counted.currency, locale) : t("not yet"), "")}
    ${figure("files", t("Files out"), rejected ? rejected : state.targets.length, rejected ? t("rejected") : "", rejected > 0)}
    ${figure("day", shortDay(state.day), isClosed ? t("Closed") : wrong ? t("{count} not proven", { count: wrong }) : t("Proves"), "", wrong > 0)}`);
  const [title, part] = PARTS[state.tab];
  draw(place("work"), html`<header class="work-head"><h2>${title}</h2></header>${part({ state, act, sheet, show })}`);
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
  const wanted = () => (location.hash.slice(1) in PARTS ? location.hash.slice(1) : "deposits");
  state.tab = wanted();
  addEventListener("hashchange", () => go(wanted()));
  try {
    [state.branches, { id: state.me }] = await Promise.all([api.branches(), api.me()]);
    const code = new URLSearchParams(location.search).get("branch");
    state.branch = state.branches.find((one) => one.code === code) ?? state.branches.at(-1);
    showBranches();
    await load();
    reveal();
  } catch (problem) {
    draw(place("work"), html`<div class="empty">${icon("warning")}<strong>${t("Nothing can be shown")}</strong><p>${problem.message}</p></div>`);
    return;
  }
  setInterval(() => {
    // What is being counted or decided on is not moved away under somebody's hands.
    if (document.visibilityState === "visible" && !sheet.open && !state.busy && document.activeElement?.type !== "search") load().catch(() => {});
  }, LOOK_EVERY_MS);
}

begin();
