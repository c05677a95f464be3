/** What the phone keeps, in IndexedDB: one value each by name, the records, and the positions.
 *
 * A new version of the app may add to this and must not take away: records of an older one may wait.
 * Other tabs are told of every change. */

import { openDB } from "/static/vendor/idb/idb.js";

const NAME = "roundsman-agent";
const tabs = new BroadcastChannel(NAME);
const listeners = new Set();

const opened = openDB(NAME, 1, {
  upgrade(database) {
    database.createObjectStore("values");
    const records = database.createObjectStore("records", { keyPath: "seq", autoIncrement: true });
    records.createIndex("id", "id", { unique: true });
    records.createIndex("state", "state");
    database.createObjectStore("pings", { autoIncrement: true });
  },
  // A newer version in another tab wants to upgrade: let it, and load again.
  blocking: (_, __, event) => event.target.close(),
});

tabs.onmessage = () => listeners.forEach((listener) => listener());

/** Call `listener` whenever something has changed, here or in another tab. What it returns is waited for
 * by whoever made the change: a screen is up to date when a record is said to be written. */
export const onChange = (listener) => listeners.add(listener);

/** Tell everybody that something has changed. */
export async function changed() {
  tabs.postMessage("changed");
  await Promise.all([...listeners].map((listener) => listener()));
}

/** Do something in one transaction over these stores; resolves once it is on disk. */
export async function within(stores, mode, work) {
  const database = await opened;
  const transaction = database.transaction(stores, mode, { durability: "strict" });
  const [result] = await Promise.all([work(transaction), transaction.done]);
  return result;
}

/** A value by its name; undefined where there is none. */
export const value = async (name) => (await opened).get("values", name);

/** Keep a value under its name; undefined removes it. */
export async function keep(name, its) {
  await within("values", "readwrite", ({ store }) => (its === undefined ? store.delete(name) : store.put(its, name)));
  await changed();
}

/** Ask the browser not to clear this away when the phone runs out of space. */
export async function askToPersist() {
  if (!navigator.storage?.persist) return false;
  return (await navigator.storage.persisted()) || navigator.storage.persist();
}
