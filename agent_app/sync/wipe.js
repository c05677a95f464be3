/** A phone that the office has given up: hands in what it has not sent, then erases itself. */

import { changed, keep, value, within } from "../kept/database.js";
import { forgetRead, isUnsent, unsentKinds } from "../kept/outbox.js";
import { toText } from "../kept/seal.js";
import * as vault from "../kept/vault.js";
import { ask } from "./api.js";
import { LOCK } from "./flush.js";

/** Of what is handed in at once: little enough to come through where the signal is bad. */
const PART_RECORDS = 500;
const PART_CHARS = 500_000;

const NO_ANSWER = { code: "offline" };

/** Ask whether this phone is to erase itself; do it if so. A locked phone asks, too. Resolves to null, or to the problem of a
 * phone that has to try again. */
export async function obeyWipe() {
  const known = await value("vault");
  if (!known) return null;
  return known.is_closed || (await isDestroyed(known)) ? wipe() : null;
}

/** Close at once; hand in what was not sent, which only the server can open; then erase all. Where the hand-in
 * fails, what is here cannot be read any more, and the next contact tries again. */
export const wipe = () => navigator.locks.request(LOCK, eraseAll);

/** Whether a vault is destroyed; null where no answer tells. */
async function isDestroyed({ id }) {
  const { status, body } = await ask(`/v1/phone-vaults/${id}`);
  if (status === 0 || status >= 500) return null;
  return status === 200 && body.is_destroyed;
}

/** Under the flusher's lock: what is on its way just now is not handed in a second time. */
async function eraseAll() {
  const known = await value("vault");
  if (!known) return null;
  vault.lock();
  forgetRead();
  if (!known.is_closed) await keep("vault", { ...known, part: null, is_closed: true });
  // Colleagues who used this phone may have left something on it, under vaults of their own.
  const closed = [known];
  for (const its of await vaultsAside()) {
    const isOver = await isDestroyed(its);
    if (isOver === null) return NO_ANSWER;
    if (isOver) closed.push(its);
  }
  const all = await within("records", "readonly", ({ store }) => store.getAll());
  for (const its of closed) {
    const answer = await handIn(its, all);
    if (answer && answer.status !== 204) return answer.status === 0 ? NO_ANSWER : (answer.body ?? { status: answer.status });
  }
  await erase(new Set(closed.map((its) => its.agent_id)), { unsent: await unsentKinds(known.agent_id) });
  await changed();
  return null;
}

async function vaultsAside() {
  const [names, values] = await within("values", "readonly", ({ store }) => Promise.all([store.getAllKeys(), store.getAll()]));
  return values.filter((_, at) => names[at].startsWith("vault of "));
}

/** The answer to what an agent had not sent, or to the part of it that was refused; null where nothing was left. */
async function handIn({ id, agent_id, sealed }, all) {
  const unsent = all.filter((each) => each.agent_id === agent_id && each.sealed && isUnsent(each) && each.kind !== "shift_end");
  const records = unsent.map((each) => ({
    id: each.id, kind: each.kind, made_at: each.made_at, iv: toText(each.sealed.iv), data: toText(each.sealed.data),
  }));
  const parts = inParts(records);
  let answer = null;
  for (const [n, part] of parts.entries()) {
    const body = { sealed, records: part, is_last: n === parts.length - 1 };
    answer = await ask(`/v1/phone-vaults/${id}/salvage`, { method: "PUT", body });
    if (answer.status !== 204) break;
  }
  return answer;
}

function inParts(records) {
  const parts = [];
  let size = 0;
  for (const record of records) {
    const its = record.data.length;
    if (!parts.length || parts.at(-1).length === PART_RECORDS || size + its > PART_CHARS) {
      parts.push([]);
      size = 0;
    }
    parts.at(-1).push(record);
    size += its;
  }
  return parts;
}

/** Erase all but the language, and what is under the vaults of others than these agents; `wiped` is what to tell of it. */
async function erase(agentIds, wiped) {
  await within(["values", "records", "pings", "pictures"], "readwrite", async (transaction) => {
    const [values, records, pictures] = ["values", "records", "pictures"].map((name) => transaction.objectStore(name));
    const ofOthers = ({ agent_id }) => !agentIds.has(agent_id);
    const staying = new Set((await records.getAll()).filter(ofOthers).map((each) => each.id));
    for (let cursor = await records.openCursor(); cursor; cursor = await cursor.continue()) {
      if (!staying.has(cursor.value.id)) await cursor.delete();
    }
    for (let cursor = await pictures.openCursor(); cursor; cursor = await cursor.continue()) {
      if (!staying.has(cursor.key)) await cursor.delete();
    }
    for (let cursor = await values.openCursor(); cursor; cursor = await cursor.continue()) {
      const isAside = cursor.key.startsWith("vault of ") && ofOthers(cursor.value);
      if (cursor.key !== "language" && !isAside) await cursor.delete();
    }
    await transaction.objectStore("pings").clear();
    await values.put(wiped, "wiped");
  });
  await caches.delete("roundsman-map");
}
