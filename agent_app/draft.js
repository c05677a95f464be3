/** What is being entered at a door, kept so that it is there again after the phone has closed the app: a draft for each
 * screen, as one leads to another before it is done (a short payment to a deposit, a sheet to the group's picture). */

import { asKept, value, within } from "./kept/database.js";
import { isOpen } from "./kept/vault.js";
import { state } from "./state.js";

const PAUSE_MS = 250;
const MOST = 6; // the oldest goes
const MOMENTARY = ["isBusy", "problem", "scanRefused", "isLive", "opened", "refused"];
let timer = null;

/** What was being entered when the app was closed, once it is open again. */
export async function loadDrafts() {
  const found = (await value("draft")) ?? [];
  state.drafts = new Map(found.route ? [[found.route, found.ui]] : found); // an older version of the app had one
}

/** What was entered on a screen, by its route. */
export const draftOf = (route) => ({ ...state.drafts.get(route) });

/** Keep the fields of a screen, once the agent pauses. */
export function saveDraft(route, ui) {
  const fields = Object.fromEntries(Object.entries(ui).filter(([name]) => !MOMENTARY.includes(name)));
  state.drafts.delete(route);
  state.drafts = new Map([...state.drafts, [route, fields]].slice(-MOST));
  clearTimeout(timer);
  timer = setTimeout(store, PAUSE_MS);
}

/** The record is written: there is nothing left to be entered. */
export function dropDraft(route) {
  clearTimeout(timer);
  state.drafts.delete(route);
  store();
}

async function store() {
  if (!isOpen()) return;
  const kept = state.drafts.size ? await asKept("draft", [...state.drafts]) : null;
  await within("values", "readwrite", ({ store: values }) => (kept ? values.put(kept, "draft") : values.delete("draft")));
}
