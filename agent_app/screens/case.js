/** A case: what must be known at the door, and what can be done there. */

import { openAt } from "../facts/round.js";
import { isExact, standing } from "../facts/place.js";
import { likelyOutcome, openDues } from "../facts/so_far.js";
import { now } from "../kept/clock.js";
import { shownCase, state, stopOf, withoutForm } from "../state.js";
import { numberToDial } from "../sync/office.js";
import { checkOut, pinDoor } from "../sync/records.js";
import { fixes, freshFix } from "../sync/pings.js";
import { hasText, t } from "../texts/texts.js";
import { amount, day, distance, isMasked, masked, minor, problem, time, workday } from "../texts/told.js";
import { hasResults } from "./follow_up.js";
import { news } from "./news.js";
import { figure, html, icon, mainButton, nothing, screen } from "./parts.js";

const OUTCOMES = ["paid", "part_paid", "promised", "refused", "not_home", "door_locked", "moved", "third_party"];
const WHY_OUTSIDE = ["met_elsewhere", "address_wrong", "position_wrong", "no_access"];

/** How the phone lies to the door of a case; null where either is not known. */
export function placeOf(its) {
  const { position, fence_radius_m } = its.case.address;
  return standing(fixes.at(-1), position, fence_radius_m);
}

export function caseScreen(doings) {
  const { act, checkInAt } = doings;
  const its = shownCase();
  if (!its) {
    const gone = state.records.filter((each) => each.case_id === state.route[1]);
    return screen({ title: t("caseGone"), back: "#/", main: html`${news(gone, doings)}<section class="card"><p>${t("caseGoneLead")}</p></section>` });
  }
  const place = placeOf(its);
  const dues = openDues(its);
  const isElsewhere = state.visit && state.visit.case_id !== its.case.id;
  const action = its.visit
    ? html`<a class="button large" href="#/case/${its.case.id}/leave" data-testid="leave">${icon("leave")} ${t("leave")}</a>
        <a class="button main large" href="#/case/${its.case.id}/pay" data-testid="pay">${icon("cash")} ${t("takePayment")}</a>`
    : isElsewhere
      ? html`<a class="button main large" href="#/case/${state.visit.case_id}">${t("finishFirst")}</a>`
      : mainButton(t("checkIn"), () => act(() => checkInAt(its.case.id)), { testid: "check-in", disabled: !its.case.address.fence_radius_m && !its.pin });
  return screen({
    title: its.case.customer,
    back: "#/",
    main: html`
      ${news(its.records, doings)}
      ${its.visit ? html`<p class="banner good">${icon("check")}<span><strong>${t("visitingNow")}</strong>${t("since", { time: time(its.visit.body.device_time) })}</span></p>` : hours(its)}
      <section class="card">
        <p>${[its.case.address.line, its.case.address.locality, its.case.address.pincode].filter(Boolean).join(", ")}</p>
        ${place ? html`<p class=${place.is_outside ? "warn" : "quiet"} data-testid="distance">${icon("target")} ${t("away", { distance: distance(place.distance_m) })}</p>`
          : its.case.address.position ? html`<p class="quiet">${icon("pin-off")} ${t("noFix")}</p>` : pinning(its, doings)}
        <div class="pair">
          ${navigation(its)}
          ${its.case.phone ? html`${call(its, doings)}
            <a class="button large" href="#/case/${its.case.id}/message" data-testid="message">${t("message")}</a>` : nothing}
        </div>
        ${whyNoCall(its)}
      </section>
      ${its.needs_follow_up ? html`<a class="banner" href="#/case/${its.case.id}/follow-up" data-testid="follow-up-needed">${icon("warning")}<span><strong>${t("followUpNeeded")}</strong></span></a>` : nothing}
      ${formMissing(its)}
      <section class="card">
        <p class="quiet">${t("overdueNow")}</p>
        ${figure(minor(its.overdue_minor), "overdue")}
        <p class="quiet">${its.overdue_minor ? `${t("daysLate", { count: its.case.dpd })} · ` : ""}${its.case.account}</p>
        ${its.promise ? html`<p class="note">${icon("check")} ${t("promisedBy", { amount: amount(its.promise.amount), day: workday(its.promise.due_on) })}</p>` : nothing}
        ${its.advance.map((due) => html`<p class="note">${icon("clock")} ${t("advanceDue", { amount: amount(due.amount), day: workday(due.due_on) })}</p>`)}
        ${its.visit ? html`<div class="pair">${its.due_minor ? html`<a class="button large" href="#/case/${its.case.id}/promise" data-testid="promise">${t("takePromise")}</a>` : nothing}
            ${hasResults() ? html`<a class="button large" href="#/case/${its.case.id}/follow-up" data-testid="follow-up">${t("followUp")}</a>` : nothing}</div>
          <div class="pair"><a class="button large" href="#/case/${its.case.id}/picture" data-testid="picture">${t("takePicture")}</a>
            <a class="button large" href="#/case/${its.case.id}/sign" data-testid="sign">${t("takeSignature")}</a></div>` : nothing}
        ${dues.length ? html`<details><summary>${t("dues", { count: dues.length })}</summary><dl class="pairs">
          ${dues.map((due) => html`<div><dt>${workday(due.due_on)}</dt><dd>${minor(due.left_minor)}</dd></div>`)}</dl></details>` : nothing}
      </section>
      ${history(its)}
      ${stopOf(its.case.id)?.reason ? html`<section class="card"><details><summary>${t("why")}</summary><p>${stopOf(its.case.id).reason}</p></details></section>` : nothing}`,
    action,
  });
}

