/** What the phone keeps, in IndexedDB: one value each by name, the records, the positions, and pictures.
 *
 * All that tells of a person is sealed by the vault (`kept/vault.js`): while it is locked it cannot be read.
 * A new version of the app may add to this and must not take away: records of an older one may wait.
 * Other tabs are told of every change. */

import { openDB } from "/static/vendor/idb/idb.js";
import { isOpen, seal, unseal } from "./vault.js";

const NAME = "roundsman-agent";
const SEALED = new Set(["session", "day", "etas", "replanned", "shift", "draft", "earnings"]);
const tabs = new BroadcastChannel(NAME);
const listeners = new Set();

const opened = openDB(NAME, 2, {
  upgrade(database, before) {
    if (before < 1) {
      database.createObjectStore("values");
      const records = database.createObjectStore("records", { keyPath: "seq", autoIncrement: true });
      records.createIndex("id", "id", { unique: true });
      records.createIndex("state", "state");
      database.createObjectStore("pings", { autoIncrement: true });
    }
    database.createObjectStore("pictures");
  },
  // A newer version in another tab wants to upgrade: let it, and load again.
  blocking: (_, __, event) => {
    event.target.close();
    location.reload();
  },
  // The browser has closed it, as when its data were cleared: nothing can be read or written any more.
  terminated: () => location.reload(),
});

tabs.onmessage = () => listeners.forEach((listener) => listener());

/** Call `listener` whenever something has changed, here or in another tab. What it returns is waited for
 * by whoever made the change: a screen is up to date when a record is said to be written. */
export const onChange = (listener) => listeners.add(listener);

/** Tell everybody that something has changed. Whoever cannot show it does not undo it: it is on disk. */
export async function changed() {
  tabs.postMessage("changed");
  const heard = await Promise.allSettled([...listeners].map(async (listener) => listener()));
  heard.filter((each) => each.reason).forEach((each) => console.error(each.reason));
}

/** Do something in one transaction over these stores; resolves once it is on disk. It may await nothing but
 * the transaction's own requests: seal before, unseal after. Where some of it fails, nothing of it is done. */
export async function within(stores, mode, work) {
  const database = await opened;
  const transaction = database.transaction(stores, mode, { durability: "strict" });
  try {
    const [result] = await Promise.all([(async () => work(transaction))(), transaction.done]);
    return result;
  } catch (error) {
    abort(transaction);
    await transaction.done.catch(() => {});
    throw error;
  }
}

function abort(transaction) {
  try {
    transaction.abort();
  } catch {
    // It is over already: what failed has ended it.
  }
}

/** A value by its name; undefined where there is none, or while it cannot be read. */
export async function value(name) {
  const found = await (await opened).get("values", name);
  if (!SEALED.has(name) || found === undefined) return found;
  if (!isOpen()) return undefined;
  return found.sealed ? unseal(found.sealed) : found; // an older version of the app did not seal
}

/** A value as the store takes it. */
export const asKept = async (name, its) => (SEALED.has(name) ? { sealed: await seal(its) } : its);

/** Keep a value under its name; undefined removes it. */
export async function keep(name, its) {
  const kept = its === undefined ? undefined : await asKept(name, its);
  await within("values", "readwrite", ({ store }) => (kept === undefined ? store.delete(name) : store.put(kept, name)));
  await changed();
}

/** Ask the browser not to clear this away when the phone runs out of space. */
export async function askToPersist() {
  if (!navigator.storage?.persist) return false;
  return (await navigator.storage.persisted()) || navigator.storage.persist();
}
