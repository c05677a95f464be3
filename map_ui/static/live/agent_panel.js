/** The chosen agent: how fresh, how sure, what comes next, the whole round, and the way out. */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { draw } from "../parts/draw.js";
import { icon } from "../parts/icon.js";
import { t, tn } from "../parts/texts.js";
import { absenceBlock } from "./absence_block.js";
import { phoneLink } from "./alerts_panel.js";
import { trailFile } from "./api.js";
import * as clock from "./clock.js";
import { money, share } from "./money.js";
import { evidenceButton } from "./evidence.js";
import { DONE } from "./round_shape.js";
import { offerBlock } from "./offer_block.js";
import { spotLine } from "./spot.js";
import { ageMs, etaOf, state } from "./store.js";
import { clockTime, exactTime, isoDay } from "./times.js";
import {
  STATUS, STOP, accuracy, ago, battery, distance, duration, lateness, permission, situation, skew, speed, wayInWords,
} from "./words.js";

const windowOf = (stop) =>
  stop.window_from && stop.window_to ? `${clockTime(stop.window_from)}–${clockTime(stop.window_to)}` : "";

const LATE_S = 600;

const afterWindow = (stop, at) => stop.window_to && at > Date.parse(stop.window_to);

function facts(agent) {
  const { position } = agent;
  const told = state.health?.phone;
  const left = told?.battery_pct ?? agent.battery_pct;
  const low = left != null && left <= 15;
  return html`<dl class="facts">
    <div><dt>${t("Last ping")}</dt><dd title=${position ? exactTime(position.captured_at) : ""}>${position ? ago(ageMs(agent)) : t("none|ping")}</dd></div>
    <div><dt>${t("Accuracy")}</dt><dd>${position ? accuracy(position.accuracy_m) : "–"}</dd></div>
    <div><dt>${t("Speed")}</dt><dd>${speed(position?.speed_mps)}</dd></div>
    <div><dt>${t("Battery")}</dt><dd class=${low ? "low" : ""}>${battery(left)}${told?.is_charging ? ", charging" : ""}</dd></div>
  </dl>
  ${position ? spotLine(position) : nothing}`;
}

const span = ({ began_at, ended_at }) => `${clockTime(began_at)}–${ended_at ? clockTime(ended_at) : t("now|time")}`;

function phone({ phone: told, silences }) {
  if (!told && !silences.length) return nothing;
  const app = [told?.app, told?.app_version].filter(Boolean).join(" ");
  return html`<div class="block" data-testid="phone">
    <h3>${[told?.label ?? t("No phone"), app].filter(Boolean).join(" · ")}</h3>
    ${told ? html`<dl class="facts">
      <div><dt>${t("Last heard")}</dt><dd title=${told.heard_at ? exactTime(told.heard_at) : ""}>${told.heard_at ? ago(clock.now() - Date.parse(told.heard_at)) : "unknown"}</dd></div>
      <div><dt>${t("Location")}</dt><dd class=${told.gps === "off" ? "low" : ""}>${told.gps ?? "unknown"}</dd></div>
      <div><dt>${t("Permission")}</dt><dd class=${told.permission === "denied" ? "low" : ""}>${permission(told.permission)}</dd></div>
      <div><dt>${t("Clock")}</dt><dd>${skew(told.skew_s, told.skew_stated)}</dd></div>
    </dl>` : nothing}
    ${silences.length ? html`<ul class="silences">${silences.map((each) => html`<li><b>${span(each)}</b>
      ${each.text} <span class="quiet">(${each.reasons.map(({ text }) => text).join("; ")})</span></li>`)}</ul>` : nothing}
  </div>`;
}

const percent = ({ cash_in_hand_minor: cash, cash_limit_minor: limit }) =>
  limit > 0 ? `${Math.floor((cash / limit) * 100)} %` : "–";