/** An address that is on no map: the agent at its door can say so, and check in then. */
function pinning(its, { act }) {
  if (its.pin) return html`<p class="note" data-testid="pinned">${icon("check")} ${t("pinned")}</p>`;
  const isReady = isExact(freshFix(now()));
  return html`<p class="warn">${icon("pin-off")} ${t("noPin")}</p>
    <p class="quiet">${t(isReady ? "pinLead" : "noFix")}</p>
    <button type="button" class="button large" data-testid="pin-door" ?disabled=${!isReady || state.ui.isBusy} @click=${() => act(() => pinDoor(its.case.id))}>${icon("target")} ${t("pinDoor")}</button>`;
}

/** The call: where this agent is not told the number, the office gives it to the telephone, one at a time. */
function call(its, { act, set }) {
  const label = html`${icon("phone")} ${t("call")} <small>${masked(its.case.phone)}</small>`;
  if (!isMasked(its.case.phone)) return html`<a class="button large" href="tel:${its.case.phone}" data-testid="call">${label}</a>`;
  const dial = () => act(async () => {
    const { dial: link, callProblem } = await numberToDial(its.case.id);
    set({ callProblem });
    if (link) location.href = link;
  });
  return html`<button type="button" class="button large" data-testid="call" ?disabled=${state.ui.isBusy || !navigator.onLine} @click=${dial}>${label}</button>`;
}

function whyNoCall(its) {
  if (state.ui.callProblem) return html`<p class="problem" role="alert" data-testid="call-problem">${problem(state.ui.callProblem)}</p>`;
  const isBarred = isMasked(its.case.phone) && !navigator.onLine;
  return isBarred ? html`<p class="quiet" data-testid="call-offline">${icon("signal-off")} ${t("callOffline")}</p>` : nothing;
}

/** That the customer's form is missing; during a visit, the way to its picture. */
function formMissing(its) {
  if (!withoutForm().includes(its)) return nothing;
  return its.visit ? html`<a class="button large" href="#/case/${its.case.id}/picture/car_form" data-testid="form-missing">${icon("warning")} ${t("formTake")}</a>`
    : html`<p class="warn" data-testid="form-missing">${icon("warning")} ${t("formMissing")}</p>`;
}

function navigation(its) {
  const { position } = its.case.address;
  const link = stopOf(its.case.id)?.links.android ?? (position && `geo:${position.lat},${position.lon}`);
  return link ? html`<a class="button large" href=${link} data-testid="navigate">${icon("route")} ${t("navigate")}</a>` : nothing;
}

