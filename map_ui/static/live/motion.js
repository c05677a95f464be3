/** Agents glide from ping to ping instead of jumping. */

import { clockRate } from "./clock.js";
import { metersPerWorldPixel, world } from "./camera.js";

const SHORTEST_MS = 120;
const LONGEST_MS = 2500; // longer gaps would show people where they no longer are
const JUMP_M = 1500;

const still = matchMedia("(prefers-reduced-motion: reduce)");

/** The shortest way round from one course to another, in degrees. */
const turn = (from, to) => ((to - from + 540) % 360) - 180;

export class Motion {
  #tracks = new Map();

  /** Show `agent` at once where its position says. */
  put(agent) {
    if (!agent.position) {
      this.#tracks.delete(agent.id);
      return;
    }
    const { x, y } = world(agent.position.lat, agent.position.lon);
    const heading = agent.position.heading_deg ?? 0;
    this.#tracks.set(agent.id, {
      agent, x, y, heading, fromX: x, fromY: y, toX: x, toY: y, fromHeading: heading, by: 0,
      start: 0, ms: 0, at: agent.position.captured_ms,
    });
  }

  /** Glide to the agent's new position for about as long as it took to get there. */
  move(agent, time) {
    const track = this.#tracks.get(agent.id);
    if (!track) {
      this.put(agent);
      return;
    }
    const { lat, lon, heading_deg, captured_ms: at } = agent.position;
    const to = world(lat, lon);
    const far = Math.hypot(to.x - track.x, to.y - track.y) * metersPerWorldPixel(lat) > JUMP_M;
    if (far || still.matches || document.hidden) {
      this.put(agent);
      return;
    }
    const took = (at - track.at) / clockRate();
    Object.assign(track, {
      agent, fromX: track.x, fromY: track.y, toX: to.x, toY: to.y, fromHeading: track.heading,
      by: heading_deg == null ? 0 : turn(track.heading, heading_deg),
      start: time, ms: Math.min(LONGEST_MS, Math.max(SHORTEST_MS, took * 1.1)), at,
    });
  }

  keepOnly(agents) {
    for (const id of this.#tracks.keys()) if (!agents.has(id)) this.#tracks.delete(id);
  }

  /** Bring every track to `time`. True while any is under way. */
  step(time) {
    let moving = false;
    for (const track of this.#tracks.values()) {
      if (track.ms === 0) continue;
      const share = Math.min(1, Math.max(0, (time - track.start) / track.ms));
      track.x = track.fromX + (track.toX - track.fromX) * share;
      track.y = track.fromY + (track.toY - track.fromY) * share;
      track.heading = track.fromHeading + track.by * Math.min(1, share * 3);
      if (share === 1) track.ms = 0;
      else moving = true;
    }
    return moving;
  }

  get(id) {
    return this.#tracks.get(id);
  }

  tracks() {
    return this.#tracks.values();
  }
}
