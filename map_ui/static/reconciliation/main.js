/** The reconciliation page: what is to decide, open, matched and set aside, and statements. */

import { html } from "../vendor/lit-html/lit-html.js";
import { draw } from "../parts/draw.js";
import { goOnWorking } from "../parts/focus.js";
import { icon } from "../parts/icon.js";
import { latest } from "../parts/latest.js";
import { locale, t, whole } from "../parts/texts.js";
import { toast } from "../parts/toast.js";
import { lookToggle } from "../live/look_toggle.js";
import { money } from "../live/money.js";
import { signOutButton } from "../live/sign_out.js";
import { useZone } from "../live/times.js";
import * as api from "./api.js";
import { accountSheet } from "./account_sheet.js";
import { askBecause } from "./because_sheet.js";
import { csvAsks, csvSheet } from "./csv_sheet.js";
import { filesPanel } from "./files.js";
import { matchedList } from "./matched.js";
import { openSides } from "./open_side.js";
import { proposal } from "./proposals.js";
import { setAsideList } from "./set_aside.js";
import { MARKS, groups, short, sum } from "./words.js";

const place = (id) => document.getElementById(id);
const state = {
  branches: [], accounts: [], account: null, tab: "decide", groups: [], open: null, matched: [], aside: [], current: 0, busy: false,
  matchedState: "matched", undone: [], find: "",
  chosen: new Map(), lines: new Map(), claims: new Map(), lineBucket: "", claimBucket: "",
};
const files = filesPanel(place("files"), { accountId: () => state.account?.id, about, aboutCsv: () => howCsv(null), done: () => load(), takeBack: (file) => takeBack(file) });

async function howCsv(file) {
  const { id } = state.account;
  const told = await csvSheet(place("csv"), state.account, file);
  if (!told) return null;
  for (const one of [state.account, ...state.accounts].filter((each) => each.id === id)) one.csv_profile = told.account.csv_profile;
  if (!file) toast(t("Kept"));
  return told.balances;
}

async function about(file) {
  return (await csvAsks(file, state.account)) ? howCsv(file) : {};
}

