/** Adds a bank account: the first thing to do here. */

import { html, render } from "../vendor/lit-html/lit-html.js";
import { icon } from "../parts/icon.js";
import { clear, show } from "../parts/problem.js";
import { t } from "../parts/texts.js";
import { addAccount } from "./api.js";

const field = (name, label, hint) => html`
  <div class="field"><label for=${name}>${label}</label><p class="hint" id="${name}-hint">${hint}</p>
    <input id=${name} name=${name} aria-describedby="${name}-problem ${name}-hint" autocomplete="off">
    <p class="problem" id="${name}-problem"></p></div>`;

export function accountSheet(sheet, done) {
  const close = () => sheet.close();
  const submit = async (event) => {
    event.preventDefault();
    const form = event.target;
    clear(form);
    const body = Object.fromEntries(["number", "name", "currency"].map((name) => [name, form.elements.namedItem(name).value]));
    try {
      const added = await addAccount(body);
      close();
      await done(added);
    } catch (problem) {
      show(form, problem);
    }
  };
  render(html``, sheet); // nothing of the sheet before stays
  render(html`
    <form @submit=${submit} novalidate>
      <header><h2 id="new-account-title">${t("Add a bank account")}</h2>
        <button type="button" class="button square plain" aria-label=${t("Close")} @click=${close}>${icon("close")}</button></header>
      <div class="body stack">
        <p class="banner offline" role="alert" data-problem hidden></p>
        ${field("number", t("Number or IBAN"), t("As the bank's statements have it"))}
        ${field("name", t("Name"), t("What you call it"))}
        ${field("currency", t("Currency"), t("Three letters, such as INR"))}
      </div>
      <footer><button type="button" class="button" @click=${close}>${t("Not now")}</button>
        <button type="submit" class="button main">${t("Add account")}</button></footer>
    </form>`, sheet);
  sheet.showModal();
  sheet.querySelector("input").focus();
}
