/** A day's columns as what the replay draws and asks at any instant. Pure. */

import { world } from "../camera.js";
import { runsOf, stepOf } from "../pace.js";

const PACE_OVER_MS = 30_000; // an error of 5 m between two pings is no speed
const STOOD_M = 0.35; // meters a second below which somebody is standing

/** Meters between two rows, near enough for a heading and a pace. */
function apart(shape, a, b) {
  return Math.hypot(shape.x[b] - shape.x[a], shape.y[b] - shape.y[a]) * shape.metersPerPixel;
}

/**
 * World pixels and times (milliseconds since 1970) of each ping, in order. `begins` and `ends` are the
 * day's first and last; both null on a day without pings.
 */
export function dayShape(day) {
  const { t_s, lat, lon, accuracy_m } = day.pings;
  const count = t_s.length;
  const shape = {
    count,
    at: new Float64Array(count),
    x: new Float64Array(count),
    y: new Float64Array(count),
    accuracy_m,
    stretches: day.stretches,
    metersPerPixel: count ? (40_075_016.686 * Math.cos((lat[0] * Math.PI) / 180)) / 256 : 1,
    begins: count ? day.begins_s * 1000 : null,
    ends: null,
  };
  for (let i = 0; i < count; i += 1) {
    const { x, y } = world(lat[i], lon[i]);
    shape.at[i] = (day.begins_s + t_s[i]) * 1000;
    shape.x[i] = x;
    shape.y[i] = y;
  }
  shape.ends = count ? shape.at[count - 1] : null;
  shape.paces = day.stretches.flatMap(([first, last]) => runsOf(first, last, pacer(shape, first, last)));
  return shape;
}

/** The step of the speed from a row to the next, each with what lies around it within half a minute. */
function pacer(shape, first, last) {
  const passed = new Float64Array(last - first + 1);
  for (let row = first; row < last; row += 1) passed[row - first + 1] = passed[row - first] + apart(shape, row, row + 1);
  let [begin, end] = [first, first + 1];
  return (row) => {
    const middle = (shape.at[row] + shape.at[row + 1]) / 2;
    while (begin < row && shape.at[begin] < middle - PACE_OVER_MS / 2) begin += 1;
    end = Math.max(end, row + 1);
    while (end < last && shape.at[end + 1] <= middle + PACE_OVER_MS / 2) end += 1;
    return stepOf(((passed[end - first] - passed[begin - first]) * 1000) / (shape.at[end] - shape.at[begin] || 1));
  };
}

/** The last ping at or before an instant, or -1. */
export function rowAt(shape, ms) {
  let low = 0;
  let high = shape.count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (shape.at[middle] <= ms) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/**
 * Where somebody is at an instant: `{x, y, heading, accuracy_m, speed_mps, state, row}`, with state
 * "moving", "standing" or "unknown" (between two stretches, or before the first ping). Null where there is
 * no ping at all.
 */
export function whereAt(shape, ms) {
  if (!shape.count) return null;
  const row = Math.max(0, rowAt(shape, ms));
  const next = row + 1;
  const joined = next < shape.count && shape.stretches.some(([first, last]) => first <= row && next <= last);
  const here = { row, x: shape.x[row], y: shape.y[row], accuracy_m: shape.accuracy_m[row], heading: 0, speed_mps: 0 };
  if (ms < shape.begins || (!joined && ms - shape.at[row] > 1000 && next < shape.count)) {
    return { ...here, state: "unknown" };
  }
  if (!joined) return { ...here, state: "standing" };
  const span_ms = shape.at[next] - shape.at[row] || 1;
  const share = Math.min(1, Math.max(0, (ms - shape.at[row]) / span_ms));
  const speed_mps = (apart(shape, row, next) / span_ms) * 1000;
  return {
    ...here,
    x: shape.x[row] + (shape.x[next] - shape.x[row]) * share,
    y: shape.y[row] + (shape.y[next] - shape.y[row]) * share,
    heading: (Math.atan2(shape.x[next] - shape.x[row], shape.y[row] - shape.y[next]) * 180) / Math.PI,
    speed_mps,
    state: speed_mps < STOOD_M ? "standing" : "moving",
  };
}

const overlaps = (visit, stop) =>
  Date.parse(visit.began_at) < Date.parse(stop.ended_at)
  && Date.parse(visit.began_at) + 1000 * (visit.dwell_s ?? 0) > Date.parse(stop.began_at);

/**
 * What happened, in order: `{kind, at, until, of}` with kind "visit", "stop", "payment" or "gap". A stop
 * that was a visit is told as the visit.
 */
export function happenings(day) {
  const made = day.visits.filter(({ began_at }) => began_at);
  const event = (kind, began_at, ended_at, of) => ({ kind, at: Date.parse(began_at), until: Date.parse(ended_at), of });
  return [
    ...made.map((visit) => ({
      ...event("visit", visit.began_at, visit.began_at, visit),
      until: Date.parse(visit.began_at) + 1000 * (visit.dwell_s ?? 0),
    })),
    ...day.stops.filter((stop) => !made.some((visit) => overlaps(visit, stop)))
      .map((stop) => event("stop", stop.began_at, stop.ended_at, stop)),
    ...day.payments.map((payment) => event("payment", payment.taken_at, payment.taken_at, payment)),
    ...day.gaps.map((gap) => event("gap", gap.began_at, gap.ended_at, gap)),
  ].sort((a, b) => a.at - b.at);
}

/** The day's span in milliseconds: of its pings, and of what happened outside them. */
export function spanOf(shape, events) {
  const begins = [shape.begins, events[0]?.at].filter((at) => at != null);
  const ends = [shape.ends, ...events.map(({ until }) => until)].filter((at) => at != null);
  return begins.length ? { begins: Math.min(...begins), ends: Math.max(...ends) } : null;
}
