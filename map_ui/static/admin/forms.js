/** Forms that are sent as JSON to the API, and say what came of it.
 *
 * `data-api` is the method and the path; a `{name}` in it is filled from the field of that name.
 * A field's `name` may be dotted for an object within; `data-as` says `number`, `minor` (an amount of
 * `data-currency`, as minor units), `boolean`, `json`, `list`, `words` (a comma between them) or `empty`; what is left empty is not sent, but for the last. Afterwards the page is shown anew with `data-done` said
 * (a `{name}` in it is the answer's), or one goes to `data-then`, or the answer is shown in the dialog that `data-shows` names. */

import { Problem, ask, clear, show } from "../parts/problem.js";
import { toast } from "../parts/toast.js";
import { signInUrl } from "../live/api.js";
import { minorOf } from "../live/money.js";

const NOTE = "administration-note";

const READ = {
  number: (field) => (field.value.trim() === "" ? undefined : Number(field.value)),
  minor: (field) => (field.value.trim() === "" ? undefined : minorOf(field.value, field.dataset.currency)), // the API says what none is
  boolean: (field) => field.checked,
  json: (field) => JSON.parse(field.value),
  words: (field) => field.value.split(",").map((word) => word.trim()).filter(Boolean),
  empty: (field) => field.value.trim(), // nothing is a value, too
  text: (field) => (field.value.trim() === "" ? undefined : field.value.trim()),
};

function put(body, name, value) {
  const steps = name.split(".");
  const last = steps.pop();
  const inner = steps.reduce((object, step) => (object[step] ??= {}), body);
  inner[last] = value;
}

/** A form's fields as the API takes them. */
export function bodyOf(form) {
  const body = {};
  for (const field of form.elements) {
    if (!field.name || field.closest("fieldset[disabled]")) continue;
    const kind = field.dataset.as ?? "text";
    if (kind === "list") {
      body[field.name] ??= [];
      if (field.checked) body[field.name].push(field.value);
      continue;
    }
    const value = field.type === "password" ? field.value || undefined : READ[kind](field);
    if (value !== undefined) put(body, field.name, value);
  }
  return body;
}

/** A path with its `{name}`s filled from a body, which they leave. */
export function fill(path, body) {
  return path.replace(/\{(\w+)\}/g, (_, name) => {
    const value = body[name] ?? "";
    delete body[name];
    return encodeURIComponent(value);
  });
}

/** Show the page anew, or another one, and say `note` there. */
export function goOn(note, url) {
  if (note) sessionStorage.setItem(NOTE, note);
  if (url) location.assign(url);
  else location.reload();
}

/** What the page before wanted said here, once. */
export function takeNote() {
  const note = sessionStorage.getItem(NOTE);
  sessionStorage.removeItem(NOTE);
  return note;
}

/** Ask, and send whoever is not signed in any more to sign in. */
export async function call(url, options) {
  try {
    return await ask(url, options);
  } catch (problem) {
    if (problem instanceof Problem && problem.status === 401) {
      location.assign(`${signInUrl()}?next=${encodeURIComponent(location.pathname + location.search)}`);
    }
    throw problem;
  }
}

function reveal(dialog, answer) {
  for (const place of dialog.querySelectorAll("[data-of]")) place.textContent = answer[place.dataset.of] ?? "";
  dialog.dispatchEvent(new CustomEvent("answer", { detail: answer }));
  dialog.showModal();
}

async function send(form) {
  const [method, path] = form.dataset.api.split(" ");
  const body = bodyOf(form);
  const url = fill(path, body);
  const answer = await call(url, { method, ...(method !== "DELETE" && Object.keys(body).length && { body }) });
  const { done, then, shows } = form.dataset;
  if (shows) {
    form.closest("dialog")?.close();
    reveal(document.getElementById(shows), answer);
    return;
  }
  goOn(done?.replace(/\{(\w+)\}/g, (_, name) => answer?.[name] ?? ""), then && fill(then, { ...answer }));
}

async function submit(event) {
  event.preventDefault();
  const form = event.target;
  const button = event.submitter ?? form.querySelector('[type="submit"], button');
  clear(form);
  button.disabled = true;
  try {
    await send(form);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (form.querySelector("[data-problem]")) show(form, problem);
    else toast(problem.message, { problem: true });
  } finally {
    button.disabled = false;
  }
}

/** Fields that are there only when another has a value: `data-when="role=agent"`. */
function follow(form) {
  for (const part of form.querySelectorAll("[data-when]")) {
    const [name, value] = part.dataset.when.split("=");
    part.hidden = form.elements.namedItem(name).value !== value;
    part.disabled = part.hidden;
  }
}

export function wireForms(root) {
  for (const form of root.querySelectorAll("form[data-api]")) {
    form.addEventListener("submit", submit);
    form.addEventListener("change", () => follow(form));
    follow(form);
  }
}
