/** What this page asks of the server, and the few things it does. */

import { Problem, ask } from "../parts/problem.js";
import { signInUrl } from "../live/api.js";

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

/** All pages of a list. */
async function all(path) {
  const items = [];
  let cursor = null;
  do {
    const page = await call(`${path}${path.includes("?") ? "&" : "?"}limit=200${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);
    items.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor);
  return items;
}

const post = (url, body) => call(url, { method: "POST", ...(body && { body }) });
const deposit = (id) => `/v1/deposits/${encodeURIComponent(id)}`;
const of = (branch) => `branch=${encodeURIComponent(branch)}`;
const day = (date, branch, what) => `/v1/cash/days/${encodeURIComponent(date)}/${what}?${of(branch)}`;

export const branches = () => call("/v1/branches");
export const deposits = () => all("/v1/deposits?state=in_transit");
export const acknowledge = async (list) => (await post("/v1/deposits/acknowledge", { deposits: list })).items;
export const sendBack = (id, reason) => post(`${deposit(id)}/reject`, { reason });
export const differences = () => all("/v1/cash-differences?open=true");
export const settle = (id, how, note) =>
  post(`/v1/cash-differences/${encodeURIComponent(id)}/settle`, { how, ...(note && { note }) });
export const tills = () => all("/v1/tills");
export const ageing = async () => (await call("/v1/cash/ageing")).items;
export const vaultCounts = async (branch) => (await call(`/v1/cash/vault-counts?${of(branch)}`)).items;
export const countVault = (id, body) =>
  call(`/v1/cash/vault-counts/${encodeURIComponent(id)}`, { method: "PUT", body });
export const confirmCount = (id) => post(`/v1/cash/vault-counts/${encodeURIComponent(id)}/confirm`);
export const remit = (id, body) => call(`/v1/cash/remittances/${encodeURIComponent(id)}`, { method: "PUT", body });
/** The day that it is at a branch, and those that are closed. */
export const days = (branch) => call(`/v1/cash/days?${of(branch)}`);
export const proofs = async (date, branch) => (await call(day(date, branch, "proofs"))).items;
export const balances = async (date, branch) => (await call(day(date, branch, "trial-balance"))).items;
export const close = (date, branch) => post(day(date, branch, "close"));