async function attempt(act) {
  if (state.busy) return;
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

const loading = latest();

async function load() {
  if (!state.account) return;
  const isLatest = loading();
  const { id } = state.account;
  const [proposals, open, matched, aside, undone] = await Promise.all([
    api.matches(id, "proposed"), api.openItems(id), api.matches(id, "matched"), api.setAside(id),
    state.matchedState === "undone" ? api.matches(id, "undone") : state.undone,
  ]);
  if (!isLatest()) return;
  Object.assign(state, { groups: groups(proposals), open, matched, aside, undone });
  const [lines, claims] = [new Set(open.lines.map((l) => l.id)), new Set(open.claims.map((c) => c.id))];
  for (const key of state.lines.keys()) if (!lines.has(key)) state.lines.delete(key);
  for (const key of state.claims.keys()) if (!claims.has(key)) state.claims.delete(key);
  state.current = Math.min(state.current, Math.max(0, state.groups.length - 1));
  show();
}

const confirm = (one) =>
  attempt(async () => {
    await api.confirm(one.id);
    toast(t("Confirmed: {amount}", { amount: money(sum(one.lines), one.currency, locale) }));
    await load();
    focusCurrent();
    goOnWorking();
  });

const undo = (one) =>
  askBecause(place("because"), {
    title: t("Undo this match?"), field: "because", act: t("Undo match"),
    words: t("The bank line and what it proved are open again, and the money is in transit."),
  }, async (because) => {
    await api.undo(one.id, because);
    toast(t("Undone. Match again to see what else fits."));
    await load();
  });

const takeBack = (file) =>
  askBecause(place("because"), {
    title: t("Take {name} back?", { name: file.name }), field: "because", act: t("Take it back"),
    words: t("Its lines count no more, and what they were matched with by itself is open again. The file stays on record, and may be taken in anew."),
  }, async (because) => {
    await api.takeBack(file.id, because);
    await Promise.all([files.refresh(), load()]);
    toast(t("Taken back"));
  });

const setAside = () => {
  const [line] = state.lines.values();
  // Money that came in is no charge.
  const kinds = line.amount_minor > 0 ? ["other", "disputed", "charge"] : ["charge", "other", "disputed"];
  askBecause(place("because"), {
    title: t("Set {amount} aside?", { amount: money(line.amount_minor, line.currency, locale) }), field: "reason", act: t("Set aside"),
    words: html`<b>${line.text}</b><br>${t("It proves no deposit and no receipt. You find it under Set aside.")}`,
    choices: kinds.map((kind) => [kind, MARKS[kind]]),
  }, async (reason, kind) => {
    await api.mark(line.id, kind, reason);
    toast(t("Set aside"));
    await load();
  });
};

const openAgain = ({ line }) =>
  askBecause(place("because"), {
    title: t("Open {amount} again?", { amount: money(line.amount_minor, line.currency, locale) }), field: "because", act: t("Open again"),
    words: html`<b>${line.text}</b><br>${t("It is among the open bank lines again.")}`,
  }, async (because) => {
    await api.unmark(line.id, because);
    toast(t("It is open again"));
    await load();
  });

const byHand = () => {
  const [lines, claims] = [[...state.lines.values()], [...state.claims.values()]];
  const { currency } = lines[0];
  const lacking = claims.length ? short(lines, claims) : 0;
  askBecause(place("because"), {
    title: t("Match {amount} by hand?", { amount: money(sum(lines), currency, locale) }), field: "note", act: t("Match these"),
    words: lacking ? t("{amount} are missing, and are booked as a charge of the bank.", { amount: money(lacking, currency, locale) })
      : claims.length ? t("Both sides make the same amount.") : t("The bank has taken one line back by the other."),
  }, async (note) => {
    await api.byHand({ line_ids: [...state.lines.keys()], claim_ids: [...state.claims.keys()], note });
    toast(t("Matched"));
    state.lines.clear();
    state.claims.clear();
    await load();
  });
};

const chooseMatched = (chosen) =>
  attempt(async () => {
    if (chosen === "undone") state.undone = await api.matches(state.account.id, "undone");
    state.matchedState = chosen;
  });

const matchAgain = () =>
  attempt(async () => {
    const found = await api.matchAgain(state.account.id);
    toast(t("{matched} matched, {proposed} proposed, {choices} to choose", { matched: found.matched, proposed: found.proposed, choices: found.choices }));
    await load();
  });

function figure(label, value, tab, of = "") {
  return html`<button type="button" class="figure" aria-pressed=${state.tab === tab ? "true" : "false"} @click=${() => go(tab)}>
    <span class="label">${label}</span><span class="value">${value}${of ? html` <span class="of">${of}</span>` : ""}</span></button>`;
}

const total = (by_age) => ({ count: whole(by_age.reduce((n, one) => n + one.count, 0)), minor: sum(by_age) });

function go(tab) {
  state.tab = tab;
  show();
}

function decideList() {
  return html`
    ${state.groups.length ? "" : html`<div class="empty">${icon("check")}<strong>${t("Nothing to decide")}</strong><p>${t("Take in today's statement, or look at what is open.")}</p></div>`}
    <ol class="proposals">
      ${state.groups.map((options, n) => proposal(options, {
        chosen: state.chosen.get(options[0].lines[0].id), current: n === state.current, busy: state.busy, locale, confirm,
        choose: (id) => { state.chosen.set(options[0].lines[0].id, id); show(); },
        select: () => { if (state.current !== n) { state.current = n; show(); } },
      }))}
    </ol>`;
}

function show() {
  if (!state.account || !state.open) return;
  const { open } = state;
  const [lines, claims] = [total(open.lines_by_age), total(open.claims_by_age)]; // of all, where not all are listed
  const sure = state.groups.filter((options) => options.length === 1).length;
  draw(place("strip"), html`
    ${figure(t("To confirm"), sure, "decide", state.groups.length > sure ? t("and {count} to choose", { count: state.groups.length - sure }) : "")}
    ${figure(t("Bank lines open"), lines.count, "open", money(lines.minor, open.currency, locale))}
    ${figure(t("Not at the bank"), claims.count, "open", money(claims.minor, open.currency, locale))}
    ${figure(t("Matched"), state.matched.length >= 500 ? "500+" : state.matched.length, "matched")}
    ${figure(t("Set aside|state"), state.aside.length >= 500 ? "500+" : state.aside.length, "aside")}`);
  const titles = { decide: t("To decide"), open: t("Open on both sides"), matched: t("Matched"), aside: t("Set aside|state") };
  draw(place("work"), html`
    <header class="work-head"><h2>${titles[state.tab]}</h2>
      ${state.tab === "decide" ? html`<p class="quiet keys"><kbd>↑</kbd> <kbd>↓</kbd> ${t("next line|key")} · <kbd>Enter</kbd> ${t("confirm|key")} · <kbd>1</kbd>–<kbd>9</kbd> ${t("choose|key")}</p>` : ""}
      ${state.tab === "open" ? html`<a class="button small" href=${api.openItemsFile(state.account.id, "xlsx")} download>${icon("download")}${t("Excel")}</a>
        <a class="button small" href=${api.openItemsFile(state.account.id, "csv")} download>${icon("download")}${t("CSV")}</a>` : ""}
      <button class="button small" type="button" ?disabled=${state.busy} @click=${matchAgain}>${t("Match again")}</button></header>
    ${state.tab === "decide" ? decideList() : ""}
    ${state.tab === "open" ? openSides(open, {
      lines: state.lines, claims: state.claims, locale, find: state.find, look: (words) => { state.find = words; show(); }, lineBucket: state.lineBucket, claimBucket: state.claimBucket,
      toggle: (map, item) => { if (!map.delete(item.id)) map.set(item.id, item); show(); },
      chooseLineBucket: (bucket) => { state.lineBucket = bucket; show(); },
      chooseClaimBucket: (bucket) => { state.claimBucket = bucket; show(); },
      clear: () => { state.lines.clear(); state.claims.clear(); show(); }, setAside, byHand,
    }) : ""}
    ${state.tab === "matched" ? matchedList(state[state.matchedState], { undo, locale, choose: chooseMatched, state: state.matchedState }) : ""}
    ${state.tab === "aside" ? setAsideList(state.aside, { openAgain, locale }) : ""}`);
}

const focusCurrent = () => place("work").querySelectorAll(".proposals > .proposal")[state.current]?.focus();

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=radio]), textarea, select, dialog, a");
  if (state.tab !== "decide" || typing || event.altKey || event.ctrlKey || event.metaKey || !state.groups.length) return;
  const options = state.groups[state.current];
  const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
  if (step) {
    event.preventDefault();
    state.current = Math.min(state.groups.length - 1, Math.max(0, state.current + step));
    show();
    focusCurrent();
  } else if (/^[1-9]$/.test(event.key) && options[event.key - 1] && options.length > 1) {
    state.chosen.set(options[0].lines[0].id, options[event.key - 1].id);
    show();
  } else if (event.key === "Enter" && !event.target.closest("button")) {
    const picked = options.length === 1 ? options[0] : options.find((one) => one.id === state.chosen.get(options[0].lines[0].id));
    if (picked) confirm(picked);
  }
});

