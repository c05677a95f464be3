/** What the screens show: all that is kept, read again after every change, and the moment's own. */

import { arrivedAt } from "./facts/place.js";
import { isDone } from "./facts/round.js";
import { caseSoFar, openVisit, tillSoFar } from "./facts/so_far.js";
import { surely } from "./kept/clock.js";
import { value } from "./kept/database.js";
import { recordsOf, unsentKinds } from "./kept/outbox.js";
import { countPings, fixes } from "./sync/pings.js";

const KEPT = ["session", "device", "day", "etas", "replanned", "shift", "language", "lease", "vault", "wiped", "earnings"];

/** Kept values by name; `records`, `pings`, `unsent` (of a phone that the office has closed: how many records by kind), `cases` (with what waits, by id), `stops` (of the round, by case), `till`, `visit`
 * (the open one); `section`, of which the round shows its customers; `cameFrom`, the address that help leads back to; `route` (the address's parts), `ui` (what a screen remembers while it is open);
 * whether the screen `isWhole`, or may be drawn without the end of its lists, and whether it `isCut` so. */
export const state = { route: [], ui: {}, records: [], pings: 0, cases: new Map(), stops: new Map(), section: null, till: null, visit: null, drafts: new Map() };

export async function readKept() {
  const found = await Promise.all(KEPT.map(value));
  KEPT.forEach((name, at) => {
    state[name] = found[at];
  });
  state.records = state.session ? await recordsOf(state.session.agent_id) : [];
  state.pings = await countPings();
  state.unsent = state.vault?.is_closed ? await unsentKinds(state.vault.agent_id) : null;
  const ahead = state.day?.door?.advance_dues ?? [];
  state.cases = new Map((state.day?.cases ?? []).map((entry) => [entry.case.id, caseSoFar(entry, state.records, ahead)]));
  state.stops = new Map((state.day?.round?.stops ?? []).map((stop) => [stop.case_id, stop]));
  state.till = tillSoFar(state.day, state.records, state.lease, surely());
  state.visit = openVisit(state.records);
}

/** Cases whose customer's Customer Authorization Form is missing, where the branch wants it on file. */
export const withoutForm = () => (state.day?.door?.asks_form ? [...state.cases.values()].filter((each) => !each.has_form) : []);

/** What is open on each case, due or not, in minor units. */
export const openByCase = () => new Map([...state.cases].map(([id, its]) => [id, its.due_minor]));

/** The case on the screen. */
export const shownCase = () => state.cases.get(state.route[1]);

/** The stop of a case; undefined for one that is not in the round. */
export const stopOf = (caseId) => state.stops.get(caseId);

/** When a stop is expected now: by its latest reckoning, else by the plan. */
export function expectedAt(stop) {
  const eta = state.etas?.stops.find((each) => each.stop_id === stop.id);
  return eta?.arrives_at ?? stop.arrives_at;
}

/** The stop that the phone has come to and that nobody has checked in at; null without one. */
export function arrival() {
  if (!state.shift || state.visit || !state.day?.round) return null;
  return arrivedAt(fixes, state.day.round.stops.filter((stop) => !isDone(stop, state.cases.get(stop.case_id))));
}

/** Have the screen tell what came of asking the server: "later", "sign_in" (which every screen tells) or a problem of it. */
export function tell(outcome) {
  state.trouble = outcome === "later" ? { code: "offline" } : typeof outcome === "object" ? outcome : null;
}

export const waiting = () => state.records.filter((record) => record.state === "waiting");
export const parked = () => state.records.filter((record) => record.state === "parked");
