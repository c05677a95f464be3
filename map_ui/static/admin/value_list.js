/** A list of values: labels and last days are typed into its table, new ones added, and the whole
 * published as the next version. */

import { Problem, clear, show } from "../parts/problem.js";
import { call, goOn } from "./forms.js";

const list = document.getElementById("list");
const publish = document.getElementById("publish");
const adding = document.getElementById("value-form");

const rows = () => [...list.querySelectorAll("tr[data-value]")];

function valueOf(row) {
  const value = JSON.parse(row.dataset.value);
  value.label = row.querySelector("[name=label]").value.trim();
  value.active_until = row.querySelector("[name=active_until]").value || null;
  return value;
}

function add(form) {
  const told = Object.fromEntries(new FormData(form));
  const asks = new FormData(form).getAll("asks");
  const value = { code: told.code.trim(), parent: told.parent || null, reaches: told.parent ? null : told.reaches || null, asks, active_from: null };
  const below = rows().filter((row) => JSON.parse(row.dataset.value).parent === value.parent || JSON.parse(row.dataset.value).code === value.parent);
  const before = below.at(-1) ?? rows().at(-1);
  const row = before.cloneNode(true);
  row.dataset.value = JSON.stringify(value);
  row.classList.add("new");
  row.querySelector("[name=label]").value = told.label.trim();
  row.querySelector("[name=active_until]").value = "";
  row.querySelector("code").textContent = value.code;
  for (const cell of row.querySelectorAll("td:nth-child(n+3):not(:last-child)")) cell.textContent = "";
  before.after(row);
  publish.disabled = false;
  form.reset();
}

document.querySelector("form[data-submits]").addEventListener("change", ({ currentTarget }) => currentTarget.requestSubmit());

if (publish) {
  list.addEventListener("input", () => { publish.disabled = false; });
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
