/** A phone that the office has given up: hands in what it has not sent, then erases itself. */

import { changed, keep, value, within } from "../kept/database.js";
import { toText } from "../kept/seal.js";
import * as vault from "../kept/vault.js";
import { ask } from "./api.js";
import { LOCK } from "./flush.js";

/** Ask whether this phone is to erase itself; do it if so. A locked phone asks, too. */
export async function obeyWipe() {
  const known = await value("vault");
  if (!known) return;
  const answer = await ask(`/v1/phone-vaults/${known.id}`);
  if (answer.status === 200 && answer.body.is_destroyed) await wipe();
}

/** Close at once; hand in what was not sent, which only the server can open; then erase all. Where the hand-in
 * fails, what is here cannot be read any more, and the next contact tries again. */
export const wipe = () => navigator.locks.request(LOCK, eraseAll);

/** Under the flusher's lock: what is on its way just now is not handed in a second time. */
async function eraseAll() {
  const known = await value("vault");
  if (!known) return;
  vault.lock();
  if (known.part) await keep("vault", { ...known, part: null });
  const all = await within("records", "readonly", ({ store }) => store.getAll());
  const unsent = all.filter((each) => each.agent_id === known.agent_id && each.sealed && (each.state === "waiting" || each.state === "parked"));
  const records = unsent.filter((each) => each.kind !== "shift_end").map(({ id, kind, made_at, sealed }) => ({
    id, kind, made_at, iv: toText(sealed.iv), data: toText(sealed.data),
  }));
  if (records.length) {
    const answer = await ask(`/v1/phone-vaults/${known.id}/salvage`, { method: "PUT", body: { sealed: known.sealed, records } });
    if (answer.status !== 204) return;
  }
  await within(["values", "records", "pings", "pictures"], "readwrite", (transaction) =>
    Promise.all(["values", "records", "pings", "pictures"].map((name) => transaction.objectStore(name).clear())));
  await Promise.all((await caches.keys()).filter((name) => name === "roundsman-map").map((name) => caches.delete(name)));
  await keep("wiped", true);
  await changed();
}
