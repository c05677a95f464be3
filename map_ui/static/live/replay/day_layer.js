/** A day on the map: the plan under the way, stops as beads, visits, payments, and the agent at the time shown. */

import { font } from "../../parts/typeface.js";
import { metersPerWorldPixel, world } from "../camera.js";
import { agentGlyph, beadGlyph, fenceSign, stopGlyph, text } from "../glyphs.js";
import { face, forgetFace } from "../letters.js";
import { STEPS, isPaceShown, toneOf } from "../pace.js";
import { palette } from "../palette.js";
import { beadRadius } from "../trail_shape.js";
import { rowAt, whereAt } from "./day_shape.js";

const FRESH_MS = 30 * 60_000;
const RINGS_MS = 5 * 60_000;
const ALL_RINGS_FROM_ZOOM = 17;
const LABELS_FROM_ZOOM = 15;
const FINGER_PX = 5;
const PAYMENT_BELOW_PX = 12; // a visit's number stays in sight
const COIN = font(800, 10);
const AMOUNT = font(600, 11);
const DONE = { verified: "verified", probable: "probable", unverified: "missed" };

const lines = (geometry) => {
  if (!geometry) return [];
  const parts = geometry.type === "LineString" ? [geometry.coordinates] : geometry.coordinates;
  return parts.map((part) => part.map(([lon, lat]) => world(lat, lon)));
};

export class DayLayer {
  #day = null;
  #shape = null;
  #planned = [];
  #stops = [];
  #visits = [];
  #payments = [];
  #isOver = false;
  at = 0;

