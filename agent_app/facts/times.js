/** Times in what was written down while the phone's clock was wrong. Pure. */

const TIMES = ["device_time", "taken_at", "made_at", "deposited_at", "happened_at", "held_at", "given_at"];

/** Whether the server refused a record for its time. */
export const isAboutTime = (problem) =>
  problem?.type === "/problems/time-not-plausible" || Boolean(problem?.errors?.some((each) => TIMES.includes(each.field)));

/** The day that it is at a branch, by its zone: "2026-11-24". */
export const localDay = (instant, zone) => new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(new Date(instant));

const later = (instant, ms) => new Date(Date.parse(instant) + ms).toISOString();

/** A record's body and its path (a picture's tells the time) with their times moved by so many milliseconds. */
export const moved = ({ body, path }, ms) => ({ body: movedBody(body, ms), path: movedPath(path, ms) });

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
