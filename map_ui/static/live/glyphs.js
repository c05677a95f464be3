/** The shapes of the map's grammar, drawn around a point in pixels. */

import { font } from "../parts/typeface.js";
import { face } from "./letters.js";
import { palette } from "./palette.js";

const FULL = Math.PI * 2;
const SIGN = font(800, 10);
const FENCE_SIGN = font(800, 12);
const ETA = font(600, 11);
const [NUMBER, LONG_NUMBER] = [font(700, 11), font(700, 10)];
const [PILE, LARGE_PILE] = [font(650, 12), font(650, 13)];

function disc(context, x, y, radius) {
  context.beginPath();
  context.arc(x, y, radius, 0, FULL);
}

function haloed(context, width = 3) {
  context.lineWidth = width;
  context.strokeStyle = palette.surface;
  context.stroke();
}

function arrow(context, x, y, heading_deg, size) {
  const turn = (heading_deg * Math.PI) / 180;
  const sin = Math.sin(turn) * size;
  const cos = Math.cos(turn) * size;
  const to = (px, py, first) =>
    context[first ? "moveTo" : "lineTo"](x + px * cos - py * sin, y + px * sin + py * cos);
  context.beginPath();
  to(0, -1.15, true);
  to(0.82, 0.95);
  to(0, 0.5);
  to(-0.82, 0.95);
  context.closePath();
}

/** One agent: arrow, dot, dot in a ring or fading hollow ring. `age_ms` fades the stale. */
export function agentGlyph(context, x, y, { status, heading, size, color, age_ms }) {
  context.lineJoin = "round";
  if (status === "moving") {
    arrow(context, x, y, heading, size);
    haloed(context, 4);
    context.fillStyle = color;
    context.fill();
    return;
  }
  if (status === "stale") {
    // Fades from full at 10 minutes to a third after an hour.
    context.globalAlpha = Math.max(0.35, Math.min(1, 1 - (age_ms - 600_000) / 4_600_000));
    disc(context, x, y, size * 0.68);
    context.fillStyle = palette.surface;
    context.fill();
    haloed(context, 5);
    context.lineWidth = 2.25;
    context.strokeStyle = color;
    context.stroke();
    context.globalAlpha = 1;
    return;
  }
  if (status === "at_customer") {
    disc(context, x, y, size * 1.02);
    context.fillStyle = palette.surface;
    context.fill();
    haloed(context, 5);
    context.lineWidth = 2.5;
    context.strokeStyle = palette.visiting;
    context.stroke();
    disc(context, x, y, size * 0.46);
    context.fillStyle = color;
    context.fill();
    return;
  }
  disc(context, x, y, size * 0.62);
  haloed(context, 4);
  context.fillStyle = color;
  context.fill();
}

/** How many lie here, as a disc whose rim tells in which situations they are. */
export function pileGlyph(context, x, y, radius, counts, urgent) {
  const total = counts.moving + counts.at_customer + counts.standing + counts.stale;
  disc(context, x, y, radius + 2.5);
  context.fillStyle = palette.surface;
  context.fill();
  context.lineWidth = 3;
  let from = -Math.PI / 2;
  const slices = [
    [counts.at_customer, palette.visiting],
    [counts.moving, palette.ink],
    [counts.standing, palette["ink-3"]],
    [counts.stale, palette.line],
  ];
  for (const [count, color] of slices) {
    if (!count) continue;
    const to = from + (FULL * count) / total;
    context.beginPath();
    context.arc(x, y, radius, from, to);
    context.strokeStyle = color;
    context.stroke();
    from = to;
  }
  text(context, String(total), x, y, radius > 15 ? LARGE_PILE : PILE, palette.ink);
  if (urgent) flag(context, x + radius * 0.8, y - radius * 0.8);
}

/** "Something here needs a decision." */
export function flag(context, x, y) {
  disc(context, x, y, 6.5);
  haloed(context, 3);
  context.fillStyle = palette.missed;
  context.fill();
  text(context, "!", x, y, SIGN, palette["on-accent"]);
}

export function text(context, words, x, y, letters, color) {
  face(context, letters);
  context.fillStyle = color;
  context.fillText(words, x, y + 0.5);
}

/** A numbered stop: filled = done, outlined = to come. */
export function stopGlyph(context, x, y, { seq, done, missed, pointed, radius }) {
  if (pointed) {
    disc(context, x, y, radius + 6);
    context.globalAlpha = 0.3;
    context.fillStyle = palette.accent;
    context.fill();
    context.globalAlpha = 1;
  }
  const color = missed ? palette.missed : palette.accent;
  disc(context, x, y, radius);
  haloed(context, 4.5);
  context.fillStyle = done ? color : palette.surface;
  context.fill();
  context.lineWidth = 2;
  context.strokeStyle = color;
  context.stroke();
  if (radius < 8) return;
  const ink = done ? palette["on-accent"] : color;
  text(context, String(seq), x, y, seq > 9 ? LONG_NUMBER : NUMBER, ink);
}

/** When a stop to come is expected, under its number: "12:40", or "12:40 +20" for 20 minutes late. */
export function etaLabel(context, x, y, words, late) {
  context.lineJoin = "round";
  face(context, ETA);
  context.lineWidth = 4;
  context.strokeStyle = palette.surface;
  context.strokeText(words, x, y);
  context.fillStyle = late ? palette.missed : palette.ink;
  context.fillText(words, x, y);
}

/** A stop of the trail; how long it was, its size tells. */
export function beadGlyph(context, x, y, radius) {
  disc(context, x, y, radius);
  haloed(context, 4);
  context.fillStyle = palette.surface;
  context.fill();
  context.lineWidth = 2;
  context.strokeStyle = palette.ink;
  context.stroke();
}

/** The sign in the middle of a fence, so that its color is never alone. */
export function fenceSign(context, x, y, status, color) {
  context.lineWidth = 1.75;
  context.lineCap = "round";
  context.strokeStyle = color;
  context.fillStyle = color;
  const line = (...points) => {
    context.beginPath();
    points.forEach(([px, py], i) => context[i ? "lineTo" : "moveTo"](x + px, y + py));
    context.stroke();
  };
  switch (status) {
    case "verified":
      line([-4, 0], [-1, 3], [4, -3]);
      break;
    case "probable":
      context.beginPath();
      context.moveTo(x - 4.5, y + 1.5);
      context.bezierCurveTo(x - 2, y - 4, x + 2, y + 4, x + 4.5, y - 1.5);
      context.stroke();
      break;
    case "missed":
      line([-3, -3], [3, 3]);
      line([3, -3], [-3, 3]);
      break;
    case "unverified":
      text(context, "!", x, y, FENCE_SIGN, color);
      break;
    case "visiting":
      disc(context, x, y, 3);
      context.fill();
      break;
    default:
      disc(context, x, y, 2);
      context.fill();
  }
}
