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

/** What the page looks at again by itself. */
const shown = new Map();
const look = (url) => call(url, { shown });

/** All pages of a list. */
async function all(path) {
  const items = [];
  let cursor = null;
  do {
    const page = await look(`${path}${path.includes("?") ? "&" : "?"}limit=200${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);
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
/** A page of those that are settled, found from a day until another where these are told. */
export const settled = ({ since, until }, cursor) =>
  call(`/v1/cash-differences?${new URLSearchParams(Object.entries({ open: "false", since, until, cursor }).filter(([, value]) => value))}`);
export const settle = (id, how, note) =>
  post(`/v1/cash-differences/${encodeURIComponent(id)}/settle`, { how, ...(note && { note }) });
export const tills = () => all("/v1/tills");
export const handovers = async () => (await look("/v1/cash/handovers")).items;
export const falseNotes = async () => (await look("/v1/cash/counterfeit-notes")).items;
export const ageing = async () => (await look("/v1/cash/ageing")).items;
export const vaultCounts = async (branch) => (await look(`/v1/cash/vault-counts?${of(branch)}`)).items;
export const countVault = (id, body) =>
  call(`/v1/cash/vault-counts/${encodeURIComponent(id)}`, { method: "PUT", body });
export const confirmCount = (id) => post(`/v1/cash/vault-counts/${encodeURIComponent(id)}/confirm`);
export const remit = (id, body) => call(`/v1/cash/remittances/${encodeURIComponent(id)}`, { method: "PUT", body });
/** The day that it is at a branch, and those that are closed. */
export const days = (branch) => look(`/v1/cash/days?${of(branch)}`);
export const proofs = async (date, branch) => (await look(day(date, branch, "proofs"))).items;
export const balances = async (date, branch) => (await look(day(date, branch, "trial-balance"))).items;
export const left = async (date, branch) => (await look(day(date, branch, "open"))).items;
export const close = (date, branch) => post(day(date, branch, "close"));

export const me = () => call("/v1/me");
const sought = (words) => encodeURIComponent(words);
export const payers = (words) => call(`/v1/cash/payers?q=${sought(words)}`);
export const takePayment = (id, body) => call(`/v1/cash/receipts/${id}`, { method: "PUT", body });
export const enterPaper = (id, body) => call(`/v1/cash/paper-receipts/${id}`, { method: "PUT", body });
const book = (id) => `/v1/cash/receipt-books/${encodeURIComponent(id)}`;
export const books = async () => (await look("/v1/cash/receipt-books?limit=200")).items;
export const issueBook = (id, body) => call(book(id), { method: "PUT", body });
export const accountForLeaf = (id, number, body) => call(`${book(id)}/leaves/${number}`, { method: "PUT", body });
export const takeBookBack = (id, blank_from) => post(`${book(id)}/return`, { blank_from });
export const receipts = async (words) => (await call(`/v1/cash/receipts?q=${sought(words)}`)).items;
export const receiptPdf = (id) => `/v1/receipts/${encodeURIComponent(id)}.pdf`;
export const reversals = () => all("/v1/receipt-reversals?open=true");
export const askReversal = (id, body) => call(`/v1/receipt-reversals/${id}`, { method: "PUT", body });
export const decideReversal = (id, deed) => post(`/v1/receipt-reversals/${encodeURIComponent(id)}/${deed}`);
export const refunds = () => all("/v1/refunds?open=true");
export const owed = async (words) => (await call(`/v1/refunds/owed${words ? `?q=${sought(words)}` : ""}`)).items;
export const askRefund = (id, body) => call(`/v1/refunds/${id}`, { method: "PUT", body });
export const payRefund = (id, reference) => post(`/v1/refunds/${encodeURIComponent(id)}/pay`, { ...(reference && { reference }) });
export const declineRefund = (id) => post(`/v1/refunds/${encodeURIComponent(id)}/decline`);
/** Whom files go to, the files that went, and what was answered. */
const target = (id) => `/v1/export-targets/${encodeURIComponent(id)}`;
export const targets = async () => (await look("/v1/export-targets")).items;
export const addTarget = (id, body) => call(target(id), { method: "PUT", body });
export const closeTarget = (id) => post(`${target(id)}/close`);
export const makeFile = (id) => post(`${target(id)}/files`);
export const filesOf = async (id) => (await look(`/v1/export-files?target_id=${encodeURIComponent(id)}&limit=20`)).items;
export const fileContent = (id) => `/v1/export-files/${encodeURIComponent(id)}/content`;
export const rejectedOf = async (id) => (await look(`${target(id)}/lines?state=rejected&limit=100`)).items.filter((line) => !line.resend_at);
export const sendAgain = (fileId, line) => post(`/v1/export-files/${encodeURIComponent(fileId)}/lines/${line}/resend`);
export const takeAnswers = (id, content) => call(`${target(id)}/answers`, { method: "POST", content });
