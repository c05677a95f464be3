/** How a call for help ended: asked once, kept with who said it, and only then is the alert gone. */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { beginTyping } from "../parts/focus.js";
import { icon } from "../parts/icon.js";
import { Problem, show } from "../parts/problem.js";
import { t } from "../parts/texts.js";
import * as api from "./api.js";
import { state } from "./store.js";

function question(name, { close, send }) {
  return html`<form novalidate @submit=${send} data-testid="panic-end-form">
    <header><h2 id="panic-end-title">${t("Is {name} safe?", { name })}</h2>
      <button type="button" class="button square plain" aria-label=${t("Close")} @click=${close}>${icon("close")}</button></header>
    <div class="body">
      <p>${t("This ends the call for help on every screen. Do it when you have spoken with {name} or somebody is there.", { name })}</p>
      <p class="banner offline" role="alert" data-problem hidden></p>
      <div class="field">
        <label for="note">${t("What was done?")}</label>
        <textarea id="note" name="note" maxlength="1000" autofocus aria-describedby="note-problem"></textarea>
        <p class="problem" id="note-problem"></p>
      </div>
    </div>
    <footer>
      <button type="button" class="button" @click=${close}>${t("Keep it open")}</button>
      <button type="submit" class="button main">${t("End the call for help")}</button>
    </footer>
  </form>`;
}

/** Open the sheet for a call for help. It closes by its buttons, by Escape, and when it is ended. */
export function openPanicEnd(dialog, alert) {
  const close = () => dialog.close();
  const send = async (event) => {
    event.preventDefault();
    const form = event.target;
    const note = form.elements.note.value.trim();
    if (!note) {
      show(form, new Problem({ errors: [{ field: "note", expected: t("Say in a few words what was done.") }] }));
      return;
    }
    const button = form.querySelector("[type=submit]");
    button.disabled = true;
    try {
      await api.endPanic(alert.facts.panic_id, note);
      close();
    } catch (problem) {
      show(form, problem);
    } finally {
      button.disabled = false;
    }
  };
  render(nothing, dialog);
  render(question(state.agents.get(alert.agent_id)?.name ?? t("The agent"), { close, send }), dialog);
  dialog.showModal();
  beginTyping(dialog);
}
