/** Times of day under the slider. Pure. */

const MINUTE = 60_000;
const STEPS = [5, 15, 30, 60, 120, 180, 360, 720]; // minutes
const LEAST = STEPS[0] * MINUTE;
const APART_PX = 56;

/** The round times of a span that have room in `width` pixels, as instants; `wall` tells an instant's "2026-11-24T11:40". */
export function roundTimes({ begins, ends }, width, wall) {
  const length = Math.max(1, ends - begins);
  const step = STEPS.find((minutes) => ((minutes * MINUTE) / length) * width >= APART_PX) ?? STEPS.at(-1);
  const times = [];
  // Every zone is a number of quarters of an hour from UTC, so its round times are among these.
  for (let at = Math.ceil(begins / LEAST) * LEAST; at <= ends; at += LEAST) {
    const [hours, minutes] = wall(at).slice(11, 16).split(":").map(Number);
    if ((hours * 60 + minutes) % step === 0) times.push(at);
  }
  return times;
}
