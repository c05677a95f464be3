/** What the app uses of the phone: bytes that came over the network today, and bytes that are kept. */

const NAME = "roundsman-usage";

const today = () => new Date().toDateString();

function read() {
  const found = JSON.parse(localStorage.getItem(NAME) ?? "{}");
  return found.day === today() ? found : { day: today(), bytes: 0 };
}

/** Bytes of today, as the browser counts them, compressed as they came. */
export const bytesToday = () => read().bytes;

/** Count from now on. What comes out of the phone's own cache counts nothing. */
export function countBytes() {
  const observer = new PerformanceObserver((list) => {
    const bytes = list.getEntries().reduce((sum, entry) => sum + (entry.transferSize ?? 0), 0);
    if (bytes) localStorage.setItem(NAME, JSON.stringify({ day: today(), bytes: read().bytes + bytes }));
  });
  observer.observe({ type: "resource", buffered: true });
}

/** `{kept_bytes, free_bytes}` of this app, or null where the browser does not say. */
export async function storageUse() {
  const found = await navigator.storage?.estimate?.().catch(() => null);
  return found?.quota ? { kept_bytes: found.usage, free_bytes: found.quota - found.usage } : null;
}
