/** The language of the app, to choose: before the first sign-in, and at any time afterwards. */

import { keep } from "../kept/database.js";
import { state } from "../state.js";
import { downloadDay } from "../sync/day.js";
import { LANGUAGES, speak, spoken, t } from "../texts/texts.js";
import { html } from "./parts.js";

/** Speak another language. The day has sentences of the office's, which come in it with the next download. */
async function choose(language) {
  await keep("language", language);
  speak(language);
  if (state.day) downloadDay();
}

export const languageField = () => html`<div class="field"><label for="language">${t("language")}</label>
  <select id="language" @change=${(event) => choose(event.target.value)}>
    ${Object.entries(LANGUAGES).map(([code, name]) => html`<option value=${code} lang=${code} ?selected=${code === spoken()}>${name}</option>`)}
  </select></div>`;