function till(agent) {
  const part = share(agent.cash_in_hand_minor, agent.cash_limit_minor);
  const tone = part >= 1 ? "missed" : part >= 0.9 ? "probable" : "";
  return html`<dl class="till">
    <dt>${t("Collected today")}</dt><dd>${money(agent.collected_minor, state.currency)}</dd>
    <dt>${t("Cash in hand")}</dt><dd>${money(agent.cash_in_hand_minor, state.currency)}</dd>
    <progress class="bar ${tone}" max="1" .value=${part} aria-label=${t("Cash in hand of the limit")}></progress>
    <dt class="small">${t("{percent} of the limit", { percent: percent(agent) })}</dt><dd class="small">${money(agent.cash_limit_minor, state.currency)}</dd>
  </dl>`;
}

function way(agent, { properties }) {
  if (properties.from === null) return nothing;
  const [figures, more] = wayInWords(properties);
  const file = (kind, name) => html`<a href=${trailFile(agent.id, kind)} download aria-label=${t("Save the trail as {name}", { name })}>${name}</a>`;
  return html`<div class="block way" data-testid="way">
    <h3>${t("Way of today")}</h3>
    <p class="figures">${figures}</p>
    <p class="quiet">${more}</p>
    <p class="files">${icon("download")}${file("gpx", "GPX")}${file("geojson", "GeoJSON")}</p>
  </div>`;
}

function nextStop(round) {
  const next = round.stops.find((stop) => !DONE.has(stop.status));
  if (!next) return html`<div class="next-stop"><p class="lead">${t("Round finished")}</p><p>${round.stops.length ? tn("The only stop is done.", "All {count} stops are done.", round.stops.length) : t("There is no stop to make.")}</p></div>`;
  const arrives = Date.parse(next.arrives_at);
  const here = next.status === "visiting";
  const eta = etaOf(next.id);
  const expected = Math.max(eta ? Date.parse(eta.begins_at) : arrives, clock.now());
  const behind = here ? 0 : eta ? eta.late_s * 1000 : clock.now() - arrives;
  return html`<div class="next-stop" data-testid="next-stop">
    <p class="lead"><span>${here ? t("Now") : t("Next")}: ${next.seq} · ${next.customer}</span>
      <time datetime=${new Date(expected).toISOString()} title=${t("Planned for {time}", { time: exactTime(arrives) })}>${here ? t("here") : clockTime(eta ? expected : arrives)}</time></p>
    <p>${next.address}${windowOf(next) ? ` · ${t("window {hours}", { hours: windowOf(next) })}` : ""}</p>
    ${behind > 60_000 ? html`<p class="late">${t("{duration} behind plan", { duration: duration(behind) })}</p>` : nothing}
    ${!here && afterWindow(next, expected) ? html`<p class="late">${t("The window is over. Call the customer or move the visit.")}</p>` : nothing}
  </div>`;
}

function stopRow(stop, point) {
  const { word, icon: sign, tone } = STOP[stop.status];
  const done = DONE.has(stop.status);
  const arrives = Date.parse(stop.arrives_at);
  const eta = done ? undefined : etaOf(stop.id);
  const expected = eta ? Date.parse(eta.begins_at) : arrives;
  const about = [money(stop.amount_due_minor, state.currency), tn("{count} day past due", "{count} days past due", stop.dpd)];
  if (stop.promise_due) about.push(t("promise due today"));
  const classes = [done && "done", stop.status, stop.id === state.pointedStopId && "pointed"].filter(Boolean);
  return html`<li class=${classes.join(" ")} data-stop-id=${stop.id}>
    <span class="number">${stop.seq}</span>
    <button type="button" class="title" @click=${() => point(stop.id)}>${stop.customer}</button>
    <time class="time ${!done && afterWindow(stop, expected) ? "late" : ""}" datetime=${new Date(expected).toISOString()}
      title=${eta ? t("Expected; planned for {time}", { time: exactTime(arrives) }) : exactTime(arrives)}>${clockTime(expected)}</time>
    <div class="more">
      ${eta && stop.status === "planned" ? html`<p class="eta ${eta.late_s >= LATE_S ? "late" : "quiet"}" data-testid="eta">
        ${lateness(eta.late_s)} · ${t("planned {time}", { time: clockTime(arrives) })}</p>` : nothing}
      <p>${stop.address} · ${about.join(" · ")}</p>
      ${windowOf(stop) && !done ? html`<p>${t("Window {hours}", { hours: windowOf(stop) })}</p>` : nothing}
      ${stop.status === "planned" ? html`<p class="why">${stop.reason}</p>`
        : html`<span class="badge ${tone}">${icon(sign)}${word}</span>`}
      ${done && stop.status !== "missed" ? evidenceButton(state.selectedId, stop.case_id, isoDay(clock.now()), stop.customer) : nothing}
    </div>
  </li>`;
}

