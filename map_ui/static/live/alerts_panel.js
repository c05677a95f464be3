/** Alerts, each with something to do about it. */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { draw } from "../parts/draw.js";
import { icon } from "../parts/icon.js";
import { t } from "../parts/texts.js";
import { toast } from "../parts/toast.js";
import * as api from "./api.js";
import * as clock from "./clock.js";
import { byPressure } from "./decisions.js";
import { pushToggle } from "./push_toggle.js";
import { setAlert, state } from "./store.js";
import { clockTime, exactTime } from "./times.js";
import { ago, alertLook, isPanic } from "./words.js";

const NOTE_MOST = 500;

const busy = new Set();
let noting = null; // the alert whose note is being written

async function acknowledge(alert, redraw, note = "") {
  busy.add(alert.id);
  redraw();
  try {
    setAlert(await api.acknowledge(alert.id, note));
    if (noting === alert.id) noting = null;
  } catch (problem) {
    toast(t("Not acknowledged. {message}", { message: problem.message }), { problem: true });
  } finally {
    busy.delete(alert.id);
    redraw();
  }
}

/** One line for what is done about it; an alert is acknowledged by sending it. */
function noteForm(alert, redraw) {
  const field = `note-${alert.id}`;
  return html`<form class="noting" @submit=${(event) => {
    event.preventDefault();
    acknowledge(alert, redraw, event.target.elements.note.value.trim());
  }} @keydown=${(event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    noting = null;
    redraw();
  }}>
    <label for=${field}>${t("What are you doing about it?")}</label>
    <input id=${field} name="note" maxlength=${NOTE_MOST} autocomplete="off">
    <button type="submit" class="button small main" ?disabled=${busy.has(alert.id)}>${t("Acknowledge")}</button>
  </form>`;
}

export const phoneLink = (phone) => `tel:${phone.replace(/[^\d+]/g, "")}`;

/** Where it is decided on: the list that it counts, or its case. Who may not open cases has no page of them. */
function whereTo({ facts, case_id }) {
  if (!document.querySelector('a[href="/cases"]')) return null;
  if (facts?.url) return { href: facts.url, words: t("Open the list") };
  return case_id ? { href: `/cases/${case_id}`, words: t("Open the case") } : null;
}

const MENDED_ON_THE_PHONE = new Set(["no_position", "tracking_stopped"]);

function card(alert, { show, endPanic, takeOut, redraw }) {
  const agent = state.agents.get(alert.agent_id);
  const { icon: sign, urgent } = alertLook(alert);
  const panic = isPanic(alert);
  const phone = alert.facts?.phone ?? agent?.phone;
  const seen = alert.acknowledged_at !== null;
  const opens = whereTo(alert);
  const raised = Date.parse(alert.raised_at);
  return html`<li class="alert ${urgent ? "urgent" : ""} ${panic ? "panic" : ""} ${seen ? "seen" : ""}" data-alert-id=${alert.id}
    aria-current=${alert.id === state.pointedAlertId}>
    <span class="sign">${icon(sign)}</span>
    <div>
      <h3>${alert.title}</h3>
      <p class="about">${agent && !alert.title.includes(agent.name) ? `${agent.name} · ` : ""}<time datetime=${alert.raised_at} title=${exactTime(raised)}
        >${ago(clock.now() - raised)}</time>${seen ? ` · ${t("acknowledged {time}", { time: clockTime(alert.acknowledged_at) })}` : ""}</p>
      <p class="detail">${alert.detail}</p>
      ${alert.acknowledged_note ? html`<p class="note">“${alert.acknowledged_note}”</p>` : nothing}
    </div>
    ${noting === alert.id && !seen ? noteForm(alert, redraw) : nothing}
    <div class="actions">
        ${seen || noting === alert.id ? nothing : html`<button type="button" class="button small" ?disabled=${busy.has(alert.id)}
          @click=${() => acknowledge(alert, redraw)}>${t("Acknowledge")}</button>`}
        ${seen ? nothing : html`<button type="button" class="button small plain" aria-expanded=${noting === alert.id} @click=${() => {
            noting = noting === alert.id ? null : alert.id;
            redraw();
            document.getElementById(`note-${alert.id}`)?.focus();
          }}>${t("With a note")}</button>`}
        ${agent ? html`<button type="button" class="button small" @click=${() => show(alert)}>${t("Show on map")}</button>` : nothing}
        ${opens ? html`<a class="button small" href=${opens.href}>${opens.words}</a>` : nothing}
        ${alert.kind === "agent_missing" && agent ? html`<button type="button" class="button small" @click=${() => takeOut(agent.id)}>${t("Hand over visits")}</button>` : nothing}
        ${phone && (panic || !seen) ? html`<a class="button small" href=${phoneLink(phone)} title=${phone}>${t("Call|verb")}</a>` : nothing}
        ${panic ? html`<button type="button" class="button small" @click=${() => endPanic(alert)}>${t("End call for help")}</button>` : nothing}
        ${MENDED_ON_THE_PHONE.has(alert.kind) && !seen ? html`<a class="button small" href="/phone" target="_blank">${t("Battery guide")}</a>` : nothing}
    </div>
  </li>`;
}

/** Draw the alerts into `place`; `show(alert)` shows whom it is about, `endPanic(alert)` asks how it ended, `takeOut(agentId)` whether to hand over visits. */
export function drawAlerts(place, act) {
  const redraw = () => drawAlerts(place, act);
  const all = [...state.alerts.values()].sort(byPressure);
  const open = all.filter((alert) => !alert.acknowledged_at);
  const top = all.filter((alert) => !alert.acknowledged_at || isPanic(alert));
  const rest = all.filter((alert) => !top.includes(alert));
  const cards = (alerts) => html`<ul class="alerts-list">
    ${repeat(alerts, ({ id }) => id, (alert) => card(alert, { ...act, redraw }))}</ul>`;
  draw(
    place,
    html`
      <div class="panel-head">
        <h2>${t("Alerts")} <span class="count ${open.length ? "urgent" : ""}">${open.length}</span></h2>
        ${pushToggle(redraw)}
      </div>
      ${top.length
        ? cards(top)
        : html`<div class="empty">${icon("check")}<strong>${t("Nothing needs you now")}</strong>
            <p>${t("Alerts come here as they happen. Until then, choose an agent to see the round.")}</p></div>`}
      ${rest.length ? html`<h3 class="rows-title">${t("Acknowledged, not yet over")}</h3>${cards(rest)}` : nothing}`,
  );
}

/** Read newly raised alerts out to those who don't look at the map. */
export function announce(place, alerts) {
  for (const alert of alerts.filter((each) => !each.acknowledged_at)) {
    const line = document.createElement("p");
    const agent = state.agents.get(alert.agent_id);
    line.textContent = agent ? `${alert.title}. ${agent.name}.` : alert.title;
    place.append(line);
  }
  while (place.childElementCount > 10) place.firstElementChild.remove();
}
