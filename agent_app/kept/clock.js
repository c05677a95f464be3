/** The time. A phone's clock that is wrong is put right by the server's, as it was told last.
 *
 * A phone that starts without a network may have any clock: its battery was empty, or somebody has set it. It is no earlier
 * than the server told last; a clock that says so has gone back, and until the server tells the time again it is reckoned
 * from there. A clock that is ahead cannot be told from a phone that was put away. In a `run` it was seen again and again
 * without going back or leaping: what is found out of it later holds for all that was written in it. */

import { correctionMs, goesOn } from "../facts/times.js";
import { keep, value } from "./database.js";

const NAME = "roundsman-clock";
const TOLERATED_MS = 30_000; // the network's own delay, and what phones are off anyway

let offset_ms = 0;
let isTold = false; // by the server, in this run and to this page
let its = { run: 0, isGuessed: false }; // `seen_ms` by this phone's clock, `told_ms` by the server's

/** How far the server's clock is ahead of this phone's, at a download; small differences are none. */
export function offsetOf(as_of, asked_ms, answered_ms) {
  const ahead_ms = Date.parse(as_of) - (asked_ms + answered_ms) / 2;
  return Math.abs(ahead_ms) > TOLERATED_MS ? ahead_ms : 0;
}

/** Read what is known of the clock, and look at it. */
export async function readClock() {
  offset_ms = (await value("clock_offset_ms")) ?? 0;
  see();
  if (!(now() < its.told_ms - TOLERATED_MS)) return;
  remember({ isGuessed: true });
  await keep("clock_offset_ms", its.told_ms - Date.now());
}

function see() {
  its = { ...its, ...JSON.parse(localStorage.getItem(NAME) ?? "{}") };
  const seen_ms = Date.now();
  const isSame = goesOn(its.seen_ms, seen_ms);
  if (!isSame) isTold = false;
  remember({ seen_ms, run: isSame ? its.run : its.run + 1 });
}

function remember(members) {
  its = { ...its, ...members };
  localStorage.setItem(NAME, JSON.stringify(its));
}

/** Put the clock right by what the server has just told. */
export async function setClock(as_of, asked_ms, answered_ms) {
  const found_ms = offsetOf(as_of, asked_ms, answered_ms);
  if (Number.isNaN(found_ms)) return; // an older server tells no time
  see();
  hear(Date.parse(as_of));
  if (Math.abs(found_ms - offset_ms) <= TOLERATED_MS) return;
  offset_ms = found_ms;
  await keep("clock_offset_ms", found_ms);
}

/** The server has told the time, or taken this phone's for right (no `told_ms`). */
export function hear(told_ms = its.told_ms) {
  isTold = true;
  remember({ told_ms, isGuessed: false });
}

/** Whether the server has told the time since this phone's clock may have changed. */
export const isClockTold = () => isTold;

/** Whether the clock has gone back, and nobody has told the time since. */
export const isClockGuessed = () => its.isGuessed;

/** Milliseconds since 1970. */
export const now = () => Date.now() + offset_ms;

/** The latest that it is for sure, by which what ends at a time has ended: a clock of which nobody knows ends nothing. */
export const surely = () => (isTold ? now() : Math.min(now(), its.told_ms ?? Infinity));

/** An instant of this phone's clock, such as a position's, put right. */
export const corrected = (device_ms) => device_ms + offset_ms;

/** How wrong this phone's clock is, in milliseconds. */
export const clockError = () => -offset_ms;

/** Of which clock something is that is written down now: how wrong that was as far as it was known, and its run. */
export const stamp = () => ({ clock_error_ms: clockError(), clock_run: its.run, is_time_guessed: its.isGuessed });

/** By how many milliseconds the times of what bears a `stamp` are to be moved; null where nobody knows better. */
export const correction = (stamped) => (isTold ? correctionMs(stamped, its.run, clockError()) : null);

/** Now, as a record carries it: `at`, and the stamp of the clock. Both in one go: the clock may be put right while a record is
 * being made, and then neither must be of before. */
export const moment = () => ({ at: instant(), ...stamp() });

export const instant = (ms = now()) => new Date(ms).toISOString();
