/** The round: what comes next, and the list. */

import { isDone, nextStop, openAt } from "../facts/round.js";
import { distanceM } from "../facts/place.js";
import { corrected, now } from "../kept/clock.js";
import { keep } from "../kept/database.js";
import { arrival, expectedAt, state, stopOf, tell } from "../state.js";
import { downloadDay } from "../sync/day.js";
import { fixes } from "../sync/pings.js";
import { t } from "../texts/texts.js";
import { distance, minor, time, workday, workdayOf } from "../texts/told.js";
import { sheetCards } from "./center.js";
import { html, icon, nothing, rows, screen } from "./parts.js";
import { sections } from "./sections.js";

export function roundScreen(doings) {
  const { day, ui, cases, stops } = state;
  const planned = [...stops.values()].filter((stop) => cases.has(stop.case_id));
  const done = planned.filter((stop) => isDone(stop, cases.get(stop.case_id))).length;
  const { chips, shown } = sections(doings);
  return screen({
    title: workday(day.day),
    tab: "round",
    main: html`
      ${otherDay()}
      ${replanned()}
      ${next(doings)}
      ${sheetCards()}
      ${day.round ? html`<p class="progress"><b>${done}</b> / ${planned.length} ${t("visitsDone")}
        <progress class="bar verified" max=${planned.length} value=${done}></progress></p>` : html`<p class="banner" data-testid="no-round">${t(cases.size ? "noRound" : "noCustomers")}</p>`}
      ${cases.size ? chips : nothing}
      <ol class="stops">${rows(shown, row, 6)}</ol>
      <button class="button plain large" ?disabled=${ui.isBusy} data-testid="refresh" @click=${() => doings.act(async () => tell(await downloadDay()))}>${t("refresh")} · ${time(corrected(day.checked_at))}</button>`,
  });
}

function next({ act, checkInAt }) {
  const at = arrival();
  if (at) {
    const its = state.cases.get(at.case_id);
    return html`<section class="card here" aria-live="polite" data-testid="arrival">
      <h2>${t("youAreAt", { name: its.case.customer })}</h2>
      <button class="button main large" data-testid="check-in-here" @click=${() => act(() => checkInAt(at.case_id))}>${icon("check")} ${t("checkIn")}</button>
    </section>`;
  }
  if (state.visit) {
    const its = state.cases.get(state.visit.case_id);
    return html`<a class="card here" href="#/case/${state.visit.case_id}" data-testid="open-visit">
      <h2>${t("visiting", { name: its?.case.customer ?? "" })}</h2><p>${t("since", { time: time(state.visit.body.device_time) })}</p></a>`;
  }
  const stop = nextStop(state.day.round, state.cases);
  if (!stop) return state.day.round ? html`<section class="card"><h2>${t("allDone")}</h2><p>${t("allDoneLead")}</p></section>` : nothing;
  const fix = fixes.at(-1);
  return html`<section class="card" data-testid="next">
    <p class="quiet">${t("next")} · ${t("about", { time: time(expectedAt(stop)) })}${fix ? html` · ${distance(distanceM(fix, stop))}` : nothing}</p>
    <h2><a href="#/case/${stop.case_id}">${stop.customer}</a></h2>
    <p>${stop.address}</p>
    <details><summary>${t("why")}</summary><p>${stop.reason}</p></details>
    <div class="pair">
      <a class="button large" href=${stop.links.android}>${icon("route")} ${t("navigate")}</a>
      <a class="button main large" href="#/case/${stop.case_id}">${t("open")}</a>
    </div>
  </section>`;
}

function row(each) {
  const stop = stopOf(each.case.id);
  const isBehind = stop ? isDone(stop, each) : each.is_visited;
  const { is_open, next_at } = openAt(each, now());
  const mark = each.visit ? "visiting" : isBehind ? "done" : stop?.status === "missed" ? "missed" : "";
  return html`<li><a class="stop ${mark}" href="#/case/${each.case.id}" data-testid="stop">
    <span class="seq">${isBehind ? icon("check") : (stop?.seq ?? "·")}</span>
    <span class="who">${each.case.customer}</span>
    <span class="due">${minor(each.overdue_minor)}</span>
    <span class="what">${each.case.address.line}</span>
    <span class="when">${each.visit ? t("visitingNow") : isBehind ? t("done") : stop ? time(expectedAt(stop)) : ""}</span>
    ${each.promise ? html`<span class="note">${icon("check")} ${t("promisedBy", { amount: minor(each.promise.amount.amount_minor), day: workday(each.promise.due_on) })}</span>` : nothing}
    ${each.needs_follow_up ? html`<span class="note closed">${icon("warning")} ${t("followUpNeeded")}</span>` : nothing}
    ${is_open || isBehind ? nothing : html`<span class="note closed">${icon("clock")} ${next_at ? t("opensAt", { time: time(next_at) }) : (each.barred ?? t("closedToday"))}</span>`}
  </a></li>`;
}

/** That the round is of another day than this phone's clock shows: it was away from a network, or its clock is wrong. */
function otherDay() {
  const today = workdayOf(now());
  return today === state.day.day ? nothing : html`<p class="banner" data-testid="other-day">${icon("warning")}<span>
    <strong>${t("otherDay", { day: workday(state.day.day) })}</strong>${t("otherDayLead", { today: workday(today) })}</span></p>`;
}

function replanned() {
  const { replanned: its } = state;
  if (!its) return nothing;
  const names = (stops) => stops.map((stop) => stop.customer).join(", ");
  return html`<section class="banner" data-testid="replanned">
    <p><strong>${t("replanned")}</strong>
      ${["added", "dropped", "moved"].filter((kind) => its[kind].length).map((kind) => html`<span>${t(`replanned_${kind}`, { names: names(its[kind]) })}</span><br>`)}</p>
    <button class="button large" @click=${() => keep("replanned", undefined)}>${t("understood")}</button>
  </section>`;
}
