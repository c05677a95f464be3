/** The words of this page. Pure. */

import { t } from "../parts/texts.js";

export const ORIGINS = { sheet: t("Spreadsheet"), scenario: t("Scenario"), city_run: t("City run") };

/** A state: its word, its tone, its sign. */
export const STATES = {
  open: [t("Open"), "visiting", "circle"],
  published: [t("Published"), "verified", "check"],
  discarded: [t("Put aside"), "planned", "cross"],
  undone: [t("Undone"), "probable", "warning"],
};

export const OUTCOMES = {
  moved: t("moved"),
  left_out: t("left out"),
  returned: t("returned"),
  kept: t("stayed: somebody had moved it since"),
};

export const nameOf = (id, name) => name ?? (id === null ? t("nobody") : t("an agent of another branch"));

/** "Ana to Ben" */
export const fromTo = (change) =>
  t("{from} to {to}", { from: nameOf(change.from_id, change.from_name), to: nameOf(change.to_id, change.to_name) });

export const titleOf = (change) => [change.customer, change.account].filter(Boolean).join(", ") || t("A case");

/** Changes that a filter leaves: of an agent, who gives or gets, and with these letters. */
export function filtered(changes, { agentId, text }) {
  const wanted = text.trim().toLocaleLowerCase();
  return changes.filter(
    (change) =>
      (!agentId || change.from_id === agentId || change.to_id === agentId) &&
      (!wanted || `${titleOf(change)} ${fromTo(change)}`.toLocaleLowerCase().includes(wanted)),
  );
}

/** Agents who give or get, by name, with how many. */
export function agentsOf(changes) {
  const found = new Map();
  const count = (id, name, what) => {
    if (id === null) return;
    const agent = found.get(id) ?? { id, name: nameOf(id, name), gets: 0, gives: 0 };
    agent[what] += 1;
    found.set(id, agent);
  };
  for (const change of changes) {
    count(change.from_id, change.from_name, "gives");
    count(change.to_id, change.to_name, "gets");
  }
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
}
