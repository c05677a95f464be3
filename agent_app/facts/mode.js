/** What a mode of payment must come with, by the rules that the server sent with the day. Pure.
 *
 * What was `given` is `{reference, detail_bank, …}`; a mode has the whole `reference` pattern, and `details` with a
 * `name`, a `pattern` and whether each `is_required`. */

const fits = (pattern, value) => new RegExp(`^(?:${pattern})$`).test(value);
const of = (given, name) => (given[name] ?? "").trim();

/** The details that were given, by their names. */
export const detailsOf = (mode, given) => Object.fromEntries((mode.details ?? [])
  .map(({ name }) => [name, of(given, `detail_${name}`)]).filter(([, value]) => value));

/** The reference that was given; null for a mode that has none. */
export const referenceOf = (mode, given) => (mode.reference ? of(given, "reference") : null);

/** What is missing, or not of its kind: "reference" and the names of details. */
export function wrongFields(mode, given) {
  const details = detailsOf(mode, given);
  const wrong = (mode.details ?? []).filter(({ name, pattern, is_required }) => (details[name] ? !fits(pattern, details[name]) : is_required));
  return [...(mode.reference && !fits(mode.reference, of(given, "reference")) ? ["reference"] : []), ...wrong.map(({ name }) => name)];
}

/** What was given, of a record's `mode_reference` and `mode_details`. */
export const givenMode = ({ mode_reference, mode_details }) => ({
  reference: mode_reference ?? "", ...Object.fromEntries(Object.entries(mode_details ?? {}).map(([name, value]) => [`detail_${name}`, value])),
});
