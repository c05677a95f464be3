/** "Tell me when this page is closed": one line above the alerts. */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { icon } from "../parts/icon.js";
import { t } from "../parts/texts.js";
import { toast } from "../parts/toast.js";
import { pushState, turnOff, turnOn } from "./push.js";

const WHY_NOT = {
  insecure: t("To be told when this page is closed, open it over HTTPS."),
  unsupported: t("This browser cannot tell you when the page is closed."),
  denied: t("Notifications are blocked for this page. Allow them in the browser's settings to be told when it is closed."),
};

let state = null; // not known
let asked = false;
let busy = false;

async function change(act, redraw) {
  busy = true;
  redraw();
  try {
    await act();
  } catch (problem) {
    toast(t("Not changed. {message}", { message: problem.message }), { problem: true });
  }
  await look(redraw);
}

async function look(redraw) {
  try {
    state = await pushState();
  } catch {
    state = null; // the banner tells of a server that is away
  }
  busy = false;
  redraw();
}

const button = (words, act, redraw) => html`<button type="button" class="button small" ?disabled=${busy}
  @click=${() => change(act, redraw)}>${words}</button>`;

/** The line as it is now; `redraw()` when that has changed. */
export function pushToggle(redraw) {
  if (!asked) {
    asked = true;
    look(redraw);
  }
  if (state === null) return nothing;
  const parts = state in WHY_NOT
    ? html`<span>${WHY_NOT[state]}</span>`
    : state === "off"
      ? button(html`${icon("bell")}${t("Tell me when this page is closed")}`, turnOn, redraw)
      : html`${icon(state === "on" ? "check" : "warning")}
        <span>${state === "on" ? t("Told when this page is closed") : t("On, but the browser's push service takes no messages")}</span>
        ${button(t("Turn off"), turnOff, redraw)}`;
  return html`<p class="told quiet" data-testid="push" data-state=${state}>${parts}</p>`;
}
