/** Asks why before something is taken back or set aside. */

import { html, render } from "../vendor/lit-html/lit-html.js";
import { goOnWorking } from "../parts/focus.js";
import { icon } from "../parts/icon.js";
import { clear, show } from "../parts/problem.js";
import { t } from "../parts/texts.js";

/** `choices` are [value, word] pairs to choose one of first, if there are any; the first is taken for usual. */
export function askBecause(sheet, { title, words, act, field, choices = [] }, done) {
  const close = () => sheet.close();
  const submit = async (event) => {
    event.preventDefault();
    const form = event.target;
    clear(form);
    try {
      await done(form.elements.namedItem(field).value, form.elements.namedItem("kind")?.value);
      close();
      goOnWorking();
    } catch (problem) {
      show(form, problem);
    }
  };
  render(html``, sheet); // nothing of the sheet before stays
  render(html`
    <form @submit=${submit} novalidate>
      <header><h2 id="because-title">${title}</h2>
        <button type="button" class="button square plain" aria-label=${t("Close")} @click=${close}>${icon("close")}</button></header>
      <div class="body stack">
        <p class="banner offline" role="alert" data-problem hidden></p><p>${words}</p>
        ${choices.length ? html`<fieldset class="field"><legend>${t("What is it?")}</legend><div class="choices">
          ${choices.map(([value, word], n) => html`<label><input type="radio" name="kind" value=${value} ?checked=${n === 0}>${word}</label>`)}</div></fieldset>` : ""}
        <div class="field"><label for="${field}-said">${t("Why?")}</label>
          <textarea id="${field}-said" name=${field} aria-describedby="${field}-problem"></textarea>
          <p class="problem" id="${field}-problem"></p></div>
      </div>
      <footer><button type="button" class="button" @click=${close}>${t("Leave it")}</button>
        <button type="submit" class="button main">${act}</button></footer>
    </form>`, sheet);
  sheet.showModal();
  sheet.querySelector("textarea").focus();
}
