/** What the page knows. Views read it and are told by topic what has changed. */

import * as clock from "./clock.js";
import { DECIDE, byPressure, need } from "./decisions.js";
import { useZone } from "./times.js";

export const state = {
  loaded: false,
  agents: new Map(),
  alerts: new Map(),
  fences: new Map(),
  strip: null,
  currency: "USD",
  bounds: null,
  selectedId: null,
  following: false, // whether the map stays with the chosen agent
  round: null,
  offer: null,
  absence: null,
  etas: new Map(),
  trail: null,
  health: null,
  pointedStopId: null,
  pointedAlertId: null,
  moves: null,
  connection: { state: "loading", since: 0, retryAt: 0 },
};

const listeners = new Map();

/** Call `listener` whenever one of the topics (words apart by a space) changes. */
export function on(topics, listener) {
  for (const topic of topics.split(" ")) {
    if (!listeners.has(topic)) listeners.set(topic, new Set());
    listeners.get(topic).add(listener);
  }
}

export function tell(topic, value) {
  for (const listener of listeners.get(topic) ?? []) listener(value);
}

/** A position as it came, with its time also in milliseconds: read once, asked for at every frame. */
const placed = (position) => position && { ...position, captured_ms: Date.parse(position.captured_at) };

function setAgent(agent) {
  agent.position = placed(agent.position);
  state.agents.set(agent.id, agent);
}

export function loadSnapshot(snapshot) {
  clock.resync(snapshot.now, snapshot.clock_rate);
  useZone(snapshot.zone);
  state.currency = snapshot.currency;
  state.strip = snapshot.strip;
  state.bounds = snapshot.bounds;
  state.agents = new Map();
  for (const agent of snapshot.agents) setAgent(agent);
  state.alerts = new Map(snapshot.alerts.map((alert) => [alert.id, alert]));
  state.loaded = true;
  forgetRows();
  tell("snapshot");
}

export function loadBatch(batch) {
  clock.resync(batch.now);
  for (const agent of batch.agents) setAgent(agent);
  for (const { agent_id, status, ...position } of batch.positions) {
    const agent = state.agents.get(agent_id);
    if (!agent) continue;
    agent.status = status;
    agent.position = placed(position);
    if (agent_id === state.selectedId && status === "moving") growTrail(position);
  }
  for (const stop of batch.stops) setStop(stop);
  for (const alert of batch.alerts) state.alerts.set(alert.id, alert);
  for (const id of batch.cleared_alerts) state.alerts.delete(id);
  if (batch.strip) state.strip = batch.strip;
  for (const its of batch.etas) setEtas(its);
  forgetRows();
  if (batch.etas.length) tell("etas");
  if (batch.offers_changed.length) tell("offers", batch.offers_changed);
  if (batch.positions.length) tell("positions", batch.positions);
  if (batch.agents.length) tell("agents", batch.agents);
  if (batch.stops.length) tell("stops");
  if (batch.alerts.length || batch.cleared_alerts.length) tell("alerts", batch.alerts);
  if (batch.strip) tell("strip");
  if (batch.rounds_changed.length) tell("rounds", batch.rounds_changed);
}

/** When the stops of an agent are expected: by stop, with how late that is. */
export function setEtas({ agent_id, late_s, stops }) {
  state.etas.set(agent_id, { late_s, stops: new Map(stops.map((stop) => [stop.stop_id, stop])) });
}

/** The expected time of a stop of the chosen agent's round, or undefined. */
export const etaOf = (stopId) => state.etas.get(state.selectedId)?.stops.get(stopId);

/** The chosen agent's trail grows with each position; standing would only scribble. */
function growTrail({ lat, lon }) {
  if (!state.trail) return;
  const stop = state.trail.properties.stops.at(-1);
  state.trail.geometry ??= { type: "LineString", coordinates: stop ? [[stop.lon, stop.lat]] : [] };
  const { type, coordinates } = state.trail.geometry;
  const line = type === "MultiLineString" ? coordinates.at(-1) : coordinates;
  line.push([lon, lat]);
}

function setStop({ stop_id, status }) {
  const fence = state.fences.get(stop_id);
  if (fence) fence.status = status;
  const stop = state.round?.stops.find((each) => each.id === stop_id);
  if (stop) stop.status = status;
}

export function loadFences(collection) {
  state.fences = new Map(
    collection.features.map(({ geometry, properties }) => [
      properties.stop_id,
      { ...properties, lon: geometry.coordinates[0], lat: geometry.coordinates[1] },
    ]),
  );
  tell("stops");
}

export function setAlert(alert) {
  state.alerts.set(alert.id, alert);
  forgetRows();
  tell("alerts", []);
}

export function setConnection(name, retryAt = 0) {
  const same = state.connection.state === name;
  if (same && state.connection.retryAt === retryAt) return;
  state.connection = { state: name, retryAt, since: same ? state.connection.since : clock.now() };
  tell("connection");
}

/** Alerts nobody has acknowledged, the most pressing first; of one agent when `agentId` is given. */
export const openAlerts = (agentId) =>
  [...state.alerts.values()]
    .filter((alert) => !alert.acknowledged_at && (agentId === undefined || alert.agent_id === agentId))
    .sort(byPressure);

/** Who calls for help, until a supervisor has ended the call. */
export const callingForHelp = () =>
  new Set([...state.alerts.values()].filter(({ kind }) => kind === "panic").map(({ agent_id }) => agent_id));

export const ageMs = (agent) =>
  agent.position ? Math.max(0, clock.now() - agent.position.captured_ms) : Infinity;

const KEPT_MS = 250;
let known = { rows: [], until: 0 };

const forgetRows = () => {
  known.until = 0;
};

/** Every agent with what it needs, for the list and the map, which ask one after the other. */
export function rows() {
  if (performance.now() < known.until) return known.rows;
  const byAgent = Map.groupBy(openAlerts(), (alert) => alert.agent_id);
  const all = [...state.agents.values()].map((agent) => ({
    agent,
    need: need(agent, byAgent.get(agent.id) ?? [], ageMs(agent)),
  }));
  known = { rows: all, until: performance.now() + KEPT_MS };
  return all;
}

export const needsDecision = (row) => row.need.rank >= DECIDE;
