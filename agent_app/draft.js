/** What is being entered at a door, kept so that it is there again after the phone has closed the app. */

import { asKept, value, within } from "./kept/database.js";
import { isOpen } from "./kept/vault.js";
import { state } from "./state.js";

const PAUSE_MS = 250;
let timer = null;

/** What was being entered when the app was closed, once it is open again. */
export async function loadDraft() {
  state.draft = await value("draft");
}

/** Keep the fields of a screen, once the agent pauses. */
export function saveDraft(route, ui) {
  const { isBusy, problem, scanRefused, ...fields } = ui;
  state.draft = { route, ui: fields };
  clearTimeout(timer);
  timer = setTimeout(store, PAUSE_MS);
}

/** The record is written: there is nothing left to be entered. */
export function dropDraft() {
  clearTimeout(timer);
  state.draft = undefined;
  store();
}

async function store() {
  if (!isOpen()) return;
  const kept = state.draft && (await asKept("draft", state.draft));
  await within("values", "readwrite", ({ store: values }) => (kept ? values.put(kept, "draft") : values.delete("draft")));
}
