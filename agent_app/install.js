/** Installing the app, and taking a new version of it. */

import { state } from "./state.js";

const AGAIN_MS = 20_000;

/** Have the app offered for the home screen, and kept on the phone. A new version is offered
 * (`state.takeUpdate`), never forced: what the agent is typing is worth more. At the next start it is taken
 * by itself. */
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
  navigator.serviceWorker.addEventListener("controllerchange", () => (hadOne ? location.reload() : show()));
  await keep(show, hadOne);
}

/** Whether the app's files are on this phone, so that it opens without a network. */
export const isKept = () => Boolean(navigator.serviceWorker?.controller);

/** Register the service worker; again where its files did not all arrive: a network that failed in the middle must
 * not cost a day without one. Where the browser allows none, the app works on, and needs a network to start. */
async function keep(show, hadOne) {
  const again = () => setTimeout(() => keep(show, hadOne), AGAIN_MS);
  const registration = await navigator.serviceWorker.register("/app/sw.js", { scope: "/app/", updateViaCache: "none" })
    .catch((error) => void (error.name === "SecurityError" || again()));
  if (!registration) return;
  const offer = () => {
    if (!registration.waiting || !hadOne) return;
    state.hasUpdate = true;
    state.takeUpdate = () => registration.waiting?.postMessage("take over");
    show();
  };
  const tend = (worker) => worker?.addEventListener("statechange", () => {
    if (worker.state === "redundant" && !registration.active) again();
    else offer();
  });
  offer();
  tend(registration.installing);
  registration.addEventListener("updatefound", () => tend(registration.installing));
}
