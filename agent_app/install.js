/** Installing the app, and taking a new version of it. */

import { state } from "./state.js";

/** Register the service worker. A new version is offered (`state.takeUpdate`), never forced: what the
 * agent is typing is worth more. At the next start it is taken by itself. */
export async function keepCurrent(show) {
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    state.install = async () => {
      await event.prompt();
      state.install = null;
      show();
    };
    show();
  });
  if (!navigator.serviceWorker) return;
  const hadOne = Boolean(navigator.serviceWorker.controller);
  const registration = await navigator.serviceWorker.register("/app/sw.js", { scope: "/app/", updateViaCache: "none" }).catch(() => null);
  if (!registration) return; // not allowed here: the app works on, and needs a network to start
  const offer = () => {
    if (!registration.waiting || !hadOne) return;
    state.hasUpdate = true;
    state.takeUpdate = () => registration.waiting?.postMessage("take over");
    show();
  };
  offer();
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", offer));
  navigator.serviceWorker.addEventListener("controllerchange", () => hadOne && location.reload());
}
