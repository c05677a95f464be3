/** Modes of payment: their names, and what each must come with. The rules are the server's; they come with the day. */

import { wrongFields } from "../facts/mode.js";
import { state } from "../state.js";
import { hasText, t } from "../texts/texts.js";
import { date } from "../texts/told.js";
import { field, html, nothing } from "./parts.js";

const oneOf = (names, otherwise) => {
  const known = names.find(hasText);
  return known ? t(known) : otherwise;
};

export const modeName = (code) => oneOf([`mode_${code}`], code);

export const detailName = (name) => oneOf([`detail_${name}`], name);

/** What a mode's reference must be, in words: where a country has its own kind, in its words. */
export const referenceHint = (mode) => oneOf([`reference_${mode.code}_${state.day.country}`, `reference_${mode.code}`], mode.expected);

/** What is wrong with what was given for a mode, by field: `reference`, `detail_bank`, … */
export function wrongWithMode(mode, given) {
  const words = (name) => {
    if (name === "reference") return referenceHint(mode);
    return oneOf([`asks_${name}`], mode.details.find((each) => each.name === name).expected);
  };
  return Object.fromEntries(wrongFields(mode, given).map((name) => [name === "reference" ? name : `detail_${name}`, words(name)]));
}

const isDay = (name) => name.endsWith("_on");

/** What a payment was made by, in one line: its mode, reference and details. */
export const modeLine = (code, reference, details) =>
  [modeName(code), reference, ...Object.entries(details ?? {}).map(([name, value]) => (isDay(name) ? date(value) : value))].filter(Boolean).join(" · ");

/** The fields of a mode: its reference and its details, in `given`, ids ending in `its`. */
export function modeFields({ mode, given, wrong, set, its = "" }) {
  const asked = [
    ...(mode.reference ? [{ name: "reference", label: t("reference"), hint: referenceHint(mode), pattern: mode.reference }] : []),
    ...(mode.details ?? []).map((each) => ({ name: `detail_${each.name}`, label: detailName(each.name), hint: each.is_required ? "" : t("optional"), pattern: each.pattern, isDate: isDay(each.name) })),
  ];
  if (!asked.length) return nothing;
  return asked.map(({ name, label, hint, pattern, isDate }) => field({ name: name + its, label, hint, wrong: wrong?.[name],
    input: html`<input id=${name + its} type=${isDate ? "date" : "text"} autocomplete="off" inputmode=${/^(\\d(\{[\d,]+\})?)+$/.test(pattern) ? "numeric" : nothing}
      aria-invalid=${Boolean(wrong?.[name])} .value=${given[name] ?? ""} @input=${(event) => set({ [name]: event.target.value })}>` }));
}
