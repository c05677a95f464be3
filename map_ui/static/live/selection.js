/** Which agent is chosen, and the round, the trail and the phone that come with that. */

import { latest } from "../parts/latest.js";
import * as api from "./api.js";
import { setEtas, state, tell } from "./store.js";

const asking = latest();
export let roundProblem = null;

const NO_ROUND = { status: 404, message: "" };

async function loadRound(id) {
  const isLatest = asking();
  // Who has no visit planned has no round: asking would only put an error on the console.
  const planned = (state.agents.get(id)?.visits_planned ?? 0) > 0;
  const ofRound = (question) => (planned ? question(id) : Promise.reject(NO_ROUND));
  const [round, trail, health, offer, etas, absence] = await Promise.allSettled(
    [ofRound(api.round), api.trail(id), api.health(id), api.offer(id), ofRound(api.etas), api.absence(id)],
  );
  if (!isLatest()) return false;
  roundProblem = round.reason ?? null;
  state.round = round.value ?? null;
  state.trail = trail.value ?? null;
  state.health = health.value ?? null;
  state.offer = offer.value ?? null;
  state.absence = absence.value?.is_absent ? absence.value : null;
  if (etas.value) setEtas({ agent_id: id, ...etas.value });
  tell("round");
  return true;
}

/** Choose an agent (null: nobody). Resolves to whether the round of this choice has arrived. */
export async function select(id) {
  if (state.selectedId !== id) {
    Object.assign(state, { selectedId: id, following: false, round: null, trail: null, health: null, offer: null, absence: null, pointedStopId: null });
    roundProblem = null;
    asking();
    tell("selection");
  }
  return id === null ? false : loadRound(id);
}

/** Ask again for the chosen agent's round, keeping the old one on screen meanwhile. */
export const reload = () => (state.selectedId === null ? null : loadRound(state.selectedId));

/** Take or leave what is offered to the chosen agent; the round comes anew when it is published. */
export async function decide(decision) {
  const { selectedId, offer } = state;
  try {
    await api.decide(offer.id, decision);
  } finally {
    if (state.selectedId === selectedId) await loadRound(selectedId);
  }
}

/** The chosen agent is back: others keep what they have made; all rounds come anew. */
export async function giveBack() {
  const { selectedId } = state;
  try {
    return await api.giveBack(selectedId, api.idempotencyKey());
  } finally {
    if (state.selectedId === selectedId) await loadRound(selectedId);
  }
}

/** The trail again, with what has become a stop meanwhile; the old one stays if that fails. */
export async function reloadTrail() {
  const id = state.selectedId;
  if (id === null) return;
  const trail = await api.trail(id).catch(() => null);
  if (!trail || id !== state.selectedId) return;
  state.trail = trail;
  tell("round");
}

export function point(stopId) {
  state.pointedStopId = stopId;
  tell("pointed");
}
