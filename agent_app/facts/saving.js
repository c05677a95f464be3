/** How often a phone takes and sends its position, by what is left in its battery. Pure. */

/** `every_ms` between two positions of a phone that hardly moves, whether they are `is_exact` (by satellite), and the
 * `least` of them that are worth waking the radio for, unless `wait_ms` have passed. `battery` is `{level, charging}`,
 * level from 0 to 1, or null where the browser does not tell. */
export function pace(battery) {
  if (!battery || battery.charging || battery.level > 0.4) return { every_ms: 20_000, is_exact: true, least: 1, wait_ms: 0 };
  if (battery.level > 0.15) return { every_ms: 40_000, is_exact: true, least: 8, wait_ms: 4 * 60_000 };
  return { every_ms: 90_000, is_exact: false, least: 15, wait_ms: 15 * 60_000 };
}

/** Percent that a battery has lost so far: `used` and the `last` level, with the next one taken in. What is charged
 * is not taken off again. */
export const drained = ({ used = 0, last = null }, level_pct) =>
  ({ used: used + Math.max(0, (last ?? level_pct) - level_pct), last: level_pct });
