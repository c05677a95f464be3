/** The way the chosen agent took: a thin line, stops as beads, and dashes where nothing is known. */

import { beadGlyph } from "./glyphs.js";
import { STEPS, isPaceShown, toneOf } from "./pace.js";
import { palette } from "./palette.js";
import { state } from "./store.js";
import { trace } from "./trace.js";
import { trailShape } from "./trail_shape.js";

const FRESHNESS_STEPS = 6;
const FINGER_PX = 5;

export class TrailLayer {
  #shape = trailShape(null);

  refresh() {
    this.#shape = trailShape(state.trail);
  }

  get isEmpty() {
    const { gaps, lines, beads } = this.#shape;
    return !gaps.length && !lines.length && !beads.length;
  }

  paint(context, view) {
    this.#paintGaps(context, view);
    if (isPaceShown()) this.#paintPaces(context, view);
    else this.#paintLines(context, view);
    // Longer stops first, so that a short one is not hidden by its neighbor.
    for (const { x, y, radius } of [...this.#shape.beads].sort((a, b) => b.radius - a.radius)) {
      beadGlyph(context, x * view.scale - view.x0, y * view.scale - view.y0, radius);
    }
  }

  /** The stop under a point, with its times, or undefined. */
  at(x, y, view) {
    return this.#shape.beads.find(
      (bead) => Math.hypot(bead.x * view.scale - view.x0 - x, bead.y * view.scale - view.y0 - y) < bead.radius + FINGER_PX,
    );
  }

  #paintGaps(context, view) {
    context.setLineDash([2, 6]);
    context.lineWidth = 1.5;
    context.strokeStyle = palette["ink-3"];
    context.beginPath();
    for (const ends of this.#shape.gaps) trace(context, ends, view);
    context.stroke();
    context.setLineDash([]);
  }

  /** By speed, on a ground of its own: the fastest is the strongest, and lies on top. */
  #paintPaces(context, view) {
    context.lineWidth = STEPS.at(-1).width + 2.5;
    context.strokeStyle = palette.surface;
    context.beginPath();
    for (const points of this.#shape.lines) trace(context, points, view);
    context.stroke();
    this.#shape.paces.forEach((lines, step) => {
      if (!lines.length) return;
      context.lineWidth = STEPS[step].width;
      context.strokeStyle = palette[toneOf(step)];
      context.beginPath();
      for (const points of lines) trace(context, points, view);
      context.stroke();
    });
  }

  /** Older parts fade, so that the eye sees where the agent came from last. */
  #paintLines(context, view) {
    const total = this.#shape.lines.reduce((sum, points) => sum + points.length, 0);
    context.lineWidth = 1.5;
    context.strokeStyle = palette.ink;
    let passed = 0;
    for (const points of this.#shape.lines) {
      for (let from = 0; from < points.length - 1; ) {
        const step = Math.min(FRESHNESS_STEPS - 1, Math.floor(((passed + from) / total) * FRESHNESS_STEPS));
        const next = Math.ceil(((step + 1) / FRESHNESS_STEPS) * total) - passed;
        const to = Math.min(points.length - 1, Math.max(from + 1, next));
        context.globalAlpha = 0.15 + (0.7 * (step + 1)) / FRESHNESS_STEPS;
        context.beginPath();
        trace(context, points.slice(from, to + 1), view);
        context.stroke();
        from = to;
      }
      passed += points.length;
    }
    context.globalAlpha = 1;
  }
}
