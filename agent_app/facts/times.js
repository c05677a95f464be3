/** Times in what was written down while the phone's clock was wrong. Pure. */

const BACK_MS = 30_000;
const LEAP_MS = 16 * 3_600_000; // longer than a phone is put away for the night

const TIMES = ["device_time", "taken_at", "made_at", "deposited_at", "happened_at", "held_at", "given_at"];

/** Whether the server refused a record for its time. */
export const isAboutTime = (problem) =>
  problem?.type === "/problems/time-not-plausible" || Boolean(problem?.errors?.some((each) => TIMES.includes(each.field)));

/** The day that it is at a branch, by its zone: "2026-11-24". */
export const localDay = (instant, zone) => new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(new Date(instant));

/** An instant so many milliseconds later. */
export const later = (instant, ms) => new Date(Date.parse(instant) + ms).toISOString();

/** Whether a clock that was last seen at `seen_ms` just went on, or may have been set since: it went back, or leapt. */
export const goesOn = (seen_ms, now_ms) => now_ms >= seen_ms - BACK_MS && now_ms <= seen_ms + LEAP_MS;

/** By how many milliseconds the times of a record are to be moved before it goes, now that the server has told in `run` that
 * the clock is `error_ms` wrong. Null where the record's own error is the best that is known: it is of another run, or the
 * difference may have come since, as within a run nothing has that is larger than a leap. A time that was guessed is
 * always known better. */
export function correctionMs({ clock_error_ms = 0, clock_run, is_time_guessed }, run, error_ms) {
  const by_ms = clock_error_ms - error_ms;
  return clock_run === run && (is_time_guessed || Math.abs(by_ms) > LEAP_MS) ? by_ms : null;
}

/** A record's times, in its body and its path (a picture's tells one), moved by so many milliseconds. */
export const moved = ({ body, path, made_at }, ms) => ({ body: movedBody(body, ms), path: movedPath(path, ms), made_at: later(made_at, ms) });

function movedPath(path, ms) {
  const [route, query] = path.split("?");
  const asked = new URLSearchParams(query);
  if (!asked.has("device_time")) return path;
  asked.set("device_time", later(asked.get("device_time"), ms));
  return `${route}?${asked}`;
}

function movedBody(body, ms) {
  const times = TIMES.filter((name) => body[name]).map((name) => [name, later(body[name], ms)]);
  const fix = body.fix && { ...body.fix, captured_at: later(body.fix.captured_at, ms) };
  return { ...body, ...Object.fromEntries(times), ...(fix && { fix }) };
}
