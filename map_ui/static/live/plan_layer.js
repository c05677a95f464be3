/** What was planned and what came of it: fences, the chosen round, its trail, moved visits. */

import { metersPerWorldPixel, world } from "./camera.js";
import { etaLabel, fenceSign, stopGlyph } from "./glyphs.js";
import { Heaps } from "./heaps.js";
import { overlap } from "./label.js";
import { palette } from "./palette.js";
import { roundShape } from "./round_shape.js";
import { etaOf, state } from "./store.js";
import { clockTime } from "./times.js";
import { trace } from "./trace.js";
import { TrailLayer } from "./trail_layer.js";

const TONE = { unverified: "missed" };
const RINGS_FROM_ZOOM = 14;
// Where this many fences lie in view, rings would only cover each other; where there are still
// more, just those that went wrong are drawn, in heaps.
const RINGS_UP_TO = 250;
const SPECKS_UP_TO = 1500;
const WENT_WRONG = new Set(["missed", "unverified"]);
const SIGN_FROM_PX = 8;
const STOP_PX = 14;
const ETAS_FROM_ZOOM = 14;
const ETA_LETTER_PX = 6.5;
const LATE_S = 600;

export class PlanLayer {
  #groups = [];
  #round = null;
  #trail = new TrailLayer();
  #moves = [];
  #heaps = { strong: new Heaps(), faint: new Heaps() };
  #heaping = false;

  /** Take over fences, round, trail and moves from the store. */
  refresh() {
    const fences = [...state.fences.values()].map((fence) => ({
      ...fence,
      ...world(fence.lat, fence.lon),
      worldRadius: fence.radius_m / metersPerWorldPixel(fence.lat),
      own: fence.agent_id === state.selectedId,
    }));
    this.#groups = groupsOf(fences);
    const agent = state.agents.get(state.selectedId);
    this.#round = state.round && roundShape(state.round, agent?.position ?? null);
    this.#trail.refresh();
    this.#moves = moves();
  }

