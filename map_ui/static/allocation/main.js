/** The allocation page: wires what is known to what is shown. */

import { html } from "../vendor/lit-html/lit-html.js";
import { latest } from "../parts/latest.js";
import { t, tn } from "../parts/texts.js";
import { lookToggle } from "../live/look_toggle.js";
import { readPalette } from "../live/palette.js";
import { signOutButton } from "../live/sign_out.js";
import { useZone } from "../live/times.js";
import { toast } from "../parts/toast.js";
import * as api from "./api.js";
import { decide } from "./decide_sheet.js";
import { DifferenceMap } from "./difference_map.js";
import { CaseDrag } from "./drag.js";
import { drawProposal } from "./proposal_panel.js";
import { drawProposals } from "./proposals_panel.js";
import { openScenario } from "./scenario_sheet.js";
import { change, on, state } from "./state.js";
import { filtered, fromTo, titleOf } from "./words.js";

const ASK_EVERY_MS = 2000;

const place = (id) => document.getElementById(id);

readPalette();
const map = new DifferenceMap(window.map_difference, place("map-key"), { choose: point, hold: (event, id) => hold(event, id) });

function point(caseId) {
  const listed = filtered(state.proposal.changes, state).findIndex(({ case_id }) => case_id === caseId);
  change({ caseId: state.caseId === caseId ? null : caseId, most: Math.max(state.most, listed + 1) });
  place("proposal").querySelector(`[data-case-id="${CSS.escape(caseId)}"]`)?.scrollIntoView({ block: "nearest" });
}

const choosing = latest();
let chosenId = null;

async function choose(id) {
  const isLatest = choosing();
  chosenId = id;
  const url = new URL(location.href);
  url.searchParams.set("proposal", id);
  history.replaceState(null, "", url);
  try {
    const [proposal, edits] = await Promise.all([api.proposal(id), api.edits(id)]);
    if (isLatest()) change({ proposal, edits, problem: null, caseId: null, picked: new Set(), agentId: "", text: "" });
  } catch (problem) {
    if (isLatest()) change({ proposal: null, problem });
  }
}

/** Take over what an action answered, unless another proposal has been chosen meanwhile. */
async function take(proposal) {
  if (proposal.id === chosenId) {
    const isLatest = choosing();
    const edits = await api.edits(proposal.id);
    if (isLatest()) change({ proposal, edits });
  }
  load().catch(tell); // the list may follow; nobody waits for it
}

const loading = latest();

/** What is weighed is asked for again until it is done, after a failure too. */
async function load() {
  const isLatest = loading();
  let scenarios, items;
  try {
    [scenarios, { items }] = await Promise.all([api.scenarios(), api.proposals()]);
  } catch (problem) {
    if (isLatest() && state.scenarios.some(({ ended_at }) => !ended_at)) askAgain();
    throw problem;
  }
  if (!isLatest()) return;
  const waited = new Set(state.scenarios.filter(({ ended_at }) => !ended_at).map(({ id }) => id));
  change({ scenarios, proposals: items });
  const done = scenarios.find(({ id, state: now }) => waited.has(id) && now === "done");
  if (done) await choose(done.proposal_id);
  if (scenarios.some(({ ended_at }) => !ended_at)) askAgain();
}

const tell = (problem) => toast(problem.message, { problem: true });

const askAgain = () => setTimeout(() => load().catch(tell), ASK_EVERY_MS);

function publish() {
  const { proposal } = state;
  const unreal = proposal.changes.filter(({ hypothetical }) => hypothetical).length;
  const real = proposal.changes.length - unreal;
  const act = (skip) => async () => {
    const { proposal: after, left_out } = await api.publish(proposal, skip);
    toast(left_out.length ? tn("Published. {count} change was left out.", "Published. {count} changes were left out.", left_out.length)
      : tn("Published: {count} case has changed hands.", "Published: {count} cases have changed hands.", real));
    await take(after);
  };
  decide(place("decide"), {
    title: t("Publish “{name}”?", { name: proposal.name }),
    words: [
      tn("{count} case changes hands at once, and today's rounds of all concerned are planned again. You can undo it.", "{count} cases change hands at once, and today's rounds of all concerned are planned again. You can undo it.", real),
      ...(unreal ? [tn("{count} change is of agents or cases in the scenario only, and will be left out.", "{count} changes are of agents or cases in the scenario only, and will be left out.", unreal)] : []),
    ],
    verb: t("Publish"),
    act: act(false),
    others: { verb: t("Publish the others"), act: act(true) },
  });
}

function undo() {
  const { proposal } = state;
  decide(place("decide"), {
    title: t("Undo “{name}”?", { name: proposal.name }),
    words: [t("Cases return to the agents they had before. Those that somebody has moved since stay where they are, and you are told which.")],
    verb: t("Undo"),
    danger: true,
    act: async () => {
      const { proposal: after, kept } = await api.undo(proposal);
      toast(kept.length ? tn("Undone; {count} case stays where somebody put it since.", "Undone; {count} cases stay where somebody put them since.", kept.length) : t("Undone."));
      await take(after);
    },
  });
}