function hours(its) {
  const { is_open, until, next_at } = openAt(its, now());
  if (is_open) return html`<p class="quiet">${icon("clock")} ${t("openUntil", { time: time(until) })}</p>`;
  return html`<p class="banner" data-testid="closed">${icon("warning")}<span><strong>${t("closedNow")}</strong>
    ${next_at ? t("opensAt", { time: time(next_at) }) : (its.barred ?? t("closedToday"))}</span></p>`;
}

function history(its) {
  const own = its.records.filter((record) => !record.in_day && ["receipt", "promise", "check_in", "picture", "disposition", "address_pin"].includes(record.kind));
  const rows = [
    ...own.map((record) => ({ kind: record.kind, at: record.made_at, amount: record.body.amount, facts: {}, waits: record.state !== "sent" })),
    ...its.timeline,
  ];
  if (!rows.length) return nothing;
  return html`<section class="card"><h2>${t("history")}</h2><ul class="history">
    ${rows.sort((a, b) => b.at.localeCompare(a.at)).slice(0, 10).map((each) => html`<li>
      <span>${day(each.at)}</span>
      <span>${t(`did_${each.kind}`)}${each.facts.outcome ? html` · ${hasText(`outcome_${each.facts.outcome}`) ? t(`outcome_${each.facts.outcome}`) : each.facts.outcome}` : nothing}${each.waits ? html` · ${t("waits")}` : nothing}</span>
      <b>${each.amount ? amount(each.amount) : ""}</b></li>`)}
  </ul></section>`;
}

/** Leaving: one tap on what came of it; what the visit's records say comes first. */
export function leaveScreen({ act, done, go }) {
  const its = shownCase();
  if (!its?.visit) return caseScreen({ act, go });
  const likely = likelyOutcome(its);
  const order = [likely, ...OUTCOMES.filter((each) => each !== likely)].filter(Boolean);
  const isNoted = its.records.some((record) => record.kind === "disposition" && record.seq > its.visit.seq);
  const leave = (outcome) => act(async () => {
    await checkOut(its.visit, outcome);
    // When he left is a fact of now; what came of it, and what comes next, may be told on the way.
    done(outcome === "paid" || likely || isNoted || !hasResults() ? "#/" : `#/case/${its.case.id}/follow-up`);
  });
  return screen({
    title: t("leaveTitle"),
    back: `#/case/${its.case.id}`,
    main: html`
      <p>${its.case.customer}</p>
      <p>${t("leaveLead")}</p>
      <div class="answers">${order.map((outcome) => html`
        <button class="button large ${outcome === likely ? "main" : ""}" data-testid="outcome-${outcome}" ?disabled=${state.ui.isBusy} @click=${() => leave(outcome)}>${t(`outcome_${outcome}`)}</button>`)}</div>`,
  });
}

/** A check-in away from the door: taken with its reason, and flagged. */
export function awayScreen({ act, go, checkInAt }) {
  const its = shownCase();
  const place = its && placeOf(its);
  if (!place) return caseScreen({ act, go, checkInAt });
  const because = (reason_code, reason) => act(() => checkInAt(its.case.id, { reason_code, reason }));
  const other = (event) => {
    event.preventDefault();
    because("other", event.target.elements.reason.value.trim());
  };
  return screen({
    title: t("awayTitle"),
    back: `#/case/${its.case.id}`,
    main: html`
      <p>${its.case.customer} · ${its.case.address.line}</p>
      <p class="banner">${icon("target")}<span><strong>${t("away", { distance: distance(place.distance_m) })}</strong>${t("awayLead")}</span></p>
      <div class="answers">${WHY_OUTSIDE.map((code) => html`<button class="button large" ?disabled=${state.ui.isBusy} data-testid="why-${code}" @click=${() => because(code, t(`away_${code}`))}>${t(`away_${code}`)}</button>`)}</div>
      <form class="card" @submit=${other}>
        <div class="field"><label for="reason">${t("away_other")}</label><input id="reason" name="reason" minlength="3" maxlength="1000" required></div>
        <button class="button large">${t("checkIn")}</button>
      </form>`,
  });
}
