/** Whether this browser is told of alerts while the page is closed. Nothing is asked before a click. */

import * as api from "./api.js";

const SERVICE_WORKER = "/sw.js";

const supported = () =>
  "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

async function subscribedHere() {
  const registration = await navigator.serviceWorker.getRegistration("/");
  return (await registration?.pushManager.getSubscription()) ?? null;
}

/** This browser's subscription as the server knows it for whoever is signed in, or undefined. */
async function mine() {
  const here = await subscribedHere();
  if (!here) return undefined;
  const { items } = await api.pushSubscriptions();
  return items.find(({ endpoint }) => endpoint === here.endpoint);
}

/** "insecure", "unsupported", "denied", "off", "on", or "failing": on, but nothing gets through. */
export async function pushState() {
  if (!window.isSecureContext) return "insecure";
  if (!supported()) return "unsupported";
  if (Notification.permission === "denied") return "denied";
  const subscription = await mine();
  if (!subscription) return "off";
  return subscription.failed_since ? "failing" : "on";
}

/** Ask for permission, then subscribe; does nothing more when permission is not given. */
export async function turnOn() {
  if ((await Notification.requestPermission()) !== "granted") return;
  await navigator.serviceWorker.register(SERVICE_WORKER, { scope: "/" });
  const { pushManager } = await navigator.serviceWorker.ready;
  const { public_key } = await api.pushKey();
  // One of a colleague, or made with another key: the browser keeps a single one.
  await (await pushManager.getSubscription())?.unsubscribe();
  const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: public_key });
  await api.subscribePush(made.toJSON());
}

/** Have this browser told no more. Also where it cannot be, or was not. */
export async function turnOff() {
  if (!supported()) return;
  const subscription = await mine();
  if (subscription) await api.unsubscribePush(subscription.id);
  await (await subscribedHere())?.unsubscribe();
}
