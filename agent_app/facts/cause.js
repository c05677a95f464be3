/** Why less is paid than is due: how a branch asks for it, and what is missing of an answer. Pure.
 *
 * What was `given` is `{causeCode, causeNote}`. */

/** How a branch asks: "required", "asked" or "off". The day of an older server does not say. */
export const causePolicy = (door) => door?.receipt_cause ?? "asked";

/** What is missing of what was given: "causeCode", "causeNote", or null. */
export function missingCause(given, policy) {
  if (!given.causeCode) return policy === "required" ? "causeCode" : null;
  return (given.causeNote ?? "").trim() ? null : "causeNote";
}

/** What was given as a record has it; undefined where nobody said why. */
export const causeOf = ({ causeCode, causeNote }) => (causeCode ? { code: causeCode, note: causeNote.trim() } : undefined);

/** A record's cause, as the screens have it. */
export const givenCause = (cause) => (cause ? { causeCode: cause.code, causeNote: cause.note } : {});