  paint(context, view) {
    if (!this.#round && !this.#groups.length && !this.#moves.length && this.#trail.isEmpty) return null;
    context.lineJoin = "round";
    context.lineCap = "round";
    this.#paintFences(context, view);
    if (this.#round) this.#paintRound(context, view);
    this.#trail.paint(context, view);
    if (this.#round) this.#paintStops(context, view);
    this.#paintMoves(context, view);
    return false;
  }

  /** The chosen round's stop or the fence that was drawn under a point: `{stop_id, agent_id}` or null. */
  at(x, y, view) {
    const stop = this.#stopAt(x, y, view);
    if (stop) return { stop_id: stop.id, agent_id: state.selectedId };
    let best = null;
    let nearest = Infinity;
    for (const { within, own } of this.#groups) {
      if (this.#heaping && !own) continue;
      for (const fence of within) {
        const apart = Math.hypot(fence.px - x, fence.py - y);
        if (apart >= Math.max(6, fence.radius) || apart >= nearest) continue;
        best = fence;
        nearest = apart;
      }
    }
    return best;
  }

  /** Whether a heap lies under a point, which parts when one comes closer. */
  isHeapAt(x, y) {
    return this.#heaping && this.#heaps.strong.at(x, y) + this.#heaps.faint.at(x, y) > 0;
  }

  /** Where the chosen agent stopped, under a point: `{began_at, ended_at, dwell_s}` or undefined. */
  beadAt(x, y, view) {
    return this.#stopAt(x, y, view) ? undefined : this.#trail.at(x, y, view);
  }

  #stopAt(x, y, view) {
    return this.#round?.stops.find(
      (stop) => Math.hypot(stop.x * view.scale - view.x0 - x, stop.y * view.scale - view.y0 - y) < STOP_PX,
    );
  }

  /** Tens of thousands may lie here, so nothing is made anew for a frame: each carries where it is on the screen. */
  #paintFences(context, view) {
    let inView = 0;
    for (const { fences, xs, ys, radii, within } of this.#groups) {
      within.length = 0;
      for (let i = 0; i < fences.length; i += 1) {
        const px = xs[i] * view.scale - view.x0;
        const py = ys[i] * view.scale - view.y0;
        const radius = radii[i] * view.scale;
        const edge = radius + Heaps.EDGE_PX;
        if (px < -edge || py < -edge || px > view.width + edge || py > view.height + edge) continue;
        const fence = fences[i];
        fence.px = px;
        fence.py = py;
        fence.radius = radius;
        within.push(fence);
      }
      inView += within.length;
    }
    this.#heaping = inView > SPECKS_UP_TO;
    if (this.#heaping) this.#paintHeaps(context, view);
    for (const { status, strong, own, within } of this.#groups) {
      if (!within.length || (this.#heaping && !own)) continue;
      const paint = view.zoom < RINGS_FROM_ZOOM || (inView > RINGS_UP_TO && !own) ? paintSpecks : paintRings;
      paint(context, within, status, strong);
    }
  }

  /** What went wrong, of all but the chosen agent: a cross for each would be a carpet. */
  #paintHeaps(context, view) {
    const { strong, faint } = this.#heaps;
    strong.begin(view);
    faint.begin(view);
    for (const group of this.#groups) {
      if (group.own || !WENT_WRONG.has(group.status)) continue;
      const heaps = group.strong ? strong : faint;
      for (const { px, py } of group.within) heaps.add(px, py);
    }
    context.strokeStyle = palette.missed;
    context.globalAlpha = 0.3;
    faint.paint(context);
    context.globalAlpha = 0.9;
    strong.paint(context);
    context.globalAlpha = 1;
  }

  #paintRound(context, view) {
    const { travelled, toCome } = this.#round;
    const draw = (lines, width, color, dash = []) => {
      context.setLineDash(dash);
      context.lineWidth = width;
      context.strokeStyle = color;
      context.beginPath();
      for (const points of lines) trace(context, points, view);
      context.stroke();
    };
    draw(toCome, 6.5, palette.surface);
    draw(travelled, 7.5, palette.surface);
    draw(toCome, 3.5, palette.accent, [1, 8]);
    draw(travelled, 4, palette.accent);
    context.setLineDash([]);
  }

  #paintStops(context, view) {
    const radius = view.zoom < 13 ? 5 : view.zoom < 15 ? 9.5 : 11;
    const stops = this.#round.stops.map((stop) => ({
      ...stop, px: stop.x * view.scale - view.x0, py: stop.y * view.scale - view.y0, pointed: stop.id === state.pointedStopId,
    }));
    // Backwards, so that the earlier of two stops lies on top.
    for (const stop of [...stops].reverse()) stopGlyph(context, stop.px, stop.py, { ...stop, radius });
    if (view.zoom >= ETAS_FROM_ZOOM) this.#paintEtas(context, stops, radius);
  }

  /** The next ones first, and only where they can be read; always that of the stop that is pointed at. */
  #paintEtas(context, stops, radius) {
    const taken = stops.map(({ px, py }) => [px - radius, py - radius, px + radius, py + radius]);
    for (const stop of [...stops].sort((a, b) => b.pointed - a.pointed)) {
      const eta = stop.done ? undefined : etaOf(stop.id);
      if (!eta) continue;
      const late = eta.late_s >= LATE_S;
      const words = late ? `${clockTime(eta.begins_at)} +${Math.round(eta.late_s / 60)}` : clockTime(eta.begins_at);
      const py = stop.py + radius + 9;
      const half = (words.length * ETA_LETTER_PX) / 2;
      const box = [stop.px - half, py - 6, stop.px + half, py + 6];
      if (!stop.pointed && taken.some((other) => overlap(box, other))) continue;
      taken.push(box);
      etaLabel(context, stop.px, py, words, late);
    }
  }

  #paintMoves(context, view) {
    context.setLineDash([2, 6]);
    context.lineWidth = 2.5;
    context.strokeStyle = palette.visiting;
    for (const { from, to } of this.#moves) {
      const [ax, ay] = [from.x * view.scale - view.x0, from.y * view.scale - view.y0];
      const [bx, by] = [to.x * view.scale - view.x0, to.y * view.scale - view.y0];
      context.beginPath();
      context.moveTo(ax, ay);
      context.quadraticCurveTo((ax + bx) / 2 + (by - ay) * 0.15, (ay + by) / 2 - (bx - ax) * 0.15, bx, by);
      context.stroke();
    }
    context.setLineDash([]);
    for (const { from } of this.#moves) {
      stopGlyph(context, from.x * view.scale - view.x0, from.y * view.scale - view.y0, { seq: 0, radius: 6 });
    }
  }
}

