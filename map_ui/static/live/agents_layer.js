/** Everybody on duty or calling for help, gliding, piled where there is no room. */

import { font } from "../parts/typeface.js";
import { metersPerWorldPixel } from "./camera.js";
import { agentGlyph, flag, pileGlyph } from "./glyphs.js";
import { beginsAt, labelOf, overlap } from "./label.js";
import { middle, pile, pileRadius } from "./piles.js";
import { palette } from "./palette.js";
import { ageMs, callingForHelp, needsDecision, rows, state } from "./store.js";

const REPILE_MS = 600;
const LABELS_FROM_ZOOM = 14;
const EDGE_PX = 40;
const NAME = font(600, 12);

const sizeAt = (zoom) => (zoom < 13 ? 8.5 : 10);

export class AgentsLayer {
  #motion;
  #piles = [];
  #former = new Map();
  #piledAt = -Infinity;
  #piledScale = 0;
  #urgent = new Set();
  #calling = new Set();
  #labels = new Map();
  hoveredId = null;

  constructor(motion) {
    this.#motion = motion;
  }

  /** Look again at who needs a decision and who lies where. */
  refresh() {
    this.#urgent = new Set(rows().filter(needsDecision).map((row) => row.agent.id));
    this.#calling = callingForHelp();
    this.#piledAt = -Infinity;
  }

  /** Measure all names anew: the letters that they are drawn with may be others now. */
  forgetLabels() {
    this.#labels.clear();
  }

  #label(context, name) {
    let label = this.#labels.get(name);
    if (!label) {
      const words = labelOf(name, (part) => context.measureText(part).width);
      label = { words, width: context.measureText(words).width };
      this.#labels.set(name, label);
    }
    return label;
  }

  #shown({ id, position, status }) {
    return position && (status !== "off_shift" || this.#calling.has(id));
  }

  paint(context, view, time) {
    const moving = this.#motion.step(time);
    this.#arrange(view, time);
    const inside = this.#piles.filter((group) => this.#place(group, view));
    this.#rings(context, view, inside);
    // Quiet ones first, so that what needs a decision lies on top.
    inside.sort((a, b) => a.weight - b.weight);
    for (const group of inside) this.#group(context, group);
    this.#names(context, view, inside);
    return inside.length || moving ? moving : null;
  }

  /** The pile or single marker under a point, or null. */
  at(x, y) {
    const within = this.#piles.filter((group) => Math.hypot(group.px - x, group.py - y) <= group.radius + 5);
    return within.sort((a, b) => b.weight - a.weight)[0] ?? null;
  }

  #arrange(view, time) {
    if (time - this.#piledAt < REPILE_MS && this.#piledScale === view.scale) return;
    const visible = [...this.#motion.tracks()].filter((track) => this.#shown(track.agent));
    const chosen = visible.filter((track) => track.agent.id === state.selectedId);
    const others = visible.filter((track) => track.agent.id !== state.selectedId);
    this.#piles = pile(others, view.scale, this.#former);
    for (const track of chosen) this.#piles.push({ leader: track, members: [track], chosen: true });
    for (const group of this.#piles) {
      group.urgent = group.members.some((track) => this.#urgent.has(track.agent.id));
      group.weight = (group.chosen ? 4 : 0) + (group.urgent ? 2 : 0) + (group.members.length > 1 ? 1 : 0);
      group.counts = count(group.members);
    }
    this.#piledAt = time;
    this.#piledScale = view.scale;
  }

  #place(group, view) {
    const at = group.members.length > 1 ? middle(group.members) : group.leader;
    group.px = at.x * view.scale - view.x0;
    group.py = at.y * view.scale - view.y0;
    group.radius = group.members.length > 1 ? pileRadius(group.members.length) : sizeAt(view.zoom);
    return (
      group.px > -EDGE_PX && group.py > -EDGE_PX &&
      group.px < view.width + EDGE_PX && group.py < view.height + EDGE_PX
    );
  }

  /** How sure each position is: always a thin ring, where it is larger than the marker. */
  #rings(context, view, groups) {
    context.beginPath();
    for (const { members, px, py, radius, leader } of groups) {
      const { accuracy_m, lat } = leader.agent.position;
      if (members.length > 1 || accuracy_m == null) continue;
      const ring = (accuracy_m / metersPerWorldPixel(lat)) * view.scale;
      if (ring < radius * 0.9) continue;
      context.moveTo(px + ring, py);
      context.arc(px, py, ring, 0, Math.PI * 2);
    }
    context.globalAlpha = 0.5;
    context.lineWidth = 1;
    context.strokeStyle = palette["ink-2"];
    context.stroke();
    context.globalAlpha = 1;
  }

  #group(context, group) {
    const { px, py, radius, leader } = group;
    if (group.members.length > 1) {
      pileGlyph(context, px, py, radius, group.counts, group.urgent);
      return;
    }
    const { agent, heading } = leader;
    const color = group.chosen ? palette.accent : palette.ink;
    if (group.chosen || agent.id === this.hoveredId) halo(context, px, py, radius);
    const status = agent.status === "moving" && agent.position.heading_deg == null ? "standing" : agent.status;
    const size = group.chosen ? radius * 1.2 : radius;
    agentGlyph(context, px, py, { status, heading, size, color, age_ms: ageMs(agent) });
    if (group.urgent) flag(context, px + radius * 0.95, py - radius * 0.95);
  }

  /** Names close up, where they don't lie on anything; always for the chosen and the hovered. */
  #names(context, view, groups) {
    const taken = groups.map(({ px, py, radius }) => [px - radius, py - radius, px + radius, py + radius]);
    context.font = NAME;
    context.textAlign = "left";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    for (const group of [...groups].reverse()) {
      if (group.members.length > 1) continue;
      const { agent } = group.leader;
      const always = group.chosen || agent.id === this.hoveredId;
      if (!always && view.zoom < LABELS_FROM_ZOOM) continue;
      const { words, width } = this.#label(context, agent.name);
      const x = beginsAt(group.px, group.radius, width, view.width);
      const box = [x, group.py - 8, x + width, group.py + 8];
      if (!always && taken.some((other) => overlap(box, other))) continue;
      taken.push(box);
      context.lineWidth = 3.5;
      context.strokeStyle = palette.surface;
      context.strokeText(words, x, group.py);
      context.fillStyle = palette.ink;
      context.fillText(words, x, group.py);
    }
  }
}

function halo(context, x, y, radius) {
  context.beginPath();
  context.arc(x, y, radius + 9, 0, Math.PI * 2);
  context.globalAlpha = 0.22;
  context.fillStyle = palette.accent;
  context.fill();
  context.globalAlpha = 1;
}

function count(members) {
  const counts = { moving: 0, at_customer: 0, standing: 0, stale: 0 };
  for (const { agent } of members) counts[agent.status in counts ? agent.status : "standing"] += 1;
  return counts;
}
