/** A demand file: its columns named, tried as if it were loaded, and loaded. */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { icon } from "../parts/icon.js";
import { latest } from "../parts/latest.js";
import { locale, t, tn, whole } from "../parts/texts.js";
import { toast } from "../parts/toast.js";
import { money } from "../live/money.js";
import { headerOf, offer, plain } from "./file_header.js";
import { goOn } from "./forms.js";
import { problemsTable } from "./problems_table.js";
import { send } from "./upload.js";

const place = (id) => document.getElementById(id);
const selects = () => [...place("mapping-form").querySelectorAll("td select")];
let file = null;
const trying = latest();
/** What cells should have said, by line and column. */
const corrections = new Map();

function progress(share, words = "") {
  const bar = place("progress");
  bar.hidden = share === undefined;
  if (share === null || share === undefined) bar.removeAttribute("value");
  else bar.value = share;
  place("file-name").textContent = [file.name, words].filter(Boolean).join(": ");
}

function problemAt(problem) {
  for (const mark of place("mapping-form").querySelectorAll("[data-problem-of]")) mark.textContent = "";
  const general = place("file-problem");
  place("columns-dates").removeAttribute("aria-invalid");
  general.hidden = !problem;
  if (!problem) return;
  const marked = markColumns(problem);
  general.textContent = problem.facts?.missing && marked ? t("Say below what the columns of the file are.") : problem.message;
  if (problem.facts?.day_first ?? problem.facts?.other_value) askForDates();
}

/** Have it chosen what comes first in the file's dates: nothing in it tells. */
function askForDates() {
  place("mapping-form").querySelector("[data-problem-of=dates]").textContent = t("Choose what comes first.");
  place("columns-dates").setAttribute("aria-invalid", "true");
  place("columns-dates").focus();
}

/** Say at each column what is wrong with it; how many there are. */
function markColumns({ errors = [], facts = {} }) {
  const wrong = errors.map(({ field, expected }) => [field.split(".").at(-1), expected]);
  // A column that others can stand for comes with their names behind it.
  for (const name of facts.missing ?? []) wrong.push([name.split(" ", 1)[0], t("Choose the column of the file.")]);
  const marks = wrong.map(([name, expected]) => {
    const mark = place("mapping-form").querySelector(`[data-problem-of="${CSS.escape(name)}"]`);
    if (mark) mark.textContent = expected;
    return mark;
  }).filter(Boolean);
  marks[0]?.closest("tr").scrollIntoView({ block: "nearest" });
  return marks.length;
}

function parts(dryRun) {
  const form = new FormData();
  form.append("file", file);
  form.append("business_date", place("business-date").value);
  form.append("columns", JSON.stringify(Object.fromEntries(selects().map((select) => [select.name, select.value]))));
  if (place("columns-dates").value) form.append("dates", place("columns-dates").value);
  if (corrections.size) form.append("corrections", JSON.stringify([...corrections.values()]));
  form.append("dry_run", String(dryRun));
  return form;
}

/** What is loaded is what was tried, and an answer on its way is about something else by now. */
function outdate() {
  trying();
  progress(undefined);
  place("load-form").hidden = true;
}

function correct({ line, column }, value) {
  corrections.set(`${line}/${column}`, { line, column, value });
  outdate();
  showCorrections();
}

function showCorrections() {
  const takeBack = () => {
    corrections.clear();
    tryIt();
  };
  render(corrections.size ? html`<p class="acts" role="status"><span>${tn("One cell is corrected.", "{count} cells are corrected.", corrections.size)}</span>
    <button type="button" class="button main" @click=${tryIt}>${t("Try it with that")}</button>
    <button type="button" class="button" @click=${takeBack}>${t("Take the corrections back")}</button></p>` : nothing, place("corrections"));
}

const correctable = (problem, name) => (name === "value" && problem.column
  ? html`<input class="cell" maxlength="500" .value=${problem.value} aria-label=${t("What {column} on line {line} should say", problem)} @input=${outdate} @change=${({ target }) => correct(problem, target.value)}>`
  : problem[name]);

async function tryIt() {
  const isLatest = trying();
  const tell = (share) => isLatest() && progress(share, t("Trying it, as if it were loaded…"));
  tell(0);
  try {
    const found = await send("/v1/demand-files", parts(true), tell);
    if (!isLatest()) return;
    problemAt(null);
    showResult(found);
  } catch (problem) {
    if (!isLatest()) return;
    problemAt(problem);
    place("result").hidden = true;
  } finally {
    if (isLatest()) progress(undefined);
  }
}

function verdict({ already_imported: isKnown, rows_read: rows, rows_loaded: good }, total) {
  if (isKnown) return t("This file was taken in before. Loading it again changes nothing.");
  if (!good) return tn("The one row cannot be loaded:", "None of the {count} rows can be loaded:", rows);
  if (good < rows) return t("{good} of {rows} rows can be loaded ({total} due). What is wrong:", { good, rows, total });
  return tn("The one row can be loaded: {total} due.", "All {count} rows can be loaded: {total} due.", rows, { total });
}

function showResult(found) {
  const { rows_read: rows, rows_loaded: good, problems, unplaced, total_due: due } = found;
  const total = money(due.amount_minor, due.currency, locale);
  const isGood = good === rows && !found.already_imported;
  render(html`${icon(isGood ? "check" : "warning")}<span>${verdict(found, total)}</span>`, place("verdict"));
  place("verdict").className = `verdict ${isGood ? "good" : "off"}`;
  const told = problems.map((each) => ({ ...each, row: each.row_kept ? t("kept without it") : t("left out") }));
  render(nothing, place("problems")); // so that no field keeps what was typed for another row
  render(problemsTable(["line", "column", "value", "expected", "row"], told, correctable), place("problems"));
  showCorrections();
  render(unplaced.length ? html`<p class="said quiet">${icon("pin-off")} ${tn("One address is not on the map yet; an agent pins it at the first visit.", "{count} addresses are not on the map yet; agents pin them at the first visit.", unplaced.length)}</p>` : nothing, place("unplaced"));
  if (found.dates) place("columns-dates").value = found.dates;
  place("load-form").hidden = good === 0 || found.already_imported;
  place("load").textContent = tn("Load one row", "Load {count} rows", good);
  place("result").hidden = false;
}

async function load(event) {
  event.preventDefault();
  place("load").disabled = true;
  progress(0, t("Loading…"));
  try {
    const done = await send("/v1/demand-files", parts(false), (share) => progress(share, t("Loading…")));
    goOn(tn("{good} of one row is loaded.", "{good} of {count} rows are loaded.", done.rows_read, { good: whole(done.rows_loaded) }));
  } catch (problem) {
    toast(problem.message, { problem: true });
  } finally {
    place("load").disabled = false;
    progress(undefined);
  }
}

async function take(chosen) {
  file = chosen;
  trying(); // what was tried before was another file
  corrections.clear();
  place("result").hidden = true;
  place("columns-dates").value = "";
  const header = await headerOf(file);
  if (file !== chosen) return;
  for (const select of selects()) {
    const guesses = select.dataset.guesses.split(" ").map(plain);
    offer(select, header, header.find((name) => guesses.includes(plain(name))));
  }
  place("mapping").hidden = false;
  await tryIt();
}

place("file")?.addEventListener("change", ({ target }) => {
  if (target.files.length) take(target.files[0]);
});
place("mapping-form")?.addEventListener("submit", (event) => {
  event.preventDefault();
  tryIt();
});
place("columns-dates")?.addEventListener("change", tryIt);
place("load-form")?.addEventListener("submit", load);
