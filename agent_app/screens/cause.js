/** Why less was paid than was due: a cause of the branch's list, and what it is in words. */

import { below } from "../facts/values.js";
import { state } from "../state.js";
import { t } from "../texts/texts.js";
import { field, html, nothing } from "./parts.js";

const causes = () => state.day.door?.value_lists.find((list) => list.topic === "cause");

/** Whether there is a list to choose from. */
export const hasCauses = () => Boolean(causes()?.values.length);

/** The fields of a cause: `ui.causeCode` and `ui.causeNote`, in `set`. */
export function causeFields({ ui, set, label }) {
  const list = causes();
  if (!list) return nothing;
  const options = (parent) => below(list, parent, state.day.day).map((value) => {
    const inner = below(list, value.code, state.day.day);
    return inner.length && parent === null
      ? html`<optgroup label=${value.label}>${options(value.code)}</optgroup>`
      : html`<option value=${value.code} ?selected=${ui.causeCode === value.code}>${value.label}</option>`;
  });
  return html`
    ${field({ name: "cause", label, wrong: ui.wrong?.causeCode,
      input: html`<select id="cause" @change=${(event) => set({ causeCode: event.target.value, wrong: null })}>
        <option value="" ?selected=${!ui.causeCode}>${t("choose")}</option>${options(null)}</select>` })}
    ${ui.causeCode ? field({ name: "cause_note", label: t("causeNote"), wrong: ui.wrong?.causeNote,
      input: html`<input id="cause_note" maxlength="1000" autocomplete="off" .value=${ui.causeNote ?? ""} @input=${(event) => set({ causeNote: event.target.value, wrong: null })}>` }) : nothing}`;
}
