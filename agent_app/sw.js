/** The agents' app without a network: keeps the app's files, version by version, and the map's tiles.
 *
 * It never touches a request to the API: records are the outbox's matter, not this one's. */

importScripts("/app/files.js"); // VERSION and FILES; a change of any file is a new version

const APP = `roundsman-app-${self.VERSION}`;
const MAP = "roundsman-map";

/** All files or none: each must be what this version was made of. */
async function install() {
  const cache = await caches.open(APP);
  await Promise.all(Object.entries(self.FILES).map(async ([address, integrity]) => {
    const answer = await fetch(new Request(address, { cache: "no-cache", integrity, credentials: "omit" }));
    if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
    await cache.put(address, answer);
  }));
}

async function activate() {
  const old = (await caches.keys()).filter((name) => name.startsWith("roundsman-app-") && name !== APP);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function file(request, address) {
  const cache = await caches.open(APP);
  return (await cache.match(address)) ?? fetch(request);
}

async function tile(request) {
  const cache = await caches.open(MAP);
  const kept = await cache.match(request.url);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request.url, answer.clone());
  return answer;
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("message", ({ data }) => data === "take over" && self.skipWaiting());
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(file(request, "/app/"));
  else if (Object.hasOwn(self.FILES, pathname)) event.respondWith(file(request, pathname));
  else if (pathname.startsWith("/tiles/") && !request.headers.has("Authorization")) event.respondWith(tile(request));
});
