/** A proposal: figures before and after, what nobody can take, and the list of changes. */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { draw } from "../parts/draw.js";
import { icon } from "../parts/icon.js";
import { t, tn } from "../parts/texts.js";
import { rowsOf } from "./figures.js";
import { badge } from "./proposals_panel.js";
import { state } from "./state.js";
import { ORIGINS, OUTCOMES, agentsOf, filtered, fromTo, titleOf } from "./words.js";

const VERDICTS = { better: t("better"), worse: t("worse"), same: t("as it is"), "": "" };

const cell = (row) => html`<td class="amount">${row.proposed}
  <span class="change-of ${row.verdict}">${row.difference} ${VERDICTS[row.verdict]}</span></td>`;

const figuresTable = (figures) => html`<section class="part">
  <h3>${t("Before and after")}</h3>
  <div class="table-box"><table class="table figures-table" data-testid="figures">
    <thead><tr><th scope="col">${t("Figure")}</th><th scope="col" class="amount">${t("Now")}</th>
      <th scope="col" class="amount aside" title=${t("What an allocation would make of it without these changes")}>${t("Allocated anew")}</th>
      <th scope="col" class="amount">${t("Proposed")}</th></tr></thead>
    <tbody>${rowsOf(figures).map(({ title, rows }) => html`
      <tr class="group"><th colspan="4" scope="colgroup">${title}</th></tr>
      ${rows.map((row) => html`<tr><th scope="row">${row.label}</th><td class="amount">${row.now}</td>
        <td class="amount aside">${row.allocated}</td>${cell(row)}</tr>`)}`)}
    </tbody></table></div>
</section>`;

const workOf = ({ work_min, is_whole }) => {
  const work = `${Math.floor(work_min / 60)} h ${String(work_min % 60).padStart(2, "0")}`;
  return is_whole ? work : t("{work}, in pieces", { work });
};

const parts = ({ parts: list = [] }) => list.length
  ? html`<section class="part"><h3>${t("Parts of a territory")}</h3>
      <div class="table-box"><table class="table" data-testid="parts">
        <thead><tr><th scope="col">${t("Part")}</th><th scope="col">${t("Who works it")}</th><th scope="col" class="amount">${t("Cases")}</th><th scope="col" class="amount">${t("Work")}</th></tr></thead>
        <tbody>${list.map((part) => html`<tr><th scope="row">${part.territory}</th><td>${part.agents.join(", ")}</td>
          <td class="amount">${part.cases}</td>
          <td class="amount">${workOf(part)}</td></tr>`)}</tbody></table></div></section>`
  : nothing;

const lacks = (figures) => figures.proposed.lacks.length
  ? html`<section class="part"><h3>${t("Cases without an agent")}</h3>
      <ul class="doubts" data-testid="lacks">${figures.proposed.lacks.map((lack) =>
        html`<li>${tn("{count} case", "{count} cases", lack.cases)}: ${lack.sentence}${lack.code === "no_agent_in_branch" ? html` <a href="/admin/shifts">${t("Set shifts…")}</a>` : nothing}</li>`)}</ul></section>`
  : nothing;

const problems = (rows) => rows.length
  ? html`<section class="part"><h3>${t("Rows that could not be used")}</h3>
      <ul class="doubts">${rows.slice(0, 50).map((row) =>
        html`<li>${t("Row {row}, {column}: {expected}", { row: row.row, column: row.column, expected: row.expected })}</li>`)}</ul></section>`
  : nothing;

const signs = (change) => html`
  ${change.hypothetical ? html`<span class="badge probable">${icon("warning")}${t("in the scenario only")}</span>` : nothing}
  ${change.lend ? html`<span class="badge visiting">${icon("move-out")}${t("lent")}</span>` : nothing}
  ${change.from_knows ? html`<span class="badge missed">${icon("people")}${t("leaves who they know")}</span>` : nothing}
  ${change.outcome ? html`<span class="badge planned">${icon("about")}${OUTCOMES[change.outcome]}</span>` : nothing}`;

const travel = (change) => {
  if (change.from_travel_s === null || change.to_travel_s === null) return "";
  const minutes = (change.to_travel_s - change.from_travel_s) / 60;
  return ` · ${t("{minutes} min of way", { minutes: `${minutes > 0 ? "+" : "\u2212"}${Math.abs(minutes).toFixed(1)}` })}`;
};

