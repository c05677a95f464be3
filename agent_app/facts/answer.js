/** What an answer of the server means for the record that was sent. Pure. */

const LATER = new Set([408, 425, 429, 502, 503, 504]);
const MOST_FAULTS = 6;

/** What becomes of a record: `sent` (the server has it), `later` (send it again), `sign_in` (and then
 * again), or `parked` (only a person can help). `status` 0: no answer came, so nothing is known.
 *
 * A fault of the server's own (500) is tried again a few times; then the record steps aside, so that
 * those behind it are not kept from going. */
export function meaning(status, tries) {
  if (status >= 200 && status < 300) return "sent";
  if (status === 401) return "sign_in";
  if (status === 0 || LATER.has(status)) return "later";
  if (status >= 500) return tries < MOST_FAULTS ? "later" : "parked";
  return "parked";
}

/** Milliseconds to wait after so many tries in a row: up to a minute, anywhere in the upper half, so
 * that phones do not come back all at once. `random` is from 0 to 1. */
export function waitMs(tries, random) {
  const most = Math.min(60_000, 500 * 2 ** Math.min(tries, 10));
  return most / 2 + (most / 2) * random;
}