/** Fences that are drawn alike; `within` is filled anew with those in view at every frame. */
function groupsOf(fences) {
  const isStrong = ({ own }) => own || state.selectedId === null;
  return [...Map.groupBy(fences, (fence) => `${fence.status} ${isStrong(fence)}`).values()].map((alike) => ({
    status: alike[0].status,
    strong: isStrong(alike[0]),
    own: alike[0].own,
    fences: alike,
    xs: Float64Array.from(alike, ({ x }) => x),
    ys: Float64Array.from(alike, ({ y }) => y),
    radii: Float64Array.from(alike, ({ worldRadius }) => worldRadius),
    within: [],
  }));
}

const toneOf = (status) => palette[TONE[status] ?? status] ?? palette.planned;

/** Far out a fence is a speck; its shape tells its state as well as its color does. */
function paintSpecks(context, circles, status, strong) {
  context.globalAlpha = strong ? 0.9 : 0.3;
  context.fillStyle = toneOf(status);
  context.strokeStyle = toneOf(status);
  context.lineWidth = 1.25;
  context.beginPath();
  for (const { px, py } of circles) speck(context, px, py, status);
  if (["verified", "probable"].includes(status)) context.fill();
  else context.stroke();
  context.globalAlpha = 1;
}

function speck(context, x, y, status) {
  switch (status) {
    case "verified":
      context.moveTo(x + 2.5, y);
      context.arc(x, y, 2.5, 0, Math.PI * 2);
      break;
    case "probable":
      context.moveTo(x, y - 3.2);
      context.lineTo(x + 3.2, y);
      context.lineTo(x, y + 3.2);
      context.lineTo(x - 3.2, y);
      break;
    case "missed":
    case "unverified":
      context.moveTo(x - 2.5, y - 2.5);
      context.lineTo(x + 2.5, y + 2.5);
      context.moveTo(x + 2.5, y - 2.5);
      context.lineTo(x - 2.5, y + 2.5);
      break;
    default:
      context.moveTo(x + 2.2, y);
      context.arc(x, y, 2.2, 0, Math.PI * 2);
  }
}

function paintRings(context, circles, status, strong) {
  const color = toneOf(status);
  const quiet = status === "planned";
  context.fillStyle = color;
  context.strokeStyle = color;
  context.beginPath();
  for (const { px, py, radius } of circles) {
    context.moveTo(px + radius, py);
    context.arc(px, py, radius, 0, Math.PI * 2);
  }
  context.globalAlpha = (strong ? 0.16 : 0.07) * (quiet ? 0.6 : 1);
  context.fill();
  context.globalAlpha = strong ? (quiet ? 0.65 : 0.95) : 0.35;
  context.lineWidth = quiet ? 1 : 1.75;
  context.stroke();
  for (const { px, py, radius, own } of circles) {
    if (radius >= SIGN_FROM_PX && !own) fenceSign(context, px, py, status, color);
  }
  context.globalAlpha = 1;
}

/** Lines from moved visits to the agents who have them now, for the sheet that tells of them. */
function moves() {
  return (state.moves ?? []).flatMap(({ from, to_agent_id }) => {
    const position = state.agents.get(to_agent_id)?.position;
    if (!from || !position) return [];
    return [{ from: world(from.lat, from.lon), to: world(position.lat, position.lon) }];
  });
}
