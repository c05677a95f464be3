/** The day as the server knew it, with what this phone has done since. Pure. */

const minor = (record) => record.body.amount.amount_minor;
const of = (records, kind) => records.filter((record) => record.kind === kind);
const sum = (records) => records.reduce((total, record) => total + minor(record), 0);

/** Records that the day does not show yet: made or sent since it was downloaded. */
const since = (records) => records.filter((record) => !record.in_day && record.state !== "dropped");

/** The payments that records tell of: a receipt by itself, and those on the sheet of a center. */
export const paymentsIn = (records) => records.flatMap((record) => {
  if (record.kind === "receipt") return [record.body];
  return record.kind === "center_meeting" ? record.body.members.flatMap((member) => member.receipts) : [];
});

const paid = (payments) => payments.reduce((total, payment) => total + payment.amount.amount_minor, 0);
const isCash = (payment) => payment.mode === "cash";

/** What is left of the room that the server keeps free for this phone, in minor units. */
export function leaseLeft(lease, records, now_ms) {
  if (!lease?.prefix || now_ms >= Date.parse(lease.expires_at)) return 0;
  const under = paymentsIn(records.filter((record) => record.state !== "dropped")).filter((payment) => payment.offline?.lease_id === lease.id);
  return Math.max(0, lease.left_minor - paid(under));
}

/** Handovers of the day that only one phone has told the server of: `given`, gone from this agent's hands, and
 * `taken`, in them; and `asked`, which a colleague's phone says came from this agent, and this phone does not know of.
 * What this phone has not sent yet, or sent since, is not among them. */
export function openHandovers(day, records) {
  const fresh = new Set(since(records).map((record) => record.id));
  const { items = [], takings = [] } = day?.handovers ?? {};
  const is_old = (each) => !fresh.has(each.id);
  return {
    given: items.filter((each) => each.state === "offered" && each.given_at && each.giver_id === day.agent_id && is_old(each)),
    taken: takings.filter((each) => each.taker_id === day.agent_id && is_old(each)),
    asked: takings.filter((each) => each.giver_id === day.agent_id && ![...items, ...records].some((its) => its.id === each.id)),
  };
}

const amounts = (handovers) => handovers.reduce((total, each) => total + each.amount.amount_minor, 0);

/** The till with what waits, or null without one. `headroom_minor` is the most that one more payment in
 * cash may be: under the lease, or in what else is free (`free_minor`), as after a deposit; never above the limit.
 * `blocked_for` says why nothing may be taken until cash is handed over, which this phone has not done since. `open` are
 * handovers of which the server knows one side. */
export function tillSoFar(day, records, lease, now_ms) {
  if (!day?.till) return null;
  const { in_hand, reserved, pending, limit } = day.till;
  const fresh = since(records);
  const open = openHandovers(day, records);
  const came = paid(paymentsIn(fresh).filter(isCash)) + sum(of(fresh, "handover_taking")) + amounts(open.taken);
  const went = sum(of(fresh, "deposit")) + sum(of(fresh, "handover")) + amounts(open.given);
  const in_hand_minor = in_hand.amount_minor + came - went;
  const leased_minor = leaseLeft(lease, records, now_ms);
  const reserved_minor = lease ? leased_minor : reserved.amount_minor;
  const free_minor = Math.max(0, limit.amount_minor - in_hand_minor - reserved_minor - (pending?.amount_minor ?? 0));
  const blocked_for = went ? null : (day.till.blocked_for ?? null);
  return {
    currency: limit.currency,
    blocked_for,
    in_hand_minor,
    limit_minor: limit.amount_minor,
    leased_minor,
    free_minor,
    headroom_minor: blocked_for ? 0 : Math.max(0, Math.min(Math.max(leased_minor, free_minor), limit.amount_minor - in_hand_minor)),
    open,
  };
}

/** A case with what waits: what is `due_minor`, what was `paid_minor` today on this phone, the last
 * promise, the `pin` of a door that was on no map, what can be paid `ahead` of holidays, and the visit that goes on. */
export function caseSoFar(entry, records, ahead = []) {
  const own = records.filter((record) => record.case_id === entry.case.id && record.state !== "dropped");
  const fresh = since(own);
  const came_in = paid(paymentsIn(since(records)).filter((payment) => payment.case_id === entry.case.id));
  const promised = of(fresh, "promise").at(-1);
  const left = new Set(of(own, "check_out").map((record) => record.body.check_in_id));
  const visits = of(own, "check_in");
  return {
    ...entry,
    due_minor: Math.max(0, entry.case.outstanding.amount_minor - came_in),
    overdue_minor: Math.max(0, entry.case.overdue.amount_minor - came_in),
    promise: promised ? { amount: promised.body.amount, due_on: promised.body.due_on } : entry.case.promise,
    visit: visits.filter((record) => !left.has(record.id)).at(-1) ?? null,
    pin: of(own, "address_pin").at(-1) ?? null,
    is_visited: visits.some((record) => left.has(record.id)),
    advance: came_in ? [] : ahead.filter((due) => due.case_id === entry.case.id),
    needs_follow_up: needsFollowUp(own),
    has_form: entry.has_form || of(own, "picture").some((record) => record.body.kind === "car_form"),
    records: own,
  };
}

/** A case's dues that are still open, each with what is left of it, in minor units. What came in on this phone has paid the
 * oldest of all first. */
export function openDues({ demands, case: its, due_minor }) {
  let came_in = its.outstanding.amount_minor - due_minor;
  const dues = demands.map(({ due_on, unpaid }) => {
    const paid_minor = Math.min(came_in, unpaid.amount_minor);
    came_in -= paid_minor;
    return { due_on, left_minor: unpaid.amount_minor - paid_minor };
  });
  return dues.filter((due) => due.left_minor);
}

/** What is unpaid of a case's dues of these days (the first and the last, such as "2026-11-23"), in minor units. */
export const dueBetween = (its, first, last) =>
  openDues(its).filter(({ due_on }) => first <= due_on && due_on <= last).reduce((total, due) => total + due.left_minor, 0);

/** Whether a visit of this phone ended in a way that asks what comes next, and nobody has said so since. */
function needsFollowUp(own) {
  const left = of(own, "check_out").at(-1);
  if (!left || left.body.outcome === "paid") return false;
  const arrived = own.find((record) => record.id === left.body.check_in_id);
  const since_then = own.filter((record) => record.seq > (arrived?.seq ?? 0));
  // A payment says what came of it, and so does a promise, with the day on which it is due.
  const is_said = since_then.some((record) => record.seq < left.seq && ["receipt", "promise"].includes(record.kind));
  return !is_said && !of(since_then, "disposition").length;
}

/** What came of a visit, by what was recorded in it; null where only the agent knows. */
export function likelyOutcome(soFar) {
  const during = soFar.records.filter((record) => soFar.visit && record.seq > soFar.visit.seq);
  if (of(during, "receipt").length) return soFar.overdue_minor > 0 ? "part_paid" : "paid";
  return of(during, "promise").length ? "promised" : null;
}

/** The open visit of this phone, wherever it is; null without one. */
export function openVisit(records) {
  const kept = records.filter((record) => record.state !== "dropped");
  const left = new Set(of(kept, "check_out").map((record) => record.body.check_in_id));
  return of(kept, "check_in").filter((record) => !left.has(record.id)).at(-1) ?? null;
}
