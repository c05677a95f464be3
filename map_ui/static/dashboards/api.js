/** What this page asks of the server. */

import { Problem, ask } from "../parts/problem.js";
import { signInUrl } from "../live/api.js";
import { parameters } from "./question.js";

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

const query = (asked, more, names = []) => {
  const told = new URLSearchParams({ ...parameters(asked), ...more });
  for (const name of names) told.append("figure", name);
  return told;
};

export const figures = (asked, by, names) => call(`/v1/figures?${query(asked, { by }, names)}`);
export const branches = () => call("/v1/branches");
export const agents = async (branch) => (await call(`/v1/figures/agents?branch=${encodeURIComponent(branch)}`)).items;
export const targets = (month) => call(`/v1/targets/${month}`);
export const costs = (month) => call(`/v1/costs/${month}`);
export const setTargets = (month, items) => call(`/v1/targets/${month}`, { method: "PUT", body: { items } });
export const setCosts = (month, items) => call(`/v1/costs/${month}`, { method: "PUT", body: { items } });
export const subscriptions = async () => (await call("/v1/report-subscriptions")).items;
export const subscribe = (id, body) => call(`/v1/report-subscriptions/${id}`, { method: "PUT", body });
export const unsubscribe = (id) => call(`/v1/report-subscriptions/${id}`, { method: "DELETE" });
export const reports = async () => (await call("/v1/reports?limit=50")).items;
export const reportFile = ({ subscription_id, last_day }) => `/v1/reports/${subscription_id}/${last_day}`;
export const rolls = (asked) => call(`/v1/figures/rolls?${query(asked, {})}`);
/** Where the figures can be saved from; `kind` is "csv", "xlsx" or "pdf". */
export const figuresFile = (asked, by, kind, names) => `/v1/figures.${kind}?${query(asked, { by }, names)}`;

const narrowed = (asked, cursor) => {
  const only = Object.entries({ kind: asked.kind, state: asked.state, search: asked.search, cursor });
  return query(asked, Object.fromEntries(only.filter(([, value]) => value)));
};

export const transactions = (asked, cursor) => call(`/v1/transactions?${narrowed(asked, cursor)}`);
/** Where all that are asked for can be saved from; `kind` is "csv" or "xlsx". */
export const transactionsFile = (asked, kind) => `/v1/transactions.${kind}?${narrowed(asked)}`;
