/** The sheet in which a manager decides: publish, undo, put aside, or give a case to somebody else. */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { clear, show } from "../parts/problem.js";
import { t } from "../parts/texts.js";

/**
 * Ask, and do it when the manager agrees. `act(values)` may throw a problem, which is shown here;
 * with `overtaken(rows)` a refusal for rows that changed since offers to do the others.
 */
export function decide(dialog, { title, words, fields, verb, danger = false, act, others }) {
  const draw = (rows) => render(html`<form novalidate data-testid="decide-form">
    <header><h2 id="decide-title">${title}</h2>
      <button type="button" class="button square plain" value="close" aria-label=${t("Close")}>✕</button></header>
    <div class="body">
      <p class="banner offline" role="alert" data-problem hidden></p>
      ${words.map((sentence) => html`<p>${sentence}</p>`)}
      ${rows.length ? html`<ul class="doubts">${rows.slice(0, 50).map((row) => html`<li>${row.row ? t("Row {row}:", { row: row.row }) : ""}${row.detail}</li>`)}</ul>` : nothing}
      ${fields ?? nothing}
    </div>
    <footer><button type="button" class="button" value="close">${t("Cancel")}</button>
      ${rows.length
        ? html`<button type="button" class="button main" value="others">${others.verb}</button>`
        : html`<button type="submit" class="button main ${danger ? "danger" : ""}">${verb}</button>`}</footer>
  </form>`, dialog);

  const wire = () => {
    const form = dialog.querySelector("form");
    for (const button of form.querySelectorAll('[value="close"]')) button.onclick = () => dialog.close();
    const rest = form.querySelector('[value="others"]');
    if (rest) rest.onclick = () => run(form, rest, others.act);
    form.onsubmit = (event) => {
      event.preventDefault();
      run(form, form.querySelector('[type="submit"]'), act);
    };
    return form;
  };

  async function run(form, button, what) {
    clear(form);
    button.disabled = true;
    button.setAttribute("aria-busy", "true");
    try {
      await what(Object.fromEntries(new FormData(form).entries()));
      dialog.close();
    } catch (problem) {
      if (!problem.errors) throw problem;
      if (others && problem.facts.rows?.length) {
        draw(problem.facts.rows);
        show(wire(), problem);
      } else show(form, problem);
    } finally {
      button.disabled = false; // the next sheet is drawn into the same elements
      button.removeAttribute("aria-busy");
    }
  }

  render(nothing, dialog); // what was entered the last time goes
  draw([]);
  clear(wire());
  dialog.showModal();
  dialog.querySelector("select, input")?.focus();
}