/** Give cases to an agent: those that were picked or dragged, all with one reason. */
function giveAll(cases, agentId = cases[0].to_id) {
  const { proposal } = state;
  const agents = state.agents.filter(({ branch_id }) => proposal.branch_ids.includes(branch_id));
  const dragged = agentId !== cases[0].to_id;
  decide(place("decide"), {
    title: cases.length === 1 ? titleOf(cases[0]) : t("Give {count} cases", { count: cases.length }),
    words: cases.length === 1 ? [t("Proposed: {change}.", { change: fromTo(cases[0]) })]
      : [cases.length > 5 ? t("{cases} and {count} more.", { cases: cases.slice(0, 5).map(titleOf).join(", "), count: cases.length - 5 }) : `${cases.map(titleOf).join(", ")}.`],
    fields: html`
      <div class="field"><label for="agent_id">${cases.length === 1 ? t("Give it to") : t("Give them to")}</label>
        <select id="agent_id" name="agent_id">${agents.map((a) => html`<option value=${a.agent_id} ?selected=${a.agent_id === agentId}>${a.name}</option>`)}
          <option value="">${t("nobody")}</option></select><p class="problem" id="agent_id-problem"></p></div>
      <div class="field"><label for="reason">${t("Why")}</label><input id="reason" name="reason" maxlength="1000" .value=${dragged ? t("Moved by hand") : ""}><p class="problem" id="reason-problem"></p></div>
      <div class="field"><div class="choices"><label><input type="checkbox" name="overrule">${t("Even if a rule keeps the agent from it")}</label></div></div>`,
    verb: cases.length === 1 ? t("Give it") : t("Give them"),
    act: async ({ agent_id, reason, overrule }) => {
      // One after the other, each on what the one before has left; what was done stays when one is refused.
      let after = proposal;
      try {
        for (const { case_id } of cases) after = await api.give(after, case_id, { agent_id: agent_id || null, reason, overrule: Boolean(overrule) });
        change({ picked: new Set() });
      } finally {
        if (after !== proposal) await take(after);
      }
    },
  });
}

const casesOf = (ids) => state.proposal.changes.filter(({ case_id }) => ids.includes(case_id));
const givePicked = () => giveAll(casesOf([...state.picked]));

const drag = new CaseDrag(place("drop-bar"), {
  agents: () => state.agents.filter(({ branch_id }) => state.proposal.branch_ids.includes(branch_id)).map(({ agent_id, name }) => ({ id: agent_id, name })),
  places: () => map.agentPlaces(),
  moved: (isDragging) => map.dragging(isDragging),
  drop: (ids, agentId) => giveAll(casesOf(ids), agentId),
});

/** Of a case that is picked all that are picked are dragged. */
function hold(event, caseId) {
  if (state.proposal?.state === "open" && state.agents.length) drag.hold(event, state.picked.has(caseId) ? [...state.picked] : [caseId]);
}

function pick(caseId) {
  const picked = new Set(state.picked);
  if (!picked.delete(caseId)) picked.add(caseId);
  change({ picked });
}

const quietly = (act) => async (...all) => {
  try {
    await take(await act(...all));
  } catch (problem) {
    tell(problem);
    if (problem.facts?.type?.endsWith("proposal-changed-meanwhile")) await choose(state.proposal.id);
  }
};

function draw() {
  drawProposals(place("proposals"), {
    choose: (id) => choose(id),
    ask: () => openScenario(place("scenario"), () => load().catch(tell)),
  });
  drawProposal(place("proposal"), {
    publish,
    undo,
    give: (of) => giveAll([of]),
    givePicked,
    pick,
    unpick: () => change({ picked: new Set() }),
    hold,
    point,
    keep: quietly((of) => api.keep(state.proposal, of.case_id)),
    discard: quietly(() => api.discard(state.proposal)),
    filter: (part) => change({ ...part, most: 50 }),
    more: () => change({ most: state.most + 200 }),
    again: start,
  });
  map.draw();
}

/** Who there is to choose from; nothing can be asked or given before that is known. */
async function loadPeople() {
  const branches = await api.branches();
  useZone(branches.at(0)?.zone ?? "UTC");
  const lists = await Promise.all(branches.map(({ code }) => api.agentsOf(code)));
  const agents = lists.flatMap((list, n) => list.map((agent) => ({ ...agent, branch_id: branches[n].id })));
  change({ branches, agents });
}

/** What a scenario can split. */
async function loadTerritories() {
  const drawn = await Promise.all(state.branches.map(({ code }) => api.territoriesOf(code)));
  const territories = drawn.flatMap(({ features }, n) =>
    features.map(({ properties: { code, name, due } }) => ({ code, name, due, branch_id: state.branches[n].id })));
  change({ territories });
}

async function start() {
  try {
    await Promise.all([loadPeople(), load()]);
    const wanted = new URL(location.href).searchParams.get("proposal") ?? state.proposals[0]?.id;
    if (wanted && !state.proposal) await choose(wanted);
    loadTerritories().catch(tell); // nobody waits for it
  } catch (problem) {
    change({ problem });
  }
}

on(draw);
lookToggle(place("look"));
signOutButton(place("sign-out"));
start();
