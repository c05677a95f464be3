/** Lists of values: what can be chosen for a contact and for a cause, and what a choice asks. Pure.
 *
 * The rules are those of the server (collection/field_notes/disposition.py), so that the phone asks at the door for
 * what the server would. */

const OBLIGED = ["customer", "co_borrower", "guarantor"];
const OTHERS = ["spouse", "relative", "neighbor", "colleague", "other"];

/** Most days ahead that a next action may be. */
export const MOST_DAYS = 90;

export const KINDS = ["visit", "call", "message", "letter", "await_payment", "check_address", "supervisor", "legal"];

/** The values below a code (null: the topmost) that can be chosen on a day such as "2026-11-24". */
export const below = (list, parent, day) =>
  (list?.values ?? []).filter((each) => each.parent === parent
    && (!each.active_from || each.active_from <= day) && (!each.active_until || day <= each.active_until));

/** What a value is called in a language: where its list does not tell, as whoever made the list calls it. */
export const labelIn = (value, language) => value.labels?.[language] ?? value.label;

/** Whom a contact can have been with, by whom it reaches. */
export const personsFor = (reaches) => ({ customer: OBLIGED, other: OTHERS })[reaches] ?? [];

/** The values chosen by their codes, down the tree, as far as they are in the list. */
export function chosen(list, codes, day) {
  const found = [];
  for (const code of codes) {
    const value = below(list, found.at(-1)?.code ?? null, day).find((each) => each.code === code);
    if (!value) break;
    found.push(value);
  }
  return found;
}

/** What a choice asks to be said beside it, as a set: "assessment", "cause", "note", "promise". */
export const asked = (values) => new Set(values.flatMap((each) => each.asks));

/** Codes that the outcome of a visit suggests, as shipped; a branch's own list may lack them. */
export const SUGGESTED = {
  paid: ["met_customer", "paid"],
  part_paid: ["met_customer", "paid_part"],
  promised: ["met_customer", "promised"],
  refused: ["met_customer", "refused"],
  not_home: ["met_nobody"],
  door_locked: ["met_nobody", "no_access"],
  moved: ["met_nobody", "nobody_moved"],
  third_party: ["met_other"],
};

/** The kind of next action that a result suggests. */
export const NEXT_AFTER = { paid_part: "visit", promised: "await_payment", refused: "supervisor", nobody_moved: "check_address", address_not_found: "check_address", other_moved: "check_address" };

/** What is missing of a follow-up, by field; empty when the server will take it. `given` has the codes and what was
 * said beside them; `day` is today, `last` the last day for a next action. */
export function missingOf(given, list, day, last, hasPromise) {
  const values = chosen(list, [given.contact, given.result, given.reason], day);
  const missing = new Set();
  if (!values.length) missing.add("contact");
  else if (values.length < 2) missing.add("result");
  else if (values.length < 3 && below(list, values[1].code, day).length) missing.add("reason");
  if (personsFor(values[0]?.reaches).length && !personsFor(values[0].reaches).includes(given.person)) missing.add("person");
  const asks = asked(values);
  if (asks.has("assessment") && !(given.intent && given.ability)) missing.add("assessment");
  if (asks.has("note") && !given.note) missing.add("note");
  if (asks.has("cause") && !given.causeCode) missing.add("causeCode");
  if (asks.has("cause") && !given.causeNote) missing.add("causeNote");
  if (asks.has("promise") && !hasPromise) missing.add("promise");
  if (!KINDS.includes(given.nextKind)) missing.add("nextKind");
  if (!(given.nextOn >= day && given.nextOn <= last)) missing.add("nextOn");
  return missing;
}
