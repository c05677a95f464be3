/** The few questions this page asks, and the few things it does. */

import { Problem, ask } from "../parts/problem.js";

export const signInUrl = () => document.querySelector("[data-sign-in]").dataset.signIn;

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

/** A key that lets the server see that a repeated request is the same one. */
export function idempotencyKey() {
  // crypto.randomUUID is missing on plain http away from localhost.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const agent = (id) => `/v1/agents/${encodeURIComponent(id)}`;
const idempotent = (key) => ({ method: "POST", headers: { "Idempotency-Key": key } });

export const snapshot = () => call("/v1/live/snapshot");
export const fences = () => call("/v1/live/fences");
/** The territories of today, a collection for each of the viewer's branches. */
export async function territories() {
  const branches = await call("/v1/branches");
  return Promise.all(branches.map(({ code }) => call(`/v1/branches/${encodeURIComponent(code)}/territories.geojson`)));
}
export const round = (id) => call(`${agent(id)}/round`);
/** The offer that is open for an agent, or null. */
export const offer = async (id) => (await call(`/v1/round-offers?agent_id=${encodeURIComponent(id)}`)).items[0] ?? null;
export const decide = (offerId, decision) =>
  call(`/v1/round-offers/${encodeURIComponent(offerId)}/decision`, { method: "PUT", body: { decision } });
/** When an agent's stops are expected now. */
export const etas = (id) => call(`${agent(id)}/round/etas`);
export const trail = (id) => call(`${agent(id)}/trail`);
/** Where a trail can be saved from; `kind` is "gpx" or "geojson". */
export const trailFile = (id, kind) => `${agent(id)}/trail.${kind}`;
/** A day of an agent ("2026-11-24") to play again. */
export const replay = (id, day) => call(`${agent(id)}/replay?day=${encodeURIComponent(day)}`);
/** The visits of an agent for a case on a day, the newest first. */
export const visitsOf = async (id, caseId, day) =>
  (await call(`/v1/visits?agent_id=${encodeURIComponent(id)}&case_id=${encodeURIComponent(caseId)}&day=${encodeURIComponent(day)}`)).items;
export const health = (id) => call(`${agent(id)}/health`);
export const endPanic = (id, note) =>
  call(`/v1/panics/${encodeURIComponent(id)}/end`, { method: "POST", body: { note } });
/** Take an alert on; `note` says what is done about it, or is empty. */
export const acknowledge = (id, note = "") =>
  call(`/v1/alerts/${encodeURIComponent(id)}/acknowledge`, { ...idempotent(idempotencyKey()), ...(note && { body: { note } }) });
export const unavailable = (id, reason, key) =>
  call(`${agent(id)}/unavailable`, { ...idempotent(key), body: { reason } });
/** What was decided when an agent dropped out today. */
export const absence = (id) => call(`${agent(id)}/unavailable?foresee=false`);
/** The same; of an agent at work, what would be decided. */
export const foresee = (id) => call(`${agent(id)}/unavailable`);
export const giveBack = (id, key) => call(`${agent(id)}/return`, idempotent(key));
export const pushKey = () => call("/v1/push/key");
export const pushSubscriptions = () => call("/v1/push/subscriptions");
export const subscribePush = (body) => call("/v1/push/subscriptions", { method: "POST", body });
export const unsubscribePush = (id) =>
  call(`/v1/push/subscriptions/${encodeURIComponent(id)}`, { method: "DELETE" });
export const signOut = () => call("/v1/sign-out", { method: "POST" });
export const eventsUrl = (lastEventId) =>
  `/v1/live/events?last_event_id=${encodeURIComponent(lastEventId)}`;
