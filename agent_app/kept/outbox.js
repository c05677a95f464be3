/** The outbox: every record is here before any request, and stays until the server has it.
 *
 * A record: `seq` (the order in which it was made), `id`, `kind`, `agent_id`, `case_id`, `path`,
 * `method`, `body`, `made_at`, `needs` (the id of a record that must be there first), `state`, `tries`,
 * `problem` (of the last answer) and `answer` (of the server that has it); a picture's bytes lie in
 * their own store under its id. `body`, `problem` and `answer` are sealed on the disk.
 * States: `waiting`, `sent`, `parked` (the server refused it; a person decides) and `dropped`. */

import { changed, within } from "./database.js";
import { seal, unseal } from "./vault.js";

const KEPT_DAYS = 3;
const PRIVATE = ["body", "problem", "answer"];
const opened = new Map(); // what was unsealed lately, by seq: {version, its}

async function asKept(record) {
  const kept = { ...record };
  const its = {};
  for (const name of PRIVATE) {
    its[name] = record[name] ?? null;
    delete kept[name];
  }
  return { ...kept, version: (record.version ?? 0) + 1, sealed: await seal(its) };
}

async function asRead(kept) {
  if (!kept.sealed) return kept; // an older version of the app did not seal
  const { sealed, ...record } = kept;
  const known = opened.get(kept.seq);
  if (known?.version === kept.version && known.id === kept.id) return { ...record, ...known.its };
  const its = await unseal(sealed);
  opened.set(kept.seq, { id: kept.id, version: kept.version, its });
  return { ...record, ...its };
}

/** Forget what was read: the app is locked. */
export const forgetRead = () => opened.clear();

/** Write a record down, with its picture where it has one. Resolves once it is on disk: only then may the
 * screen say so. */
export async function write(record, picture) {
  const fresh = await asKept({ method: "PUT", case_id: null, needs: null, ...record, state: "waiting", tries: 0, problem: null });
  const bytes = picture && { sealed: await seal(picture) };
  await within(["records", "pictures"], "readwrite", (transaction) => Promise.all([
    transaction.objectStore("records").add(fresh),
    bytes && transaction.objectStore("pictures").put(bytes, record.id),
  ]));
  await changed();
}

/** Whether the server has not got a record yet; one that was given up never goes there. */
export const isUnsent = ({ state }) => state === "waiting" || state === "parked";

/** How many records of each kind an agent has not sent, such as `{receipt: 2}`: all that a locked phone can tell. */
export async function unsentKinds(agentId) {
  const all = await within("records", "readonly", ({ store }) => store.getAll());
  const counts = {};
  for (const each of all) {
    if (each.agent_id === agentId && isUnsent(each) && each.kind !== "shift_end") counts[each.kind] = (counts[each.kind] ?? 0) + 1;
  }
  return counts;
}

/** All records of an agent, in their order. */
export async function recordsOf(agentId) {
  const all = await within("records", "readonly", ({ store }) => store.getAll());
  return Promise.all(all.filter((record) => record.agent_id === agentId).map(asRead));
}

/** A picture's text (base64url of its bytes); undefined once it was sent and cleared away. */
export async function pictureOf(id) {
  const kept = await within("pictures", "readonly", ({ store }) => store.get(id));
  return kept && unseal(kept.sealed);
}

/** The first records that can be sent now, in order, at most so many. One that needs a parked or dropped
 * one stands aside, and those behind it go on; one that needs a record before it here goes with it. */
export async function nextToSend(agentId, most) {
  const found = await within("records", "readonly", async ({ store }) => {
    const waiting = await store.index("state").getAll("waiting");
    waiting.sort((a, b) => (b.kind === "panic") - (a.kind === "panic") || a.seq - b.seq); // a call for help waits for nobody
    const ready = [];
    for (const record of waiting) {
      if (ready.length === most) break;
      if (record.agent_id !== agentId) continue;
      const needed = record.needs && (await store.index("id").get(record.needs));
      if (!needed || needed.state === "sent" || ready.some((each) => each.id === needed.id)) ready.push(record);
    }
    return ready;
  });
  return Promise.all(found.map(asRead));
}

/** Change members of a record, unless another tab has moved it on from `from` meanwhile. */
export async function update(seq, from, members) {
  for (;;) {
    const kept = await within("records", "readonly", ({ store }) => store.get(seq));
    if (kept?.state !== from) return;
    const next = await asKept({ ...(await asRead(kept)), ...members });
    const isDone = await within("records", "readwrite", async ({ store }) => {
      const now = await store.get(seq);
      if (now?.state === from && now.version !== kept.version) return false; // changed meanwhile: again
      if (now?.state === from) await store.put(next);
      return true;
    });
    if (isDone) break;
  }
  await changed();
}

/** Send a parked record again, with another body where it was put right, and behind another record that it `needs` now. */
export const sendAgain = (record, body = record.body, needs = record.needs) =>
  update(record.seq, "parked", { state: "waiting", tries: 0, problem: null, body, needs });

/** Give a parked record up. Never one about money: that was taken, whatever the server says. */
export async function drop(record) {
  if (isAboutMoney(record)) throw new Error("money that was taken cannot be dropped");
  await update(record.seq, "parked", { state: "dropped" });
}

const MONEY = new Set(["receipt", "deposit", "handover", "handover_taking"]);
export const isAboutMoney = (record) => MONEY.has(record.kind) || (record.body?.members ?? []).some((member) => member.receipts.length);

/** Within the transaction that stores a new day: what was sent is in it; what is old goes. */
export async function settle(transaction, now_ms) {
  const [records, pictures] = ["records", "pictures"].map((name) => transaction.objectStore(name));
  for (let cursor = await records.openCursor(); cursor; cursor = await cursor.continue()) {
    const record = cursor.value;
    const is_over = record.state === "sent" || record.state === "dropped";
    if (is_over) await pictures.delete(record.id);
    if (is_over && now_ms - Date.parse(record.made_at) > KEPT_DAYS * 86_400_000) await cursor.delete();
    else if (record.state === "sent" && !record.in_day) await cursor.update({ ...record, in_day: true, version: (record.version ?? 0) + 1 });
  }
}

/** Seal what an older version of the app has written down for an agent in the open. */
export async function sealOld(agentId) {
  const all = await within("records", "readonly", ({ store }) => store.getAll());
  for (const record of all) {
    if (!record.sealed && record.agent_id === agentId) await update(record.seq, record.state, {});
  }
}