function roundBlock(round, point) {
  const left = round.stops.filter((stop) => !DONE.has(stop.status)).length;
  return html`
    <div class="block">${nextStop(round)}</div>
    <div class="block">
      <h3>${tn("Round of today · {count} stop, {left} to come · {distance}", "Round of today · {count} stops, {left} to come · {distance}", round.stops.length, { left, distance: distance(round.distance_m) })}</h3>
      <ol class="timeline">${round.stops.map((stop) => stopRow(stop, point))}</ol>
    </div>
    ${round.skipped.length ? html`<div class="block"><details>
      <summary>${tn("{count} case was left out, and why", "{count} cases were left out, and why", round.skipped.length)}</summary>
      <ul>${round.skipped.map((each) => html`<li><b>${each.customer}</b><br><span class="quiet">${each.reason}</span></li>`)}</ul>
    </details></div>` : nothing}`;
}

const loading = html`<div class="block" aria-busy="true">
  ${[0, 1, 2].map(() => html`<p><span class="skeleton medium"></span></p><p><span class="skeleton short"></span></p>`)}</div>`;

function roundOrWord(error, retry, point) {
  if (state.round) return roundBlock(state.round, point);
  if (!error) return loading;
  if (error.status === 404) {
    return html`<div class="empty">${icon("route")}<strong>${t("No round today")}</strong><p>${t("Nothing was planned for this agent.")}</p></div>`;
  }
  return html`<div class="empty">${icon("warning")}<strong>${t("The round could not be loaded")}</strong>
    <p>${error.message}</p><button type="button" class="button" @click=${retry}>${t("Try again")}</button></div>`;
}

/** Draw into `place`; `error` is why there is no round, if one was asked for. */
export function drawAgentPanel(place, { close, locate, point, retry, decide, takeOut, play, follow, giveBack, error }) {
  const agent = state.agents.get(state.selectedId);
  if (!agent) {
    draw(place, nothing);
    return;
  }
  draw(
    place,
    html`
      <div class="panel-head" data-agent-id=${agent.id}>
        ${icon(agent.status, "icon mark")}
        <div><h2>${agent.name}</h2><p class="quiet">${agent.branch} · ${agent.status === "stale" ? situation(agent, ageMs(agent)) : STATUS[agent.status]}</p></div>
        <button type="button" class="button square plain" aria-label=${t("Close {name}", { name: agent.name })} @click=${close}>${icon("close")}</button>
      </div>
      <div class="block actions">
        ${agent.phone ? html`<a class="button" href=${phoneLink(agent.phone)} aria-label=${t("Call {name}", { name: agent.name })} title=${agent.phone}>${icon("phone")}${t("Call|verb")}</a>` : nothing}
        <button type="button" class="button" ?disabled=${!agent.position && !state.round} @click=${locate}>${icon("target")}${t("Show on map")}</button>
        <button type="button" class="button" aria-pressed=${state.following} ?disabled=${!agent.position || agent.status === "off_shift"}
          title=${t("The map stays with {name} until you move it", { name: agent.name })} data-testid="follow" @click=${follow}>${icon("route")}${t("Follow")}</button>
        <button type="button" class="button" data-testid="replay" @click=${play}>${icon("play")}${t("Replay")}</button>
      </div>
      <div class="block">${facts(agent)}</div>
      <div class="block">${till(agent)}</div>
      ${state.trail ? way(agent, state.trail) : nothing}
      ${state.health ? phone(state.health) : nothing}
      ${state.absence ? absenceBlock(state.absence, giveBack) : nothing}
      ${state.offer ? offerBlock(state.offer, decide) : nothing}
      ${roundOrWord(error, retry, point)}
      ${agent.status === "off_shift" || state.absence ? nothing : html`<div class="foot">
        <button type="button" class="button danger" data-testid="unavailable" @click=${takeOut}>${t("Agent unavailable: hand over today's visits")}</button>
      </div>`}`,
  );
}
