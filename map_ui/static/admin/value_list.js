/** A list of values: labels and last days are typed into its table, new ones added, and the whole
 * published as the next version. */

import { Problem, clear, show } from "../parts/problem.js";
import { call, goOn } from "./forms.js";

const list = document.getElementById("list");
const publish = document.getElementById("publish");
const adding = document.getElementById("value-form");

const rows = () => [...list.querySelectorAll("tr[data-value]")];

const inLanguages = (row) => [...row.querySelectorAll("[name^=label-]")];

function valueOf(row) {
  const value = JSON.parse(row.dataset.value);
  value.label = row.querySelector("[name=label]").value.trim();
  for (const { name, value: label } of inLanguages(row)) {
    const language = name.slice("label-".length);
    delete value.labels[language];
    if (label.trim()) value.labels[language] = label.trim();
  }
  value.active_until = row.querySelector("[name=active_until]").value || null;
  return value;
}

const parentOf = (row) => JSON.parse(row.dataset.value).parent;
const rowOf = (code) => rows().find((row) => JSON.parse(row.dataset.value).code === code);

/** How deep what stands below `parent` is; 0 at the top. */
function depthOf(parent) {
  let depth = 0;
  for (let code = parent; code; code = parentOf(rowOf(code))) depth += 1;
  return depth;
}

/** The last row of all that stands below `parent`, or of the list. */
function endOf(parent) {
  if (!parent) return rows().at(-1);
  const inside = new Set([parent]);
  let last = rowOf(parent);
  for (const row of rows()) {
    if (!inside.has(parentOf(row))) continue;
    inside.add(JSON.parse(row.dataset.value).code);
    last = row;
  }
  return last;
}

function add(form) {
  const told = Object.fromEntries(new FormData(form));
  const asks = new FormData(form).getAll("asks");
  const value = { code: told.code.trim(), parent: told.parent || null, reaches: told.parent ? null : told.reaches || null, asks, active_from: null, labels: {} };
  const before = endOf(value.parent);
  const row = before.cloneNode(true);
  row.dataset.value = JSON.stringify(value);
  row.classList.add("new");
  row.querySelector(".tree").className = `tree depth-${depthOf(value.parent)}`;
  row.querySelector("[name=label]").value = told.label.trim();
  for (const input of [...inLanguages(row), row.querySelector("[name=active_until]")]) input.value = "";
  row.querySelector("code").textContent = value.code;
  const its = JSON.parse(before.dataset.value).code;
  for (const input of row.querySelectorAll("[aria-label]")) input.ariaLabel = input.ariaLabel.replace(its, value.code);
  for (const cell of row.querySelectorAll("td:nth-child(n+3):not(:last-child)")) cell.textContent = "";
  before.after(row);
  publish.disabled = false;
  form.reset();
}

document.querySelector("form[data-submits]").addEventListener("change", ({ currentTarget }) => currentTarget.requestSubmit());

if (publish) {
  list.addEventListener("input", ({ target }) => {
    publish.disabled = false;
    // What is called otherwise now may have to be so in other languages.
    if (target.name === "label") target.closest("tr").querySelector(".languages").open = true;
  });
  adding.addEventListener("submit", (event) => {
    if (!adding.reportValidity()) event.preventDefault();
    else add(adding);
  });
  list.addEventListener("submit", async (event) => {
    event.preventDefault();
    clear(list);
    publish.disabled = true;
    try {
      await call(list.dataset.url, { method: "PUT", body: { values: rows().map(valueOf) } });
      goOn(list.dataset.done);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      show(list, new Problem({ ...problem.facts, errors: [] }));
      publish.disabled = false;
      list.querySelector("[data-problem]").scrollIntoView({ block: "center" });
    }
  });
}
