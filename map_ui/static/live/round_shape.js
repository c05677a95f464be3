/** A round as lines of world pixels, cut into travelled and to come. Pure. */

import { metersPerWorldPixel, world } from "./camera.js";

const ON_LEG_M = 150;

export const DONE = new Set(["verified", "probable", "unverified", "missed"]);

const line = (coordinates) => coordinates.map(([lon, lat]) => world(lat, lon));

/** Index of the point of `points` next to `to`, and how far it is in world pixels. */
function nearest(points, to) {
  let index = 0;
  let least = Infinity;
  points.forEach((point, i) => {
    const apart = Math.hypot(point.x - to.x, point.y - to.y);
    if (apart < least) [index, least] = [i, apart];
  });
  return { index, apart: least };
}

/**
 * `{travelled, toCome, stops}`: two lists of lines, and the stops with `x`, `y` and `done`.
 * The leg the agent is on is cut where the agent is (`position`, or null).
 */
export function roundShape(round, position) {
  const travelled = [];
  const toCome = [];
  const current = round.stops.findIndex((stop) => !DONE.has(stop.status));
  round.stops.forEach((stop, i) => {
    const leg = line(stop.leg.geometry.coordinates);
    if (DONE.has(stop.status) || stop.status === "visiting") travelled.push(leg);
    else if (i !== current || !position) toCome.push(leg);
    else cut(leg, position, travelled, toCome);
  });
  const home = wayHome(round);
  if (home.length > 1) (current === -1 ? travelled : toCome).push(home);
  const stops = round.stops.map((stop) => ({
    ...world(stop.lat, stop.lon),
    id: stop.id,
    seq: stop.seq,
    done: DONE.has(stop.status),
    missed: stop.status === "missed" || stop.status === "unverified",
  }));
  return { travelled, toCome, stops };
}

function cut(leg, position, travelled, toCome) {
  const here = world(position.lat, position.lon);
  const { index, apart } = nearest(leg, here);
  if (apart * metersPerWorldPixel(position.lat) > ON_LEG_M) {
    toCome.push(leg);
    return;
  }
  travelled.push([...leg.slice(0, index + 1), here]);
  toCome.push([here, ...leg.slice(index + 1)]);
}

/** The part of the whole line after the last stop: the legs end there. */
function wayHome(round) {
  const last = round.stops.at(-1);
  if (!last || !round.geometry) return [];
  const whole = line(round.geometry.coordinates);
  const legEnd = last.leg.geometry.coordinates.at(-1) ?? [last.lon, last.lat];
  const end = world(legEnd[1], legEnd[0]);
  let from = whole.length - 1;
  for (let i = whole.length - 1; i >= 0; i -= 1) {
    const apart = Math.hypot(whole[i].x - end.x, whole[i].y - end.y);
    if (apart < Math.hypot(whole[from].x - end.x, whole[from].y - end.y) - 1e-9) from = i;
  }
  return whole.slice(from);
}
