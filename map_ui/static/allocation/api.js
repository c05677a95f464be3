/** What this page asks, and what it has done. */

import { Problem, ask } from "../parts/problem.js";

const signInUrl = () => document.querySelector("[data-sign-in]").dataset.signIn;

/** As `ask`, but a session that has ended leads to the sign-in page and back here. */
async function call(url, options) {
  try {
    return await ask(url, options);
  } catch (problem) {
    if (problem instanceof Problem && problem.status === 401) {
      location.assign(`${signInUrl()}?next=${encodeURIComponent(location.pathname + location.search)}`);
    }
    throw problem;
  }
}

const one = (id) => `/v1/assignment-proposals/${encodeURIComponent(id)}`;
const seen = ({ revision }) => ({ "If-Match": `"${revision}"` });

export const branches = () => call("/v1/branches");
export const agentsOf = (code) => call(`/v1/branches/${encodeURIComponent(code)}/agents`);
export const territoriesOf = (code) => call(`/v1/branches/${encodeURIComponent(code)}/territories.geojson`);
export const scenarios = () => call("/v1/scenarios?limit=20");
export const proposals = () => call("/v1/assignment-proposals?limit=100");
export const proposal = (id) => call(one(id));
export const edits = (id) => call(`${one(id)}/edits`);
export const makeScenario = (body, key) =>
  call("/v1/scenarios", { method: "POST", body, headers: { "Idempotency-Key": key } });
export const give = (of, caseId, body) =>
  call(`${one(of.id)}/changes/${encodeURIComponent(caseId)}`, { method: "PUT", body, headers: seen(of) });
export const keep = (of, caseId) =>
  call(`${one(of.id)}/changes/${encodeURIComponent(caseId)}`, { method: "DELETE", headers: seen(of) });
export const publish = (of, skip_overtaken) =>
  call(`${one(of.id)}/publish`, { method: "POST", body: { skip_overtaken }, headers: seen(of) });
export const undo = (of) => call(`${one(of.id)}/undo`, { method: "POST" });
export const discard = (of) => call(`${one(of.id)}/discard`, { method: "POST" });
