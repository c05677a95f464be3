/** The sheet at the side in which something is counted, or a reason is asked for. */

import { html, render } from "../vendor/lit-html/lit-html.js";
import { goOnWorking } from "../parts/focus.js";
import { icon } from "../parts/icon.js";
import { clear, show } from "../parts/problem.js";
import { t } from "../parts/texts.js";

/** Open `sheet` with a form; `submit` gets it and may throw a `Problem`, which is then shown. `draw`
 * makes the body, again after each thing that is typed. */
export function openSheet(sheet, { title, body, act, danger = false }, submit) {
  const close = () => sheet.close();
  const send = async (event) => {
    event.preventDefault();
    const form = event.target;
    const button = form.querySelector('[type="submit"]');
    clear(form);
    button.disabled = true;
    try {
      await submit(form);
      close();
      goOnWorking();
    } catch (problem) {
      show(form, problem);
    } finally {
      button.disabled = false;
    }
  };
  const draw = () => render(html`
    <form @submit=${send} @input=${draw} novalidate>
      <header><h2 id="sheet-title">${title}</h2>
        <button type="button" class="button square plain" aria-label=${t("Close")} @click=${close}>${icon("close")}</button></header>
      <div class="body stack"><p class="banner offline" role="alert" data-problem hidden></p>${body(draw)}</div>
      <footer><button type="button" class="button" @click=${close}>${t("Cancel")}</button>
        <button type="submit" class=${danger ? "button danger main" : "button main"}>${act}</button></footer>
    </form>`, sheet);
  render(html``, sheet); // nothing of the sheet before stays
  draw();
  sheet.showModal();
  const first = sheet.querySelector(".body input, .body textarea, .body select");
  first?.focus();
  first?.select?.(); // a count is typed over what was stated, as it is in the fields after it
}

/** A sheet that asks for a sentence; `name` is the field of the API. */
export const askWhy = (sheet, { title, words, label, name, act, danger }, done) =>
  openSheet(sheet, {
    title, act, danger,
    body: () => html`<p>${words}</p>
      <div class="field"><label for="why">${label}</label>
        <textarea id="why" name=${name} required maxlength="500" aria-describedby="${name}-problem"></textarea>
        <p class="problem" id="${name}-problem"></p></div>`,
  }, (form) => done(form.elements.namedItem(name).value.trim()));
