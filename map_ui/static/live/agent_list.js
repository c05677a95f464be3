/** The list of agents: what needs a decision comes first and says what to do. */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { draw } from "../parts/draw.js";
import { icon } from "../parts/icon.js";
import { LongList } from "../parts/long_list.js";
import { locale, t, whole } from "../parts/texts.js";
import { FILTERS, SORTS } from "./decisions.js";
import { money } from "./money.js";
import { ageMs, needsDecision, on, rows, state } from "./store.js";
import { exactTime } from "./times.js";
import { STATUS, lateness, situation } from "./words.js";

export const list = { text: "", filter: "all", sort: "decision" };

let long = null;
let order = []; // the ids of all in the list

const LATE_S = 600;

/** How late an agent on duty is expected at the next stop, where that is worth a word. */
function behind(agent) {
  const late_s = agent.status === "off_shift" ? 0 : state.etas.get(agent.id)?.late_s ?? 0;
  return late_s >= LATE_S ? html`<span class="behind"> · ${lateness(late_s)}</span>` : nothing;
}

// "Agent 2" before "Agent 10"; and many times as fast as comparing without one.
const byName = new Intl.Collator(locale, { numeric: true });

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** What is searched and each name's place among all, by agent: kept, for names hardly ever change. */
let names = new Map();
let namesHold = false;

on("snapshot agents", () => {
  namesHold = false;
});

function indexNames() {
  if (namesHold) return;
  namesHold = true;
  const agents = [...state.agents.values()];
  if (agents.length === names.size
    && agents.every(({ id, name, branch }) => names.get(id)?.name === name && names.get(id).branch === branch)) return;
  agents.sort((a, b) => byName.compare(a.name, b.name));
  names = new Map(agents.map(({ id, name, branch }, place) =>
    [id, { name, branch, place, searched: plain(`${name} ${branch}`) }]));
}

/** Those that the search finds, whatever their situation. */
function searched(all) {
  indexNames();
  const wanted = plain(list.text.trim());
  return wanted ? all.filter(({ agent }) => names.get(agent.id).searched.includes(wanted)) : all;
}

function matching(found) {
  const { by } = SORTS[list.sort];
  const place = ({ agent }) => names.get(agent.id).place;
  return found
    .filter(FILTERS[list.filter].keeps)
    .sort((a, b) => by(b) - by(a) || place(a) - place(b));
}

function end(agent) {
  if (list.sort === "collected") return html`<b>${money(agent.collected_minor, state.currency)}</b>`;
  if (list.sort === "cash") return html`<b>${money(agent.cash_in_hand_minor, state.currency)}</b>`;
  return html`<b>${agent.visits_done}</b>/${agent.visits_planned}<span class="unseen"> ${t("visits")}</span>`;
}

function row({ agent, need }, choose) {
  const share = agent.visits_planned ? agent.visits_done / agent.visits_planned : 0;
  const away = agent.status === "off_shift";
  return html`<button type="button" class="row ${away ? "away" : ""}" data-agent-id=${agent.id}
      aria-current=${agent.id === state.selectedId} @click=${() => choose(agent.id)}>
      ${icon(agent.status, "icon mark")}
      <span class="who">${agent.name}</span>
      <span class="figure-end">${end(agent)}</span>
      <span class="what" title=${agent.position ? exactTime(agent.position.captured_at) : STATUS[agent.status]}
        ><span>${situation(agent, ageMs(agent))}</span>${behind(agent)}</span>
      ${need.todo ? html`<span class="todo ${need.urgent ? "urgent" : ""}">${icon(need.icon)}<span>${need.todo}</span></span>` : nothing}
      ${away ? nothing : html`<progress class="bar" max="1" .value=${share}></progress>`}
    </button>`;
}

/** Whether there is a line that says what to do and a bar: what a row's height depends on. */
const named = ({ agent, need }) => ({ key: agent.id, kind: `${need.todo ? "todo" : "plain"} ${agent.status === "off_shift" ? "away" : "here"}` });

