/** What an agent's round asks of him now. Pure. */

const DONE = new Set(["verified", "probable", "unverified"]);

/** Whether a stop is behind the agent: by the server, or by this phone's own records. */
export const isDone = (stop, soFar) => DONE.has(stop.status) || Boolean(soFar?.is_visited);

/** The first stop still to make, or null. */
export const nextStop = (round, casesById) =>
  round?.stops.find((stop) => !isDone(stop, casesById.get(stop.case_id))) ?? null;

/** How a re-planned round differs: stops `added`, `dropped` and `moved`; null where none does. */
export function difference(before, after) {
  if (!before || !after || before.revision === after.revision) return null;
  const had = new Map(before.stops.map((stop) => [stop.case_id, stop]));
  const has = new Map(after.stops.map((stop) => [stop.case_id, stop]));
  const rest = (stops, among) => stops.filter((stop) => among.has(stop.case_id)).map((stop) => stop.case_id);
  const order = rest(before.stops, has);
  const moved = rest(after.stops, had).filter((caseId, at) => order[at] !== caseId);
  const found = {
    added: after.stops.filter((stop) => !had.has(stop.case_id)),
    dropped: before.stops.filter((stop) => !has.has(stop.case_id)),
    moved: moved.map((caseId) => has.get(caseId)),
  };
  return Object.values(found).some((stops) => stops.length) ? found : null;
}

/** Whether a customer may be visited at an instant, and until or from when:
 * `{is_open, until, next_at}`; `next_at` is null where it is not any more today. */
export function openAt(entry, now_ms) {
  for (const { opens_at, closes_at } of entry.hours) {
    if (now_ms < Date.parse(opens_at)) return { is_open: false, next_at: opens_at };
    if (now_ms < Date.parse(closes_at)) return { is_open: true, until: closes_at };
  }
  return { is_open: false, next_at: null };
}
