/** What the page knows and what is chosen on it; whoever draws listens. */

export const state = {
  branches: [],
  agents: [], // of all branches, with `branch` and `branch_id`
  territories: [], // of all branches today, with `branch_id`, `code` and `name`
  scenarios: [],
  proposals: null,
  proposal: null,
  problem: null,
  agentId: "",
  text: "",
  caseId: null,
  picked: new Set(), // cases that are given away together
  most: 50, // changes listed at once
};

const listeners = new Set();

export const on = (listener) => listeners.add(listener);

export function change(part) {
  Object.assign(state, part);
  for (const listener of listeners) listener(part);
}