function showAccounts() {
  const select = place("account");
  select.replaceChildren(
    ...state.accounts.map((one) => new Option(`${one.name} · ${one.currency}`, one.id)),
    new Option(t("Add an account…"), ""),
  );
  select.value = state.account?.id ?? "";
  select.onchange = () => (select.value ? choose(state.accounts.find((one) => one.id === select.value)) : add());
}

function add() {
  showAccounts();
  accountSheet(place("new-account"), async (added) => {
    state.accounts = await api.accounts();
    await choose(state.accounts.find((one) => one.id === added.id));
  });
}

async function choose(account) {
  state.account = account;
  useZone((state.branches.find(({ id }) => id === account.branch_id) ?? state.branches.at(-1)).zone);
  onlyWork(false);
  history.replaceState(null, "", `?account=${account.id}`);
  Object.assign(state, { matchedState: "matched", undone: [], find: "" });
  for (const map of [state.lines, state.claims, state.chosen]) map.clear();
  showAccounts();
  await load();
}

/** Without an account there are no figures to show and no statement to take in. */
function onlyWork(is) {
  for (const part of ["strip", "files"]) place(part).hidden = is;
  place("account").parentElement.hidden = is;
}

function noAccount() {
  onlyWork(true);
  draw(place("work"), html`<div class="empty">${icon("cash")}<strong>${t("No bank account yet")}</strong>
    <p>${t("Add the account whose statements prove your deposits.")}</p>
    <button class="button main" type="button" @click=${add}>${t("Add an account")}</button></div>`);
}

async function begin() {
  lookToggle(place("look"));
  signOutButton(place("sign-out"));
  try {
    await files.refresh();
    const [accounts, branches] = await Promise.all([api.accounts(), api.branches()]);
    Object.assign(state, { branches, accounts: accounts.filter((one) => !one.closed_at) });
    const wanted = new URLSearchParams(location.search).get("account");
    const account = state.accounts.find((one) => one.id === wanted) ?? state.accounts[0];
    if (account) await choose(account);
    else noAccount();
  } catch (problem) {
    draw(place("work"), html`<div class="empty">${icon("warning")}<strong>${t("Nothing can be shown")}</strong><p>${problem.message}</p></div>`);
  }
}

begin();
