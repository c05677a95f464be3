/** Where a phone is, against where a customer is. Pure.
 *
 * The rules are those of the server (geofence/fence.py, geofence/verdict.py), so that the phone asks
 * for a reason where the server would. */

const EARTH_M = 6_371_008.8;
const EDGE_SIGMAS = 2;
const EDGE_MAX_M = 100;
const COARSE_M = 100;

const radians = (degrees) => (degrees * Math.PI) / 180;

/** Meters between two positions in degrees, by the haversine formula. */
export function distanceM(a, b) {
  const lat = radians(b.lat - a.lat);
  const lon = radians(b.lon - a.lon);
  const h = Math.sin(lat / 2) ** 2 + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * Math.sin(lon / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** How unsure a position is, in meters. */
export const sigmaM = (accuracy_m) => (accuracy_m ? Math.max(8, 1.3 * accuracy_m) : 20);

/** Whether a fix may say where a door is. */
export const isExact = (fix) => Boolean(fix) && fix.accuracy_m > 0 && fix.accuracy_m <= COARSE_M;

/** How a fix lies to a place with a fence: `distance_m` to its center, and whether it `is_outside`
 * by more than its accuracy explains. Null where either is not known. */
export function standing(fix, place, radius_m) {
  if (!fix || !place || !radius_m) return null;
  const distance_m = distanceM(fix, place);
  const outside_m = Math.max(0, distance_m - radius_m);
  const edge_m = Math.min(EDGE_SIGMAS * sigmaM(fix.accuracy_m), EDGE_MAX_M);
  return { distance_m, outside_m, is_outside: outside_m > edge_m };
}

/** The first of these stops that the phone has come to, or null. `fixes` are the last ones, the
 * newest last: two in a row must be inside, so that driving past a door is no arrival. */
export function arrivedAt(fixes, stops) {
  const last = fixes.slice(-2);
  if (last.length < 2 || last.some((fix) => !fix.accuracy_m || fix.accuracy_m > COARSE_M)) return null;
  const inside = stops.filter((stop) => last.every((fix) => distanceM(fix, stop) <= stop.fence_radius_m));
  const newest = last[1];
  return inside.sort((a, b) => distanceM(newest, a) - distanceM(newest, b))[0] ?? null;
}
