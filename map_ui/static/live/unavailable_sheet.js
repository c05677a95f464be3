/** Taking an agent out for today: say what will happen, do it once, show what moved where. */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { beginTyping } from "../parts/focus.js";
import { icon } from "../parts/icon.js";
import { show } from "../parts/problem.js";
import { t, tn } from "../parts/texts.js";
import { left, moved as movedTo } from "./absence_block.js";
import * as api from "./api.js";
import { money } from "./money.js";
import { state, tell } from "./store.js";
import { visits } from "./words.js";

const REASONS = [t("Ill"), t("Accident or emergency"), t("Vehicle broke down"), t("Phone lost or broken")];

function head(title, close) {
  return html`<header><h2 id="unavailable-title">${title}</h2>
    <button type="button" class="button square plain" aria-label=${t("Close")} @click=${close}>${icon("close")}</button></header>`;
}


/** What would happen, before anybody decides. */
function forecast(seen) {
  if (seen === null) return html`<p class="quiet" data-testid="forecast" aria-busy="true">${t("Looking who is nearby…")}</p>`;
  if (seen instanceof Error) return html`<p class="quiet" data-testid="forecast">${seen.message}</p>`;
  const { moved, unplaced, made_way: madeWay } = seen;
  const names = [...new Set(moved.map((each) => each.to_agent))];
  return html`<div data-testid="forecast">
    <p><strong>${names.length ? tn("{count} visit goes to {agents}.", "{count} visits go to {agents}.", moved.length, { agents: names.join(", ") }) : tn("{count} visit goes to nobody nearby.", "{count} visits go to nobody nearby.", moved.length)}</strong>
      ${madeWay.length ? tn("{count} less urgent visit of theirs waits for another day.", "{count} less urgent visits of theirs wait for another day.", madeWay.length) : ""}
      ${unplaced.length ? tn("{count} finds no place today.", "{count} find no place today.", unplaced.length) : ""}</p>
    ${unplaced.length + madeWay.length ? html`<details><summary>${t("Which, and why")}</summary>
      <ul class="moves">${left(unplaced)}${left(madeWay, true)}</ul></details>` : nothing}
  </div>`;
}

function question(agent, seen, { close, send }) {
  const toCome = state.round?.stops.filter((stop) => stop.status === "planned").length
    ?? agent.visits_planned - agent.visits_done;
  const cash = money(agent.cash_in_hand_minor, state.currency);
  return html`<form novalidate @submit=${send} data-testid="unavailable-form">
    ${head(t("{name} is unavailable", { name: agent.name }), close)}
    <div class="body">
      <p>${t("Agents nearby make the {visits} still to come, the most urgent first, and get new rounds at once. Visits already done stay with {name}, and the cases return at the end of the day.", { visits: visits(toCome), name: agent.name })}</p>
      ${forecast(seen)}
      ${agent.cash_in_hand_minor > 0 ? html`<p class="banner">${icon("cash")}<span><strong>${t("{cash} in hand does not move", { cash })}</strong>
        ${t("It stays {name}'s to hand over.", { name: agent.name })}</span></p>` : nothing}
      <p class="banner offline" role="alert" data-problem hidden></p>
      <fieldset class="field">
        <legend>${t("Why?")}</legend>
        <div class="choices">
          ${REASONS.map((reason, i) => html`<label><input type="radio" name="reason" value=${reason} ?checked=${i === 0} ?autofocus=${i === 0}>${reason}</label>`)}
          <label><input type="radio" name="reason" value="">${t("Something else")}</label>
        </div>
        <p class="problem" id="reason-problem"></p>
      </fieldset>
      <div class="field">
        <label for="reason-words">${t("In your words")} <span class="quiet">${t("(needed for something else)")}</span></label>
        <textarea id="reason-words" name="words" maxlength="200"></textarea>
      </div>
    </div>
    <footer>
      <button type="button" class="button" @click=${close}>${t("Keep the round as it is")}</button>
      <button type="submit" class="button danger main">${t("Hand over {visits}", { visits: visits(toCome) })}</button>
    </footer>
  </form>`;
}

function outcome(agent, { moved, unplaced, passed_on: passedOn, made_way: madeWay }, close) {
  return html`${head(t("{visits} moved", { visits: visits(moved.length) }), close)}
    <div class="body" data-testid="moves">
      ${unplaced.length ? html`<p class="banner offline">${icon("warning")}<span><strong>${t("{visits} found no place today", { visits: visits(unplaced.length) })}</strong>
        ${t("Call these customers, or give the cases to somebody tomorrow.")}</span></p>` : nothing}
      ${madeWay.length ? html`<p class="banner">${icon("clock")}<span><strong>${t("{visits} of others made way", { visits: visits(madeWay.length) })}</strong>
        ${t("They were less urgent; their agents keep the cases for another day.")}</span></p>` : nothing}
      <ul class="moves">${left(unplaced)}${left(madeWay, true)}${movedTo(moved)}${movedTo(passedOn)}</ul>
      ${moved.length + unplaced.length ? nothing : html`<p>${t("{name} had no visits to come, so nothing had to move.", { name: agent.name })}</p>`}
    </div>
    <footer><button type="button" class="button main" @click=${close}>${t("Done|button")}</button></footer>`;
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
  beginTyping(dialog);
  api.foresee(agent.id).then(draw, draw);
}

