/** Whose customers are shown, on the round and on the map. */

import { sectionsOf } from "../facts/section.js";
import { state } from "../state.js";
import { t } from "../texts/texts.js";
import { minor } from "../texts/told.js";
import { html } from "./parts.js";

/** `{chips, shown}`: sections to choose from, each with its count and amount, and the customers of the chosen one. */
export function sections({ set }) {
  const all = sectionsOf(state.cases, state.stops, state.day.day);
  const chosen = state.section ?? (state.day.round ? "all" : "others");
  const choose = (name) => {
    state.section = name; // stays until the app is closed: back from a customer, the same ones are there
    set({});
  };
  const chips = html`<div class="chips" role="group">
    ${all.filter(({ name, cases }) => cases.length || name === chosen).map(({ name, cases, minor: its }) => html`
      <button class="chip" aria-pressed=${name === chosen} data-testid="section-${name}" @click=${() => choose(name)}>
        ${t(`section_${name}`)} <b>${cases.length}</b> ${minor(its)}</button>`)}
  </div>`;
  return { chips, shown: all.find(({ name }) => name === chosen).cases };
}
