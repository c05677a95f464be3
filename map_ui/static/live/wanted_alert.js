/** The alert that somebody came for: from the address, or from the service worker's click. */

import { t } from "../parts/texts.js";
import { toast } from "../parts/toast.js";
import { state } from "./store.js";

/**
 * `show(alert)` is called once the alert is known. `look()` tries; `lookOnce()`, after a snapshot,
 * tries for the last time, for what is not in there is over.
 */
export function wantedAlert(show) {
  let id = new URLSearchParams(location.search).get("alert");

  function look() {
    const alert = id === null ? undefined : state.alerts.get(id);
    if (!alert) return;
    forget();
    show(alert);
  }

  function forget() {
    id = null;
    history.replaceState(null, "", location.pathname); // a reload later is not about it any more
  }

  navigator.serviceWorker?.addEventListener("message", ({ data }) => {
    id = data.alert_id;
    look();
  });

  return {
    look,
    lookOnce() {
      look();
      if (id === null) return;
      forget();
      toast(t("That alert is over."));
    },
  };
}
