/** A short form in the sheet at the side, and its fields. */

import { html, render } from "../vendor/lit-html/lit-html.js";
import { icon } from "./icon.js";
import { clear, show } from "./problem.js";
import { t } from "./texts.js";

export const options = (words, chosen) =>
  Object.entries(words).map(([value, word]) => html`<option value=${value} ?selected=${value === chosen}>${word}</option>`);

export const field = (name, label, control) =>
  html`<div class="field"><label for=${name}>${label}</label>${control}<p class="problem" id="${name}-problem"></p></div>`;

/** A row of choices of which one holds: `words` by value. */
export const ways = (name, label, words, chosen, choose) => html`<fieldset class="field"><legend>${label}</legend>
  <div class="ways">${Object.entries(words).map(([value, word]) => html`<label class="way">
    <input type="radio" name=${name} value=${value} .checked=${value === chosen} @change=${() => choose(value)}>${word}</label>`)}</div>
  <p class="problem" id="${name}-problem"></p></fieldset>`;

/** The same as a list, for choices that are sentences. */
export const choices = (name, label, words, chosen, choose) => html`<fieldset class="field"><legend>${label}</legend><div class="choices">
  ${Object.entries(words).map(([value, word]) => html`<label><input type="radio" name=${name} value=${value} .checked=${value === chosen} @change=${() => choose(value)}>${word}</label>`)}</div>
  <p class="problem" id="${name}-problem"></p></fieldset>`;

/** `send` gets a function that tells what stands in a field; it may throw a `Problem`, which is then shown. */
export function form(sheet, { title, act, send, done, danger = false, disabled = false }, fields) {
  const submit = async (event) => {
    event.preventDefault();
    const place = event.target;
    const button = place.querySelector('[type="submit"]');
    clear(place);
    button.disabled = true;
    const again = () => { button.disabled = disabled; }; // before `done`, which may show another form in this sheet
    let came;
    try {
      came = await send((name) => place.elements.namedItem(name)?.value.trim() || undefined);
    } catch (problem) {
      again();
      show(place, problem);
      return;
    }
    again();
    sheet.close();
    done(came);
  };
  const isNew = !sheet.open;
  if (isNew) render(html``, sheet); // what was typed for another one goes
  render(html`<form @submit=${submit} novalidate>
    <header><h2 id="sheet-title">${title}</h2>
      <button type="button" class="button square plain" aria-label=${t("Close")} @click=${() => sheet.close()}>${icon("close")}</button></header>
    <div class="body stack"><p class="banner offline" role="alert" data-problem hidden></p>${fields}</div>
    <footer><button type="button" class="button" @click=${() => sheet.close()}>${t("Leave it")}</button>
      <button type="submit" class=${danger ? "button danger main" : "button main"} ?disabled=${disabled}>${act}</button></footer></form>`, sheet);
  // The caller shows the sheet; whoever opened it types at once.
  if (isNew) sheet.querySelector(".body :is(input, textarea, select)")?.setAttribute("autofocus", "");
}
