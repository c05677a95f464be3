/** Why what is paid is not what is due: how a branch asks for it, and what is missing of an answer. Pure.
 *
 * What was `given` is `{causeCode, causeNote}`. */

/** How a branch asks: "required", "asked" or "off". The day of an older server does not say. */
export const causePolicy = (door) => door?.receipt_cause ?? "asked";

/** How an amount differs from what is due: "short" of what has fallen due, "over" all that is `open` on the account, due or
 * not; null where it is right. What is paid ahead is an advance, and where nothing is open all is ad hoc. In minor units. */
export function gapOf(amount, { due, open }) {
  if (amount < due) return "short";
  return open > 0 && amount > open ? "over" : null;
}

/** The same of a payment that the office has, by its `answer`. */
export function gapSaid({ amount, advance, suspense, outstanding }) {
  const over = advance.amount_minor + suspense.amount_minor;
  return over > outstanding.amount_minor && amount.amount_minor > over - outstanding.amount_minor ? "over" : "short";
}

/** What is missing of what was given: "causeCode", "causeNote", or null. */
export function missingCause(given, policy) {
  if (!given.causeCode) return policy === "required" ? "causeCode" : null;
  return (given.causeNote ?? "").trim() ? null : "causeNote";
}

/** What was given as a record has it; undefined where nobody said why. */
export const causeOf = ({ causeCode, causeNote }) => (causeCode ? { code: causeCode, note: causeNote.trim() } : undefined);

/** A record's cause, as the screens have it. */
export const givenCause = (cause) => (cause ? { causeCode: cause.code, causeNote: cause.note } : {});
