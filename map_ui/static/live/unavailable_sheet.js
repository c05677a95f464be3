/** Taking an agent out for today: say what will happen, do it once, show what moved where. */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { icon } from "../parts/icon.js";
import { show } from "../parts/problem.js";
import { left, moved as movedTo } from "./absence_block.js";
import * as api from "./api.js";
import { money } from "./money.js";
import { state, tell } from "./store.js";
import { visits } from "./words.js";

const REASONS = ["Ill", "Accident or emergency", "Vehicle broke down", "Phone lost or broken"];

function head(title, close) {
  return html`<header><h2 id="unavailable-title">${title}</h2>
    <button type="button" class="button square plain" aria-label="Close" @click=${close}>${icon("close")}</button></header>`;
}

const counted = (items, one, many) => (items.length === 1 ? one : many(items.length));

/** What would happen, before anybody decides. */
function forecast(seen) {
  if (seen === null) return html`<p class="quiet" data-testid="forecast" aria-busy="true">Looking who is nearby…</p>`;
  if (seen instanceof Error) return html`<p class="quiet" data-testid="forecast">${seen.message}</p>`;
  const { moved, unplaced, made_way: madeWay } = seen;
  const names = [...new Set(moved.map((each) => each.to_agent))];
  return html`<div data-testid="forecast">
    <p><strong>${counted(moved, "1 visit goes", (n) => `${n} visits go`)}</strong>${names.length ? ` to ${names.join(", ")}` : " to nobody nearby"}.
      ${madeWay.length ? `${counted(madeWay, "1 less urgent visit of theirs waits", (n) => `${n} less urgent visits of theirs wait`)} for another day.` : ""}
      ${unplaced.length ? `${counted(unplaced, "1 finds", (n) => `${n} find`)} no place today.` : ""}</p>
    ${unplaced.length + madeWay.length ? html`<details><summary>Which, and why</summary>
      <ul class="moves">${left(unplaced)}${left(madeWay, true)}</ul></details>` : nothing}
  </div>`;
}

function question(agent, seen, { close, send }) {
  const toCome = state.round?.stops.filter((stop) => stop.status === "planned").length
    ?? agent.visits_planned - agent.visits_done;
  const cash = money(agent.cash_in_hand_minor, state.currency);
  return html`<form novalidate @submit=${send} data-testid="unavailable-form">
    ${head(`${agent.name} is unavailable`, close)}
    <div class="body">
      <p>Agents nearby make the ${visits(toCome)} still to come, the most urgent first, and get new rounds at
        once. Visits already done stay with ${agent.name}, and the cases return at the end of the day.</p>
      ${forecast(seen)}
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
      <button type="submit" class="button danger main">Hand over ${visits(toCome)}</button>
    </footer>
  </form>`;
}

function outcome(agent, { moved, unplaced, passed_on: passedOn, made_way: madeWay }, close) {
  return html`${head(`${visits(moved.length)} moved`, close)}
    <div class="body" data-testid="moves">
      ${unplaced.length ? html`<p class="banner offline">${icon("warning")}<span><strong>${visits(unplaced.length)} found no place today</strong>
        Call these customers, or give the cases to somebody tomorrow.</span></p>` : nothing}
      ${madeWay.length ? html`<p class="banner">${icon("clock")}<span><strong>${visits(madeWay.length)} of others made way</strong>
        They were less urgent; their agents keep the cases for another day.</span></p>` : nothing}
      <ul class="moves">${left(unplaced)}${left(madeWay, true)}${movedTo(moved)}${movedTo(passedOn)}</ul>
      ${moved.length + unplaced.length ? nothing : html`<p>${agent.name} had no visits to come, so nothing had to move.</p>`}
    </div>
    <footer><button type="button" class="button main" @click=${close}>Done</button></footer>`;
}

/** Open the sheet for an agent. It closes by its buttons, by Escape, and after the work is done. */
export function openUnavailable(dialog, agent) {
  const key = api.idempotencyKey();
  const close = () => dialog.close();
  let asking = true;
  // Where the visits are now known to be: their stops may be gone from the map once moved.
  const places = new Map(state.round?.stops.map((stop) => [stop.case_id, stop]));
  const setMoves = (moves) => {
    state.moves = moves?.map((move) => ({ ...move, from: places.get(move.case_id) })) ?? null;
    dialog.classList.toggle("see-through", moves !== null);
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
      asking = false;
      setMoves(result.moved);
      render(outcome(agent, result, close), dialog);
    } catch (problem) {
      show(form, problem);
    } finally {
      button.disabled = false;
    }
  };
  dialog.addEventListener("close", () => {
    asking = false;
    setMoves(null);
  }, { once: true });
  const draw = (seen) => asking && render(question(agent, seen, { close, send }), dialog);
  render(nothing, dialog);
  draw(null);
  dialog.showModal();
  api.foresee(agent.id).then(draw, draw);
}

