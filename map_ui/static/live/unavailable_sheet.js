/** Taking an agent out for today: say what will happen, do it once, show what moved where. */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { icon } from "../parts/icon.js";
import { show } from "../parts/problem.js";
import * as api from "./api.js";
import { money } from "./money.js";
import { state, tell } from "./store.js";

const REASONS = ["Ill", "Accident or emergency", "Vehicle broke down", "Phone lost or broken"];

const visits = (count) => (count === 1 ? "1 visit" : `${count} visits`);

function head(title, close) {
  return html`<header><h2 id="unavailable-title">${title}</h2>
    <button type="button" class="button square plain" aria-label="Close" @click=${close}>${icon("close")}</button></header>`;
}

function question(agent, { close, send }) {
  const toCome = state.round?.stops.filter((stop) => stop.status === "planned").length
    ?? agent.visits_planned - agent.visits_done;
  const cash = money(agent.cash_in_hand_minor, state.currency);
  return html`<form novalidate @submit=${send} data-testid="unavailable-form">
    ${head(`${agent.name} is unavailable`, close)}
    <div class="body">
      <p>The ${visits(toCome)} still to come today are offered to agents nearby who have time. Visits already
        done stay with ${agent.name}.</p>
      ${agent.cash_in_hand_minor > 0 ? html`<p class="banner">${icon("cash")}<span><strong>${cash} in hand does not move</strong>
        It stays ${agent.name}'s to hand over.</span></p>` : nothing}
      <p class="banner offline" role="alert" data-problem hidden></p>
      <fieldset class="field">
        <legend>Why?</legend>
        <div class="choices">
          ${REASONS.map((reason, i) => html`<label><input type="radio" name="reason" value=${reason} ?checked=${i === 0} ?autofocus=${i === 0}>${reason}</label>`)}
          <label><input type="radio" name="reason" value="">Something else</label>
        </div>
        <p class="problem" id="reason-problem"></p>
      </fieldset>
      <div class="field">
        <label for="reason-words">In your words <span class="quiet">(needed for something else)</span></label>
        <textarea id="reason-words" name="words" maxlength="200"></textarea>
      </div>
    </div>
    <footer>
      <button type="button" class="button" @click=${close}>Keep the round as it is</button>
      <button type="submit" class="button danger main">Move ${visits(toCome)}</button>
    </footer>
  </form>`;
}

function outcome(agent, { moved, unplaced }, close) {
  return html`${head(`${visits(moved.length)} moved`, close)}
    <div class="body" data-testid="moves">
      ${unplaced.length ? html`<p class="banner offline">${icon("warning")}<span><strong>${visits(unplaced.length)} found no place today</strong>
        Nobody nearby has time. Call these customers, or give the cases to somebody tomorrow.</span></p>` : nothing}
      <ul class="moves">
        ${unplaced.map((each) => html`<li class="unplaced"><b>${each.customer}</b><span class="quiet">${each.reason}</span></li>`)}
        ${moved.map((each) => html`<li><b>${each.customer}</b>${icon("chevron")}<span>${each.to_agent}</span></li>`)}
      </ul>
      ${moved.length + unplaced.length ? nothing : html`<p>${agent.name} had no visits to come, so nothing had to move.</p>`}
    </div>
    <footer><button type="button" class="button main" @click=${close}>Done</button></footer>`;
}

/** Open the sheet for an agent. It closes by its buttons, by Escape, and after the work is done. */
export function openUnavailable(dialog, agent) {
  const key = api.idempotencyKey();
  const close = () => dialog.close();
  // Where the visits are now known to be: their stops may be gone from the map once moved.
  const places = new Map(state.round?.stops.map((stop) => [stop.case_id, stop]));
  const setMoves = (moves) => {
    state.moves = moves?.map((move) => ({ ...move, from: places.get(move.case_id) })) ?? null;
    dialog.classList.toggle("told", moves !== null);
    tell("moves");
  };
  const send = async (event) => {
    event.preventDefault();
    const form = event.target;
    const { reason, words } = Object.fromEntries(new FormData(form));
    const button = form.querySelector("[type=submit]");
    button.disabled = true;
    try {
      const result = await api.unavailable(agent.id, [reason, words.trim()].filter(Boolean).join(": "), key);
      setMoves(result.moved);
      render(outcome(agent, result, close), dialog);
    } catch (problem) {
      show(form, problem);
    } finally {
      button.disabled = false;
    }
  };
  dialog.addEventListener("close", () => setMoves(null), { once: true });
  render(nothing, dialog);
  render(question(agent, { close, send }), dialog);
  dialog.showModal();
}

