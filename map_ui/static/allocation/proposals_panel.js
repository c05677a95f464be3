/** The list of what is weighed: scenarios that are being solved, and proposals. */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { draw } from "../parts/draw.js";
import { icon } from "../parts/icon.js";
import { exactTime, moment } from "../live/times.js";
import { t } from "../parts/texts.js";
import { headline } from "./figures.js";
import { state } from "./state.js";
import { ORIGINS, STATES } from "./words.js";

export function badge(name) {
  const [word, tone, sign] = STATES[name];
  return html`<span class="badge ${tone}">${icon(sign)}${word}</span>`;
}

const when = (instant) => html`<time datetime=${instant} title=${exactTime(instant)}>${moment(instant)}</time>`;

const underWay = (scenario) => html`<li class="part" data-testid="under-way">
  <strong>${scenario.name}</strong>
  <span class="quiet" role="status">${scenario.doing} · ${Math.round(scenario.share * 100)} %</span>
  <progress class="bar" max="1" value=${scenario.share} aria-label=${t("How much of it is solved")}></progress>
</li>`;

const failed = (scenario) => html`<li class="part">
  <div class="banner offline">${icon("warning")}
    <p><strong>${scenario.name}</strong>${scenario.problem.title}. ${scenario.problem.detail}</p></div>
</li>`;

const choice = (proposal, act) => html`<li>
  <button type="button" class="choice" aria-current=${String(proposal.id === state.proposal?.id)}
    data-proposal-id=${proposal.id} @click=${() => act.choose(proposal.id)}>
    <span class="headline"><span class="name">${proposal.name}</span>${badge(proposal.state)}</span>
    <span class="about">${headline(proposal)}</span>
    <span class="about">${ORIGINS[proposal.origin]}, ${when(proposal.made_at)}</span>
  </button>
</li>`;

const nothingYet = html`<div class="empty">${icon("route")}
  <strong>${t("Nothing is being weighed")}</strong>
  <p>${t("Ask what would be if: more agents, a branch less, other weights. Nothing changes until you publish.")}</p>
</div>`;

/** `act` has `choose(id)` and `ask()`. A scenario that failed is told for a day. */
export function drawProposals(place, act) {
  const settled = new Set(["done", "failed"]);
  const recent = state.scenarios.filter(({ ended_at }) => !ended_at || Date.now() - Date.parse(ended_at) < 86_400_000);
  const lost = (state.scenarios.length < 4 ? state.scenarios : recent).filter((each) => each.state === "failed");
  draw(place, html`
    <div class="panel-head">
      <h2>${t("Proposals")}</h2>
      <button type="button" class="button main" data-testid="ask" ?disabled=${!state.branches.length} @click=${act.ask}>${icon("plus")}${t("What would be if…")}</button>
    </div>
    <ul class="list">
      ${state.scenarios.filter((each) => !settled.has(each.state)).map(underWay)}
      ${lost.slice(0, 2).map(failed)}
      ${(state.proposals ?? []).map((each) => choice(each, act))}
    </ul>
    ${!state.proposals || state.proposals.length || state.scenarios.some((each) => !settled.has(each.state)) ? nothing : nothingYet}`);
}
