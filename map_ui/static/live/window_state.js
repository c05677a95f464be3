/** `window.roundsman`: what the page shows, to read from a console or a test. Copies only. */

import { DECIDE } from "./decisions.js";
import { rows, state } from "./store.js";

const RAD = 180 / Math.PI;

const toLatLon = ({ x, y }) => ({
  lat: Math.atan(Math.sinh(Math.PI * (1 - y / 128))) * RAD,
  lon: (x / 256) * 360 - 180,
});

export function exposeForTests(view, territories, replay, heat) {
  const read = {
    /** Agents by id: status, and where each is drawn at this moment. */
    agents: () => Object.fromEntries([...state.agents.values()].map((agent) => {
      const track = view.motion().get(agent.id);
      return [agent.id, { name: agent.name, status: agent.status, position: track ? toLatLon(track) : null }];
    })),
    alerts: () => [...state.alerts.values()].map((alert) => ({ ...alert })),
    fences: () => [...state.fences.values()].map((fence) => ({ ...fence })),
    strip: () => ({ ...state.strip }),
    connection: () => state.connection.state,
    selectedId: () => state.selectedId,
    round: () => structuredClone(state.round),
    territories: () => territories.count,
    heat: () => heat.count,
    replay: () => replay.shown,
    trail: () => structuredClone(state.trail),
    toDecide: () => rows().filter((row) => row.need.rank >= DECIDE).map((row) => row.agent.id),
  };
  const shown = {};
  for (const [name, get] of Object.entries(read)) Object.defineProperty(shown, name, { get, enumerable: true });
  Object.defineProperty(window, "roundsman", { value: Object.freeze(shown) });
}
