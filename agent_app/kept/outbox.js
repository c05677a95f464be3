/** The outbox: every record is here before any request, and stays until the server has it.
 *
 * A record: `seq` (the order in which it was made), `id`, `kind`, `agent_id`, `case_id`, `path`,
 * `method`, `body`, `made_at`, `needs` (the id of a record that must be there first), `state`, `tries`,
 * `problem` (of the last answer) and `answer` (of the server that has it).
 * States: `waiting`, `sent`, `parked` (the server refused it; a person decides) and `dropped`. */

import { changed, within } from "./database.js";

const KEPT_DAYS = 3;

/** Write a record down. Resolves once it is on disk: only then may the screen say so. */
export async function write(record) {
  const fresh = { method: "PUT", case_id: null, needs: null, ...record, state: "waiting", tries: 0, problem: null };
  await within("records", "readwrite", ({ store }) => store.add(fresh));
  await changed();
}

/** All records of an agent, in their order. */
export async function recordsOf(agentId) {
  const all = await within("records", "readonly", ({ store }) => store.getAll());
  return all.filter((record) => record.agent_id === agentId);
}

/** The first record that can be sent now; null where none can. One that needs a parked or dropped one
 * stands aside, and those behind it go on. */
export async function firstToSend(agentId) {
  return within("records", "readonly", async ({ store }) => {
    const waiting = await store.index("state").getAll("waiting");
    waiting.sort((a, b) => a.seq - b.seq);
    for (const record of waiting) {
      if (record.agent_id !== agentId) continue;
      const needed = record.needs && (await store.index("id").get(record.needs));
      if (!needed || needed.state === "sent") return record;
    }
    return null;
  });
}

/** Change members of a record, unless another tab has moved it on from `from` meanwhile. */
export async function update(seq, from, members) {
  await within("records", "readwrite", async ({ store }) => {
    const record = await store.get(seq);
    if (record?.state === from) await store.put({ ...record, ...members });
  });
  await changed();
}

/** Send a parked record again, with another body where it was put right. */
export const sendAgain = (record, body = record.body) =>
  update(record.seq, "parked", { state: "waiting", tries: 0, problem: null, body });

/** Give a parked record up. Never one about money: that was taken, whatever the server says. */
export async function drop(record) {
  if (isAboutMoney(record)) throw new Error("money that was taken cannot be dropped");
  await update(record.seq, "parked", { state: "dropped" });
}

export const isAboutMoney = (record) => record.kind === "receipt" || record.kind === "deposit";

/** Within the transaction that stores a new day: what was sent is in it; what is old goes. */
export async function settle(store, now_ms) {
  for (let cursor = await store.openCursor(); cursor; cursor = await cursor.continue()) {
    const record = cursor.value;
    const is_over = record.state === "sent" || record.state === "dropped";
    if (is_over && now_ms - Date.parse(record.made_at) > KEPT_DAYS * 86_400_000) await cursor.delete();
    else if (record.state === "sent" && !record.in_day) await cursor.update({ ...record, in_day: true });
  }
}
