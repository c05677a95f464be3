/** When the map is not live any more, say since when, what that means and what to do. */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { icon } from "../parts/icon.js";
import { t } from "../parts/texts.js";
import * as clock from "./clock.js";
import { state } from "./store.js";
import { clockTime } from "./times.js";
import { duration } from "./words.js";

const PATIENCE_MS = 1500;
const SILENCE_MS = 5 * 60_000;

const banner = (className, sign, title, words, act) => html`
  <div class="banner ${className}" data-testid="connection">${icon(sign)}
    <p><strong>${title}</strong>${words}</p>
    ${act ? html`<button type="button" class="button small" @click=${act}>${t("Try now")}</button>` : nothing}
  </div>`;

/** The newest position of anyone, or null when nobody was heard of at all. */
function newestAt() {
  let newest = null;
  for (const { position } of state.agents.values()) {
    if (position && (newest === null || position.captured_ms > newest)) newest = position.captured_ms;
  }
  return newest;
}

/** True while what the map shows may be out of date. */
export function isOld() {
  return ["reconnecting", "offline"].includes(state.connection.state);
}

let lostAt = 0;

function lost(retry) {
  const since = state.loaded ? `${t("The map shows where agents were at {time}.", { time: clockTime(state.connection.since) })} ` : "";
  if (state.connection.state === "offline") {
    return banner("offline", "signal-off", t("This computer is offline"),
      `${since}${t("Check its network; the map goes on by itself.")}`, retry);
  }
  const wait = Math.max(0, Math.ceil((state.connection.retryAt - performance.now()) / 1000));
  return banner("offline", "signal-off", t("Connection to the server lost"),
    `${since}${wait ? t("Trying again in {seconds} s.", { seconds: wait }) : t("Trying again…")}`, retry);
}

function silent() {
  const newest = newestAt();
  const onDuty = [...state.agents.values()].some((agent) => !["off_shift", "no_position"].includes(agent.status));
  const silence = newest === null ? 0 : clock.now() - newest;
  if (!onDuty || silence < SILENCE_MS) return nothing;
  return banner("", "clock", t("No position from anyone for {duration}", { duration: duration(silence) }),
    t("Phones may be out of reach, or the server does not take their positions. Call an agent; if that works, tell your administrator."));
}

/** Draw into `place`; called every second and whenever the connection changes. */
export function drawConnection(place, retry) {
  if (!isOld()) {
    lostAt = 0;
    render(state.loaded ? silent() : nothing, place);
    return;
  }
  lostAt ||= performance.now();
  const patient = performance.now() - lostAt < PATIENCE_MS;
  render(patient ? nothing : lost(retry), place);
}