const TITLE_PX = 34;

/** The groups that have somebody, `{title, members, above}`, the last being how far down in the list each begins. */
function groups(found) {
  if (list.sort !== "decision") return [{ title: "", members: found, above: 0 }];
  const away = found.filter(({ agent }) => agent.status === "off_shift");
  const present = found.filter(({ agent }) => agent.status !== "off_shift");
  const all = [
    { title: t("Needs a decision"), members: present.filter(needsDecision) },
    { title: t("On the road"), members: present.filter((each) => !needsDecision(each)) },
    { title: t("Off shift"), members: away },
  ].filter(({ members }) => members.length);
  let above = 0;
  for (const group of all) {
    group.above = above + TITLE_PX;
    above = group.above + long.heightOf(group.members, named);
  }
  return all;
}

const drawn = ({ title, members, above }, choose) => html`
  ${title ? html`<h3 class="rows-title"><span>${title}</span><span>${whole(members.length)}</span></h3>` : nothing}
  ${long.draw(members, above, named, (each) => row(each, choose))}`;

function nobody(again) {
  const isNarrowed = list.text || list.filter !== "all";
  return html`<div class="empty">
    ${icon("people")}
    ${isNarrowed
      ? html`<strong>${t("No agent fits")}</strong><p>${t("Nobody matches this search and filter.")}</p>
          <button type="button" class="button" @click=${again}>${t("Show all agents")}</button>`
      : html`<strong>${t("Nobody has a round today")}</strong><p>${t("Agents appear here once they are given cases and sign on.")}</p>`}
  </div>`;
}

/** Draw the list into `place`; `choose(id)` selects an agent, `changed()` follows a new filter. `keep` is the id of
 * one whose row has to be there. */
export function drawAgentList(place, { choose, changed }, keep) {
  long ??= new LongList(place, changed);
  long.begin(keep);
  const all = rows();
  const searchedFor = searched(all);
  const found = groups(matching(searchedFor));
  order = found.flatMap(({ members }) => members.map(({ agent }) => agent.id));
  const set = (part) => {
    Object.assign(list, part);
    changed();
  };
  const chips = Object.entries(FILTERS)
    .filter(([key, { keeps }]) => key === "all" || key === list.filter || all.some(keeps))
    .map(([key, { word, keeps }]) => ({ key, word, count: searchedFor.filter(keeps).length }));
  draw(
    place,
    html`
      <div class="panel-head">
        <div class="search" role="search">
          ${icon("search")}
          <input type="search" placeholder=${t("Find an agent")} aria-label=${t("Find an agent by name or branch")} aria-keyshortcuts="/"
            .value=${list.text} @input=${(event) => set({ text: event.target.value })}>
        </div>
        <div class="chips" role="group" aria-label=${t("Show")}>
          ${chips.map(({ key, word, count }) => html`
            <button type="button" class="chip" data-filter=${key} aria-pressed=${key === list.filter}
              @click=${() => set({ filter: key })}>${word} <b>${whole(count)}</b></button>`)}
        </div>
        ${list.sort === "decision" ? nothing : html`<p class="sorting"><span>${SORTS[list.sort].word}</span>
          <button type="button" class="button plain small" @click=${() => set({ sort: "decision" })}>${t("Undo")}</button></p>`}
      </div>
      ${order.length ? found.map((group) => drawn(group, choose)) : nobody(() => set({ text: "", filter: "all" }))}`,
  );
  long.end();
}

/** Arrow keys walk the rows, Home and End jump; `focus(id)` goes to an agent's row. */
export function walkRows(place, focus) {
  place.addEventListener("keydown", (event) => {
    const steps = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };
    const here = event.target.closest?.(".row");
    if (!here || !(event.key in steps)) return;
    const next = order.indexOf(here.dataset.agentId) + steps[event.key];
    focus(order[Math.min(order.length - 1, Math.max(0, next))]);
    event.preventDefault();
  });
}
