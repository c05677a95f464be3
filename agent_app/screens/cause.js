/** Why what was paid is not what was due: a cause of the branch's list, and what it is in words. */

import { causePolicy, missingCause } from "../facts/cause.js";
import { below, labelIn } from "../facts/values.js";
import { state } from "../state.js";
import { spoken, t } from "../texts/texts.js";
import { field, html, nothing } from "./parts.js";

const WORDS = { causeCode: "causeNeeded", causeNote: "causeNoteMissing" };

const causes = () => state.day.door?.value_lists.find((list) => list.topic === "cause");

/** Whether the branch wants to hear why what is paid is not what is due. */
export const asksForCauses = () => causePolicy(state.day.door) !== "off" && Boolean(causes()?.values.length);

/** What is wrong with what was given, by field. */
export function wrongWithCause(given) {
  const missing = missingCause(given, causePolicy(state.day.door));
  return missing ? { [missing]: t(WORDS[missing]) } : {};
}

/** The fields of a cause: `given.causeCode` and `given.causeNote`, what is `wrong` with them by the same names. */
export function causeFields({ given, wrong, set, label, name = "cause" }) {
  const list = causes();
  if (!list) return nothing;
  const options = (parent) => below(list, parent, state.day.day).map((value) => {
    const inner = below(list, value.code, state.day.day);
    const label = labelIn(value, spoken());
    return inner.length && parent === null
      ? html`<optgroup label=${label}>${options(value.code)}</optgroup>`
      : html`<option value=${value.code} ?selected=${given.causeCode === value.code}>${label}</option>`;
  });
  return html`
    ${field({ name, label, wrong: wrong?.causeCode,
      input: html`<select id=${name} aria-invalid=${Boolean(wrong?.causeCode)} @change=${(event) => set({ causeCode: event.target.value })}>
        <option value="" ?selected=${!given.causeCode}>${t("choose")}</option>${options(null)}</select>` })}
    ${given.causeCode ? field({ name: `${name}_note`, label: t("causeNote"), wrong: wrong?.causeNote,
      input: html`<input id="${name}_note" maxlength="1000" autocomplete="off" .value=${given.causeNote ?? ""} @input=${(event) => set({ causeNote: event.target.value })}>` }) : nothing}`;
}
