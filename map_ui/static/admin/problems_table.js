/** What is wrong with a file, row by row: the first of it on the page, all of it as a file. */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { icon } from "../parts/icon.js";
import { t, whole } from "../parts/texts.js";
import { csv, save } from "./upload.js";

const SHOWN = 50;

export const table = (heads, rows) => html`<div class="table-box" tabindex="0" role="region" aria-labelledby="result-title"><table class="table as-cards">
  <thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
  <tbody>${rows.map((row) => html`<tr>${row.map((cell, n) => html`<td data-label=${heads[n]}>${cell}</td>`)}</tr>`)}</tbody></table></div>`;

const HEADS = {
  line: t("Line"), column: t("Column"), value: t("What stands there"), expected: t("What would be right"), row: t("Row"),
};

/** `columns` are names of a problem's members; `shown` may show one of them in another way. */
export function problemsTable(columns, problems, shown = (problem, name) => problem[name]) {
  if (!problems.length) return nothing;
  const rows = problems.map((each) => columns.map((name) => each[name]));
  const first = problems.slice(0, SHOWN).map((each) => columns.map((name) => shown(each, name)));
  return html`${table(columns.map((name) => HEADS[name]), first)}
    ${problems.length > SHOWN ? html`<p class="said quiet" data-testid="first-problems">${t("These are the first {shown} of {count}; the file has all of them.", { shown: SHOWN, count: whole(problems.length) })}</p>` : nothing}
    <p class="acts"><button type="button" class="button small" @click=${() => save(csv([columns, ...rows]), "problems.csv")}>${icon("download")}${t("Save the problems as a file")}</button></p>`;
}
