/** A re-planned round on offer: what it changes, and the two answers to it. */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { icon } from "../parts/icon.js";
import { toast } from "../parts/toast.js";
import { clockTime, exactTime } from "./times.js";

/** `decide` takes "accepted" or "declined" and fails with what happened meanwhile. */
export function offerBlock(offer, decide) {
  const answer = (decision) => async (event) => {
    const buttons = event.target.closest("[data-testid=offer]").querySelectorAll("button");
    buttons.forEach((button) => (button.disabled = true));
    try {
      await decide(decision);
    } catch (problem) {
      toast(problem.message, { problem: true });
    } finally {
      buttons.forEach((button) => (button.disabled = false));
    }
  };
  const { words } = offer.difference;
  return html`<div class="block offer" data-testid="offer">
    <h3>${icon("clock")}A new plan is on offer · until <time datetime=${offer.expires_at} title=${exactTime(offer.expires_at)}>${clockTime(offer.expires_at)}</time></h3>
    <p>${offer.why}.</p>
    ${words.length ? html`<ul>${words.map((each) => html`<li>${each}</li>`)}</ul>` : nothing}
    <div class="choice">
      <button type="button" class="button" @click=${answer("declined")}>Keep the round</button>
      <button type="button" class="button main" @click=${answer("accepted")}>Take the new plan</button>
    </div>
  </div>`;
}
