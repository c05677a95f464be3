/** The service worker: shows an alert that was pushed, and leads to it. It keeps and asks nothing. */

const windows = () => self.clients.matchAll({ type: "window", includeUncontrolled: true });
const isMap = (client) => new URL(client.url).pathname === "/live";

async function show({ title, body, kind, alert_id, url }) {
  // Who is looking at the map sees the alert there.
  if ((await windows()).some((client) => client.focused && isMap(client))) return;
  await self.registration.showNotification(title, {
    body,
    tag: alert_id, // the same alert again takes the place of the first
    requireInteraction: kind === "panic",
    data: { alert_id, url },
  });
}

async function open({ alert_id, url }) {
  const map = (await windows()).find(isMap);
  if (!map) return self.clients.openWindow(url);
  map.postMessage({ alert_id });
  return map.focus();
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("push", (event) => event.waitUntil(show(event.data.json())));
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data));
});
