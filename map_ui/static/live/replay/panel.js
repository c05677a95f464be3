/** The day in words beside the map: figures, plan against actual, and what happened, each a way to its moment. */

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { draw } from "../../parts/draw.js";
import { icon } from "../../parts/icon.js";
import { t, tn } from "../../parts/texts.js";
import { trailFile } from "../api.js";
import { evidenceButton } from "../evidence.js";
import { money } from "../money.js";
import { STOP, briefly, distance, lateness, wayInWords } from "../words.js";

const LATE_S = 600;

const row = ({ sign, title, time, more, current, seek }) => html`
  <li class="happened ${current ? "pointed" : ""}" aria-current=${current}>
    ${icon(sign)}
    <button type="button" class="title" @click=${seek}>${title}</button>
    <time class="time">${time}</time>
    <div class="more">${more}</div>
  </li>`;

function told({ kind, of: it, at, until }, day, times) {
  const stayed = briefly(until - at);
  switch (kind) {
    case "visit": {
      const { word, icon: sign, tone } = STOP[it.verdict] ?? STOP.verified;
      const plan = it.planned_nth === null ? t("not planned")
        : html`${t("stop {number}, planned {time}", { number: it.planned_nth, time: times.clockTime(it.planned_at) })} ·
          <span class=${it.late_s >= LATE_S ? "late" : ""}>${lateness(it.late_s)}</span>`;
      return { sign: "target", title: it.customer, more: html`<p>${t("Stayed {duration}", { duration: stayed })} · ${plan}</p><span class="badge ${tone}">${icon(sign)}${word}</span> ${evidenceButton(day.agent_id, it.case_id, day.day, it.customer)}` };
    }
    case "payment":
      return { sign: "cash", title: money(it.amount_minor, day.currency), more: html`<p>${t("{mode} from {customer}", { mode: it.mode.replaceAll("_", " "), customer: it.customer })}</p>` };
    case "gap":
      return { sign: "signal-off", title: t("No pings for {stayed}", { stayed }), more: html`<p>${t("{distance} between its ends", { distance: distance(it.distance_m) })}</p>` };
    default:
      return { sign: "standing", title: t("Stopped for {stayed}", { stayed }), more: html`<p>${t("At no customer of the plan")}</p>` };
  }
}

function counts({ planned, made, missed, unplanned, in_order }, isOver) {
  return html`<dl class="facts">
    <div><dt>${t("Visits made")}</dt><dd>${made}${planned ? html` <span class="quiet">${t("of {planned} planned", { planned })}</span>` : nothing}</dd></div>
    <div><dt>${isOver ? t("Missed") : t("To come")}</dt><dd class=${missed && isOver ? "low" : ""}>${missed}</dd></div>
    <div><dt>${t("Not planned")}</dt><dd>${unplanned}</dd></div>
    <div><dt>${t("In the planned order")}</dt><dd>${in_order}</dd></div>
  </dl>`;
}

/** Draw into `place`; `current` is the event of the moment, `isOver` whether the day is, `act` has `seek(ms)` and `close()`. */
export function drawReplayPanel(place, { day, events, times, current, isOver }, act) {
  const [figures, more] = wayInWords({ ...day.figures, stops: day.stops, gaps: day.gaps });
  const missed = day.visits.filter(({ began_at }) => !began_at);
  const taken = day.payments.reduce((sum, { amount_minor }) => sum + amount_minor, 0);
  const noon = Date.parse(`${day.day}T12:00:00Z`);
  const file = (kind, name) => html`<a href="${trailFile(day.agent_id, kind)}?day=${day.day}" download aria-label=${t("Save the trail as {name}", { name })}>${name}</a>`;
  draw(
    place,
    html`
      <div class="panel-head" data-agent-id=${day.agent_id}>
        ${icon("clock", "icon mark")}
        <div><h2>${day.agent}</h2><p class="quiet">${day.branch} · ${times.day(noon)}</p></div>
        <button type="button" class="button square plain" aria-label=${t("Back to live")} @click=${act.close}>${icon("close")}</button>
      </div>
      <div class="block">${counts(day.counts, isOver)}</div>
      <div class="block way">
        <p class="figures">${figures}</p><p class="quiet">${more}</p>
        ${day.plan ? html`<p class="quiet">${t("Planned: {distance}", { distance: distance(day.plan.distance_m) })}</p>` : nothing}
        ${day.payments.length ? html`<p>${`${t("Collected {amount}", { amount: money(taken, day.currency) })}, ${tn("{count} receipt", "{count} receipts", day.payments.length)}`}</p>` : nothing}
        <p class="files">${icon("download")}${file("gpx", "GPX")}${file("geojson", "GeoJSON")}</p>
      </div>
      <div class="block">
        <h3>${t("What happened")}</h3>
        ${events.length
          ? html`<ol class="happenings" data-testid="happenings">${events.map((event) => row({
              ...told(event, day, times), time: times.clockTime(event.at), current: event === current,
              seek: () => act.seek(event.at),
            }))}</ol>`
          : html`<div class="empty">${icon("route")}<strong>${t("Nothing was recorded")}</strong>
              <p>${t("No pings, visits or payments on this day. Choose another day under the map.")}</p></div>`}
      </div>
      ${missed.length ? html`<div class="block"><h3>${isOver ? t("Planned, not visited") : t("Still to come")}</h3><ul class="happenings">${missed.map((visit) => html`
        <li class="happened">${icon(isOver ? "cross" : "circle")}<span class="title">${visit.customer}</span><time class="time">${times.clockTime(visit.planned_at)}</time></li>`)}</ul></div>` : nothing}`,
  );
}