  /** Draw this day, or nothing; `isOver` says that what was not visited is missed. */
  show(day, shape = null, isOver = false) {
    this.#isOver = isOver;
    this.#day = day;
    this.#shape = shape;
    if (!day) return;
    this.#planned = lines(day.plan?.way);
    this.#stops = day.stops.map((stop) => ({
      ...stop, ...world(stop.lat, stop.lon), radius: beadRadius(stop.dwell_s), began: Date.parse(stop.began_at),
    }));
    this.#visits = day.visits.filter(({ lat }) => lat !== null)
      .map((visit) => ({ ...visit, ...world(visit.lat, visit.lon), began: Date.parse(visit.began_at) }));
    this.#payments = day.payments.map((payment) => {
      const taken = Date.parse(payment.taken_at);
      const there = payment.lat === null ? whereAt(shape, taken) : world(payment.lat, payment.lon);
      return { ...payment, taken, x: there?.x, y: there?.y };
    }).filter(({ x }) => x !== undefined);
  }

  paint(context, view) {
    if (!this.#day) return null;
    context.lineJoin = "round";
    context.lineCap = "round";
    this.#paintPlan(context, view);
    const now = whereAt(this.#shape, this.at);
    if (now) this.#paintWay(context, view, now);
    this.#paintStops(context, view);
    this.#paintVisits(context, view);
    this.#paintPayments(context, view);
    if (now) this.#paintAgent(context, view, now);
    return false;
  }

  /** What lies under a point as `{kind, of, at}`, where `at` is when it began, NaN for a visit not made; or undefined. */
  under(x, y, view) {
    if (!this.#day) return undefined;
    const find = (spots, radius, below = 0) => spots.find((spot) =>
      Math.hypot(spot.x * view.scale - view.x0 - x, spot.y * view.scale - view.y0 + below - y) < (radius ?? spot.radius) + FINGER_PX);
    const payment = find(this.#payments, 4, PAYMENT_BELOW_PX);
    if (payment) return { kind: "payment", of: payment, at: payment.taken };
    const visit = find(this.#visits.filter(({ began_at, planned_nth }) => began_at || planned_nth !== null), 10);
    if (visit) return { kind: "visit", of: visit, at: visit.began };
    const stop = find(this.#stops);
    return stop && { kind: "stop", of: stop, at: stop.began };
  }

  #paintPlan(context, view) {
    context.globalAlpha = 0.75;
    context.setLineDash([1, 7]);
    context.lineWidth = 3.5;
    context.strokeStyle = palette.accent;
    context.beginPath();
    for (const line of this.#planned) {
      line.forEach(({ x, y }, i) => context[i ? "lineTo" : "moveTo"](x * view.scale - view.x0, y * view.scale - view.y0));
    }
    context.stroke();
    context.setLineDash([]);
    context.globalAlpha = 1;
  }

  /** What is to come, faint; what is past, stronger; the last half hour, strongest. */
  #paintWay(context, view, now) {
    const { row } = now;
    const fresh = Math.max(0, rowAt(this.#shape, this.at - FRESH_MS));
    context.strokeStyle = palette.ink;
    context.lineWidth = 1.5;
    this.#run(context, view, row, this.#shape.count - 1, 0.22);
    const tip = now.state === "unknown" ? null : now;
    if (isPaceShown()) {
      this.#paintPaces(context, view, row, tip);
    } else {
      context.lineWidth = 2;
      this.#run(context, view, 0, fresh, 0.5);
      context.lineWidth = 2.75;
      this.#run(context, view, fresh, row, 0.95, tip);
    }
    this.#paintGaps(context, view);
  }

  /** What is past, by speed, on a ground of its own. */
  #paintPaces(context, view, row, tip) {
    const { x, y, paces } = this.#shape;
    context.lineWidth = STEPS.at(-1).width + 2.5;
    context.strokeStyle = palette.surface;
    this.#run(context, view, 0, row, 1, tip);
    STEPS.forEach(({ width }, wanted) => {
      context.lineWidth = width;
      context.strokeStyle = palette[toneOf(wanted)];
      context.beginPath();
      for (const [step, first, last] of paces) {
        if (first > row) break;
        if (step !== wanted) continue;
        context.moveTo(x[first] * view.scale - view.x0, y[first] * view.scale - view.y0);
        for (let i = first + 1; i <= Math.min(last, row); i += 1) context.lineTo(x[i] * view.scale - view.x0, y[i] * view.scale - view.y0);
        if (tip && first <= row && row < last) context.lineTo(tip.x * view.scale - view.x0, tip.y * view.scale - view.y0);
      }
      context.stroke();
    });
  }

  #run(context, view, from, to, alpha, tip = null) {
    const { x, y, stretches } = this.#shape;
    context.globalAlpha = alpha;
    context.beginPath();
    for (const [first, last] of stretches) {
      const begin = Math.max(first, from);
      const end = Math.min(last, to);
      if (begin > end) continue;
      context.moveTo(x[begin] * view.scale - view.x0, y[begin] * view.scale - view.y0);
      for (let i = begin + 1; i <= end; i += 1) context.lineTo(x[i] * view.scale - view.x0, y[i] * view.scale - view.y0);
      if (tip && end === to) context.lineTo(tip.x * view.scale - view.x0, tip.y * view.scale - view.y0);
    }
    context.stroke();
    context.globalAlpha = 1;
  }

  #paintGaps(context, view) {
    const { x, y, stretches } = this.#shape;
    context.setLineDash([2, 6]);
    context.lineWidth = 1.5;
    context.strokeStyle = palette["ink-3"];
    context.beginPath();
    for (let i = 1; i < stretches.length; i += 1) {
      const [from, to] = [stretches[i - 1][1], stretches[i][0]];
      context.moveTo(x[from] * view.scale - view.x0, y[from] * view.scale - view.y0);
      context.lineTo(x[to] * view.scale - view.x0, y[to] * view.scale - view.y0);
    }
    context.stroke();
    context.setLineDash([]);
  }

  #paintStops(context, view) {
    for (const stop of [...this.#stops].sort((a, b) => b.radius - a.radius)) {
      context.globalAlpha = stop.began <= this.at ? 1 : 0.4;
      beadGlyph(context, stop.x * view.scale - view.x0, stop.y * view.scale - view.y0, stop.radius);
    }
    context.globalAlpha = 1;
  }

  /** Planned ones with their number, filled once they are made; at the end of the day missed ones are crossed. */
  #paintVisits(context, view) {
    const over = this.#isOver && (this.#shape.ends === null || this.at >= this.#shape.ends);
    for (const visit of this.#visits) {
      const px = visit.x * view.scale - view.x0;
      const py = visit.y * view.scale - view.y0;
      const done = visit.began <= this.at;
      const missed = !visit.began_at && over;
      if (visit.planned_nth === null) {
        if (!done) continue;
        context.beginPath();
        context.arc(px, py, 9, 0, Math.PI * 2);
        context.fillStyle = palette.surface;
        context.fill();
        context.lineWidth = 2;
        context.strokeStyle = palette[DONE[visit.verdict] ?? "verified"];
        context.stroke();
      } else {
        stopGlyph(context, px, py, { seq: visit.planned_nth, done, missed, radius: 10 });
      }
      if (done || missed) {
        const status = missed ? "missed" : visit.verdict;
        context.beginPath();
        context.arc(px + 9, py - 9, 6, 0, Math.PI * 2);
        context.fillStyle = palette.surface;
        context.fill();
        context.save();
        context.translate(px + 9, py - 9);
        context.scale(0.8, 0.8);
        fenceSign(context, 0, 0, status, palette[DONE[status] ?? "missed"]);
        context.restore();
        forgetFace(context);
      }
    }
  }

  #paintPayments(context, view) {
    for (const payment of this.#payments) {
      const px = payment.x * view.scale - view.x0;
      const py = payment.y * view.scale - view.y0 + PAYMENT_BELOW_PX;
      context.globalAlpha = payment.taken <= this.at ? 1 : 0.35;
      context.beginPath();
      context.roundRect(px - 8, py - 5.5, 16, 11, 2.5);
      context.lineWidth = 4;
      context.strokeStyle = palette.surface;
      context.stroke();
      context.fillStyle = palette.verified;
      context.fill();
      text(context, "¤", px, py - 0.5, COIN, palette["on-accent"]);
      if (view.zoom >= LABELS_FROM_ZOOM) {
        context.lineWidth = 3.5;
        face(context, AMOUNT);
        context.strokeText(payment.label, px, py + 14);
        text(context, payment.label, px, py + 13.5, AMOUNT, palette.ink);
      }
    }
    context.globalAlpha = 1;
  }

  /** The agent with the ring of this ping, and thin ones of the pings just before. */
  #paintAgent(context, view, now) {
    const { x, y, at, accuracy_m } = this.#shape;
    const perPixel = metersPerWorldPixel(Math.atan(Math.sinh(Math.PI * (1 - now.y / 128))) * (180 / Math.PI));
    const ring = (row, px, py) => {
      if (accuracy_m[row] === null) return;
      const radius = (accuracy_m[row] / perPixel) * view.scale;
      if (radius < 4) return;
      context.moveTo(px + radius, py);
      context.arc(px, py, radius, 0, Math.PI * 2);
    };
    const oldest = view.zoom >= ALL_RINGS_FROM_ZOOM ? 0 : rowAt(this.#shape, this.at - RINGS_MS) + 1;
    context.lineWidth = 1;
    context.strokeStyle = palette["ink-2"];
    context.globalAlpha = 0.22;
    context.beginPath();
    for (let row = Math.max(0, oldest); row < now.row; row += 1) {
      const [px, py] = [x[row] * view.scale - view.x0, y[row] * view.scale - view.y0];
      if (px > -50 && py > -50 && px < view.width + 50 && py < view.height + 50) ring(row, px, py);
    }
    context.stroke();
    const [px, py] = [now.x * view.scale - view.x0, now.y * view.scale - view.y0];
    context.globalAlpha = 0.7;
    context.beginPath();
    ring(now.row, px, py);
    context.stroke();
    context.globalAlpha = 1;
    const status = now.state === "unknown" ? "stale" : now.state;
    agentGlyph(context, px, py, {
      status, heading: now.heading, size: 11, color: palette.accent, age_ms: this.at - at[now.row],
    });
  }
}