const changeRow = (change, isOpen, act) => html`<li class="change-row ${change.case_id === state.caseId ? "chosen" : ""}" data-case-id=${change.case_id}>
  ${isOpen ? html`<input type="checkbox" class="pick" aria-label=${t("Pick {title}", { title: titleOf(change) })} .checked=${state.picked.has(change.case_id)} @change=${() => act.pick(change.case_id)}>
    <span class="grip" title=${t("Drag it onto an agent")} aria-hidden="true" @mousedown=${(event) => { event.preventDefault(); act.hold(event, change.case_id); }}>⠿</span>` : nothing}
  <button type="button" class="show" aria-pressed=${String(change.case_id === state.caseId)}
    @click=${() => act.point(change.case_id)}>${titleOf(change)}</button>
  <p>${fromTo(change)}${travel(change)} ${signs(change)}</p>
  ${isOpen ? html`<div class="acts">
    <button type="button" class="button small" ?disabled=${!state.agents.length} @click=${() => act.give(change)}>${t("Give to…")}</button>
    <button type="button" class="button small" @click=${() => act.keep(change)}>${t("Leave it")}</button></div>` : nothing}
</li>`;

function changesPart(proposal, act) {
  const shown = filtered(proposal.changes, state);
  const agents = agentsOf(proposal.changes);
  return html`<section class="part">
    <h3>${t("Changes")} <span class="quiet" data-testid="shown">${t("{shown} of {count}", { shown: shown.length, count: proposal.changes.length })}</span></h3>
    <div class="finders">
      <div class="search">${icon("search")}<input type="search" aria-label=${t("Search customers and agents")} placeholder=${t("Customer, account, agent")}
        .value=${state.text} @input=${(event) => act.filter({ text: event.target.value })}></div>
      <select aria-label=${t("Only changes of this agent")} data-testid="agent-filter" @change=${(event) => act.filter({ agentId: event.target.value })}>
        <option value="" ?selected=${!state.agentId}>${t("All agents")}</option>
        ${agents.map((agent) => html`<option value=${agent.id} ?selected=${agent.id === state.agentId}>${agent.name}: +${agent.gets} −${agent.gives}</option>`)}
      </select>
    </div>
    ${proposal.state === "open" && state.picked.size ? html`<div class="picked" role="status" data-testid="picked"><b>${tn("{count} picked", "{count} picked", state.picked.size)}</b>
      <button type="button" class="button small main" ?disabled=${!state.agents.length} @click=${act.givePicked}>${t("Give them to…")}</button>
      <button type="button" class="button small" @click=${act.unpick}>${t("Pick none")}</button></div>` : nothing}
    <ul data-testid="changes">${repeat(shown.slice(0, state.most), (each) => each.case_id, (each) =>
      changeRow(each, proposal.state === "open", act))}</ul>
    ${shown.length > state.most ? html`<button type="button" class="button" @click=${act.more}>${t("Show more of {count}", { count: shown.length })}</button>` : nothing}
    ${proposal.changes.length ? nothing : html`<p class="quiet">${t("No case would change hands.")}</p>`}
  </section>`;
}

function acts(proposal, act) {
  if (proposal.state === "open") {
    return html`<button type="button" class="button main" data-testid="publish" ?disabled=${!proposal.changes.length} @click=${act.publish}>${t("Publish…")}</button>
      <button type="button" class="button" @click=${act.discard}>${t("Put it aside")}</button>`;
  }
  return proposal.state === "published"
    ? html`<button type="button" class="button danger" data-testid="undo" @click=${act.undo}>${t("Undo…")}</button>`
    : nothing;
}

const history = (edits) => edits?.length
  ? html`<section class="part"><h3>${t("Edited by hand")}</h3><ul class="doubts">${edits.slice(0, 30).map((edit) =>
      html`<li>${edit.edited_by}: ${edit.reason}</li>`)}</ul></section>`
  : nothing;

/** `act` has `publish`, `discard`, `undo`, `give`, `givePicked`, `pick`, `unpick`, `hold`, `keep`, `point`, `filter`,
 * `more`, `again`. */
export function drawProposal(place, act) {
  const { proposal, problem } = state;
  place.setAttribute("aria-busy", String(!proposal && !problem && state.proposals === null));
  if (problem) {
    draw(place, html`<div class="empty">${icon("warning")}<strong>${problem.title}</strong><p>${problem.facts?.detail ?? ""}</p>
      <button type="button" class="button" @click=${act.again}>${t("Try again")}</button></div>`);
  } else if (!proposal) {
    draw(place, html`<div class="empty">${icon("people")}${state.proposals?.length ? html`<strong>${t("Choose a proposal")}</strong>` : nothing}
      <p>${t("A proposal stands here in figures, beside today; its changes are on the map.")}</p></div>`);
  } else {
    draw(place, html`
      <div class="panel-head">
        <div class="headline"><h2>${proposal.name}</h2>${badge(proposal.state)}</div>
        <p class="quiet">${ORIGINS[proposal.origin]} · ${t("revision {revision}", { revision: proposal.revision })}</p>
        <div class="acts">${acts(proposal, act)}</div>
      </div>
      ${proposal.figures ? figuresTable(proposal.figures) : nothing}
      ${proposal.figures ? [parts(proposal.figures), lacks(proposal.figures)] : nothing}
      ${problems(proposal.problems)}
      ${changesPart(proposal, act)}
      ${history(state.edits)}`);
  }
}
