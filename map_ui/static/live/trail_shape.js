/** A trail (GeoJSON Feature) as what is drawn of it, in world pixels. Pure. */

import { world } from "./camera.js";
import { STEPS, runsOf, stepOf } from "./pace.js";

const NOTHING = { lines: [], beads: [], gaps: [], paces: STEPS.map(() => []) };

/** A bead grows with the root of the dwell, so that its area tells it; an hour and more look alike. */
export const beadRadius = (dwell_s) => 2.5 + Math.sqrt(Math.min(3600, dwell_s) / 60);

/** `{lines, beads, gaps, paces}`: lines and gaps as lists of points, oldest first; beads with their times; and the lines
 * again in pieces, by how fast they were gone. */
export function trailShape(trail) {
  if (!trail) return NOTHING;
  const { type, coordinates } = trail.geometry ?? { type: "MultiLineString", coordinates: [] };
  const lines = type === "LineString" ? [coordinates] : coordinates;
  const ways = lines.map((line) => line.map(([lon, lat]) => world(lat, lon)));
  return {
    lines: ways,
    paces: pacesOf(ways, trail.properties.speeds_mps),
    beads: trail.properties.stops.map((stop) => ({
      ...world(stop.lat, stop.lon),
      radius: beadRadius(stop.dwell_s),
      began_at: stop.began_at,
      ended_at: stop.ended_at,
      dwell_s: stop.dwell_s,
    })),
    gaps: trail.properties.gaps.map(({ start, end }) => [world(start.lat, start.lon), world(end.lat, end.lon)]),
  };
}

function pacesOf(ways, speeds_mps) {
  const paces = STEPS.map(() => []);
  ways.forEach((points, way) => {
    const runs = runsOf(0, points.length - 1, (link) => stepOf(speeds_mps[way][link]));
    for (const [step, first, last] of runs) paces[step].push(points.slice(first, last + 1));
  });
  return paces;
}
