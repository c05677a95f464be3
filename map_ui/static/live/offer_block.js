/** A re-planned round on offer: what it changes, and the two answers to it. */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { icon } from "../parts/icon.js";
import { t } from "../parts/texts.js";
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
    <h3>${icon("clock")}<span title=${exactTime(offer.expires_at)}>${t("A new plan is on offer until {time}", { time: clockTime(offer.expires_at) })}</span></h3>
    <p>${offer.why}.</p>
    ${words.length ? html`<ul>${words.map((each) => html`<li>${each}</li>`)}</ul>` : nothing}
    <div class="choice">
      <button type="button" class="button" @click=${answer("declined")}>${t("Keep the round")}</button>
      <button type="button" class="button main" @click=${answer("accepted")}>${t("Take the new plan")}</button>
    </div>
  </div>`;
}
