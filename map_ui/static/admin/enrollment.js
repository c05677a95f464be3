/** Enrolling many: a file is looked at again whenever its mapping changes, and enrolled when asked. */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { icon } from "../parts/icon.js";
import { latest } from "../parts/latest.js";
import { t, tn } from "../parts/texts.js";
import { toast } from "../parts/toast.js";
import { headerOf, offer, plain } from "./file_header.js";
import { goOn } from "./forms.js";
import { problemsTable, table } from "./problems_table.js";
import { download, send } from "./upload.js";

const place = (id) => document.getElementById(id);
const state = { file: null, look: null, bad: 0 };
const looking = latest();

function progress(share) {
  const bar = place("progress");
  bar.hidden = share === undefined;
  if (share === null || share === undefined) bar.removeAttribute("value");
  else bar.value = share;
}

function parts() {
  const form = new FormData();
  form.append("file", state.file);
  for (const part of ["columns", "same"]) {
    const told = {};
    // Before the first look nothing is chosen, and what the columns are is guessed.
    if (state.look) {
      for (const field of place("mapping-form").querySelectorAll(`[data-part=${part}]`)) {
        if (part === "columns" || field.value) told[field.name] = field.value;
      }
    }
    form.append(part, JSON.stringify(told));
  }
  return form;
}

function problemAt(problem) {
  for (const mark of place("mapping-form").querySelectorAll("[data-problem-of]")) mark.textContent = "";
  const general = place("file-problem");
  general.hidden = !problem;
  if (!problem) return;
  let placed = 0;
  for (const { field, expected } of problem.errors) {
    const mark = place("mapping-form").querySelector(`[data-problem-of="${CSS.escape(field.split(".").at(-1))}"]`);
    if (!mark) continue;
    mark.textContent = expected;
    placed += 1;
  }
  const isAllPlaced = placed > 0 && placed === problem.errors.length;
  general.textContent = isAllPlaced ? t("Say below what the columns of the file are.") : problem.message;
}

async function look() {
  const isLatest = looking();
  const tell = (share) => isLatest() && progress(share);
  tell(0);
  place("file-name").textContent = `${state.file.name}: ${t("Looking at the file…")}`;
  try {
    const found = await send("/v1/enrollments/look", parts(), tell);
    if (!isLatest()) return; // the mapping has changed since
    problemAt(null);
    showMapping(found);
    state.look = found;
    showResult(found);
  } catch (problem) {
    if (!isLatest()) return;
    problemAt(problem);
    place("result").hidden = true;
    if (!state.look) await headerOnly(isLatest);
  } finally {
    if (isLatest()) {
      progress(undefined);
      place("file-name").textContent = state.file.name;
    }
  }
}

/** What each column is cannot be guessed: have those chosen that are not called as we do. */
async function headerOnly(isLatest) {
  const header = await headerOf(state.file);
  if (!isLatest() || header.length < 2) return;
  const ours = [...place("mapping-form").querySelectorAll("select[data-part=columns]")];
  state.look = { header, columns: ours.map(({ name }) => ({ name, in_file: header.find((each) => plain(each) === plain(name)) })) };
  showMapping(state.look);
}

function showMapping({ header, columns }) {
  const chosen = Object.fromEntries(columns.map((column) => [column.name, column.in_file ?? ""]));
  for (const select of place("mapping-form").querySelectorAll("select[data-part=columns]")) {
    offer(select, header, chosen[select.name]);
  }
  place("mapping").hidden = false;
}

const meaningOf = (column) => document.querySelector(`[data-meaning-of="${CSS.escape(column)}"]`)?.textContent ?? column;

const PROBLEM = ["line", "column", "value", "expected"];

function verdict(rows, good, bad) {
  if (!bad) return tn("The one row can be enrolled.", "All {count} rows can be enrolled.", rows);
  if (!good) return tn("The one row cannot be enrolled:", "None of the {count} rows can be enrolled:", rows);
  return t("{good} of {rows} rows can be enrolled. What is wrong:", { good, rows });
}

function showResult({ rows_read: rows, good, problems, people }) {
  const bad = problems.length;
  state.bad = bad;
  render(html`${icon(bad ? "warning" : "check")}<span>${verdict(rows, good, bad)}</span>`, place("verdict"));
  place("verdict").className = `verdict ${bad ? "off" : "good"}`;
  render(problemsTable(PROBLEM, problems, (each, name) => (name === "column" ? meaningOf(each.column) : each[name])), place("problems"));
  render(good ? html`<h4>${t("The first who can be enrolled")}</h4>${table(
    [t("Name"), t("User name"), t("Role"), t("Branch"), t("Phone")],
    people.slice(0, 8).map((one) => [one.full_name, one.username, roleName(one.role), one.branch_code, one.phone ?? ""]),
  )}` : nothing, place("preview"));
  place("skip-bad").hidden = bad === 0 || good === 0;
  place("enroll-form").hidden = good === 0;
  place("enroll").textContent = tn("Enroll one person", "Enroll {count} people", good);
  mayEnroll();
  place("result").hidden = false;
}

/** With bad rows in the file, somebody says first that they are to be left out. */
function mayEnroll() {
  const skips = place("enroll-form").elements.namedItem("skip_bad").checked;
  place("enroll").disabled = state.bad > 0 && !skips;
}

const roleName = (role) => document.querySelector(`select[name=role][data-part=same] option[value="${CSS.escape(role)}"]`)?.textContent ?? role;

async function enroll(event) {
  event.preventDefault();
  const form = parts();
  const wanted = place("enroll-form").elements;
  form.append("skip_bad", wanted.namedItem("skip_bad").checked);
  form.append("with_phones", wanted.namedItem("with_phones").checked);
  place("enroll").disabled = true;
  progress(0);
  try {
    const done = await send("/v1/enrollments", form, progress);
    goOn(done.already ? t("This file was enrolled before: nothing was done.")
      : tn("One person is enrolled. Print the sheet now.", "{count} people are enrolled. Print their sheets now.", done.people));
  } catch (problem) {
    toast(problem.message, { problem: true });
  } finally {
    place("enroll").disabled = false;
    progress(undefined);
  }
}

async function print(pressed, again) {
  pressed.disabled = true;
  pressed.setAttribute("aria-busy", "true");
  toast(t("Making the sheets. It takes a moment for each person."));
  try {
    await download(`/v1/enrollments/${pressed.dataset.sheets}/sheets`, { again }, "welcome.pdf");
    goOn(t("The sheets are in your downloads. Codes and keys are shown this once."));
  } catch (problem) {
    toast(problem.message, { problem: true });
    pressed.disabled = false;
    pressed.removeAttribute("aria-busy");
  }
}

for (const button of document.querySelectorAll("[data-sheets]")) {
  button.addEventListener("click", () => {
    if (!("again" in button.dataset)) {
      print(button, false);
      return;
    }
    const sheet = place("again-sheet");
    sheet.returnValue = "";
    sheet.onclose = () => { if (sheet.returnValue === "again") print(button, true); };
    sheet.showModal();
  });
}

place("file")?.addEventListener("change", ({ target }) => {
  if (!target.files.length) return;
  Object.assign(state, { file: target.files[0], look: null });
  place("mapping").hidden = true;
  place("result").hidden = true;
  look();
});
place("mapping-form")?.addEventListener("change", look);
place("mapping-form")?.addEventListener("submit", (event) => event.preventDefault());
place("enroll-form")?.addEventListener("submit", enroll);
place("enroll-form")?.addEventListener("change", mayEnroll);
