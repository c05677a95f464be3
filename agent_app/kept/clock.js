/** The time. A phone's clock that is wrong is put right by the server's, as of the last download. */

import { keep, value } from "./database.js";

const TOLERATED_MS = 30_000; // the network's own delay, and what phones are off anyway

let offset_ms = 0;

/** How far the server's clock is ahead of this phone's, at a download; small differences are none. */
export function offsetOf(as_of, asked_ms, answered_ms) {
  const ahead_ms = Date.parse(as_of) - (asked_ms + answered_ms) / 2;
  return Math.abs(ahead_ms) > TOLERATED_MS ? ahead_ms : 0;
}

export async function readClock() {
  offset_ms = (await value("clock_offset_ms")) ?? 0;
}

/** Put the clock right by what the server has just told. */
export async function setClock(as_of, asked_ms, answered_ms) {
  const found_ms = offsetOf(as_of, asked_ms, answered_ms);
  if (!(Math.abs(found_ms - offset_ms) > TOLERATED_MS)) return; // nor where an older server tells no time
  offset_ms = found_ms;
  await keep("clock_offset_ms", found_ms);
}

/** Milliseconds since 1970. */
export const now = () => Date.now() + offset_ms;

/** An instant of this phone's clock, such as a position's, put right. */
export const corrected = (device_ms) => device_ms + offset_ms;

/** How wrong this phone's clock is, in milliseconds. */
export const clockError = () => -offset_ms;

/** Now, as a record carries it: `at`, and `clock_error_ms` as it was known then. Both in one go: the clock may be put
 * right while a record is being made, and then neither must be of before. */
export const moment = () => ({ at: instant(), clock_error_ms: clockError() });

export const instant = (ms = now()) => new Date(ms).toISOString();
