/** What the app uses of the phone: bytes that came over the network today, the battery, and bytes that are kept. */

import { drained } from "../facts/saving.js";

const NAME = "roundsman-usage";

const today = () => new Date().toDateString();

function read() {
  const found = JSON.parse(localStorage.getItem(NAME) ?? "{}");
  return found.day === today() ? found : { day: today(), bytes: 0 };
}

/** Bytes of today, as the browser counts them, compressed as they came. */
export const bytesToday = () => read().bytes;

/** Bytes of the map that were fetched ahead today, not compressed. */
export const mapBytesToday = () => read().map_bytes ?? 0;

export function countMapBytes(bytes) {
  localStorage.setItem(NAME, JSON.stringify({ ...read(), map_bytes: mapBytesToday() + bytes }));
}

/** Percent that the battery has lost today while positions were taken, and what is left; null where no browser tells. */
export const batteryToday = () => read().battery ?? null;

/** Take the battery's level in, in percent. */
export function countBattery(level_pct) {
  const its = read();
  localStorage.setItem(NAME, JSON.stringify({ ...its, battery: drained(its.battery ?? {}, level_pct) }));
}

/** Count from now on. What comes out of the phone's own cache counts nothing. */
export function countBytes() {
  const observer = new PerformanceObserver((list) => {
    const bytes = list.getEntries().reduce((sum, entry) => sum + (entry.transferSize ?? 0), 0);
    if (bytes) localStorage.setItem(NAME, JSON.stringify({ ...read(), bytes: read().bytes + bytes }));
  });
  observer.observe({ type: "resource", buffered: true });
}

/** `{kept_bytes, free_bytes}` of this app, or null where the browser does not say. */
export async function storageUse() {
  const found = await navigator.storage?.estimate?.().catch(() => null);
  return found?.quota ? { kept_bytes: found.usage, free_bytes: found.quota - found.usage } : null;
}
