/** What this page asks of the server, and the few things it does. */

import { newId } from "../parts/new_id.js";
import { Problem, ask } from "../parts/problem.js";
import { t } from "../parts/texts.js";
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

const account = (id) => `/v1/bank-accounts/${encodeURIComponent(id)}`;
const match = (id) => `/v1/matches/${encodeURIComponent(id)}`;
const line = (id) => `/v1/statement-lines/${encodeURIComponent(id)}`;

export const accounts = async () => (await call("/v1/bank-accounts")).items;
export const branches = () => call("/v1/branches");
export const addAccount = (body) => call(account(newId()), { method: "PUT", body });
export const keepAccount = ({ id, number, name, currency, csv_profile }) => call(account(id), { method: "PUT", body: { number, name, currency, csv_profile } });
export const openItems = (id) => call(`${account(id)}/open-items?limit=2000`);
export const matches = async (id, state) => (await call(`${account(id)}/matches?state=${state}&limit=500`)).items;
export const matchAgain = (id) => call(`${account(id)}/match`, { method: "POST" });
export const confirm = (id) => call(`${match(id)}/confirm`, { method: "POST", body: {} });
export const undo = (id, because) => call(`${match(id)}/undo`, { method: "POST", body: { because } });
export const byHand = (body) => call(match(newId()), { method: "PUT", body });
export const mark = (id, kind, reason) => call(`${line(id)}/mark`, { method: "PUT", body: { kind, reason } });
export const setAside = async (id) => (await call(`${account(id)}/set-aside?limit=500`)).items;
export const unmark = (id, because) => call(`${line(id)}/unmark`, { method: "POST", body: { because } });
export const takeBack = (id, because) => call(`/v1/statement-files/${encodeURIComponent(id)}/take-back`, { method: "POST", body: { because } });
export const files = async () => (await call("/v1/statement-files")).items;
/** Where the open items can be saved from; `kind` is "xlsx" or "csv". */
export const openItemsFile = (id, kind) => `${account(id)}/open-items.${kind}`;

/** How a CSV file would be read. */
export const tryCsv = (content, accountId, profile, balances) =>
  posted("/v1/statement-files/preview", content, { bank_account_id: accountId, csv_profile: JSON.stringify(profile), ...balances });

/** Send a file, with its `balances` where it has no column for them; `told` hears which share of it has left. */
export const send = (content, accountId, balances, told) =>
  posted("/v1/statement-files", content, { ...(accountId && /\.(csv|txt)$/i.test(content.name) && { bank_account_id: accountId }), ...balances }, told);

/** Answers like `ask`. */
function posted(url, content, parts, told = () => {}) {
  const form = new FormData();
  form.append("file", content);
  for (const [name, value] of Object.entries(parts)) form.append(name, value);
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.responseType = "json";
    request.upload.onprogress = (event) => event.lengthComputable && told(event.loaded / event.total);
    request.onload = () => {
      if (request.status < 300) done(request.response);
      else failed(new Problem({ title: t("The server answered {status}", { status: request.status }), ...request.response, status: request.status }));
    };
    request.onerror = () => failed(new Problem({ title: t("The server cannot be reached. Nothing was saved") }));
    request.send(form);
  });
}
