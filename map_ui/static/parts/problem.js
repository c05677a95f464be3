/** What the API answers when it says no (RFC 9457), and how a form shows it. */

import { t } from "./texts.js";

export class Problem extends Error {
  /** @param {{title?: string, detail?: string, status?: number, errors?: {field: string, expected: string}[]}} body */
  constructor(body) {
    const title = body.title || t("Something went wrong");
    const more = body.detail && body.detail !== body.title ? body.detail : "";
    super([title, more].filter(Boolean).join(". "));
    this.title = title;
    this.status = body.status ?? 0;
    this.errors = body.errors ?? [];
    this.facts = body;
  }
}

const UNREACHABLE = {
  title: t("The server cannot be reached"),
  detail: t("Nothing was saved. Check the connection and try again."),
};

/** JSON in (or `content`, a CSV unless a header says otherwise), JSON out, or the header that is `told`. Throws `Problem` for every answer that is not a success, and when offline.
 * A page that asks again by itself gives a map, `shown`: what has not changed is not sent, and not on the audit trail, again; it is the value of before. */
export async function ask(url, { method = "GET", body, content, headers = {}, told, shown } = {}) {
  const options = { method, headers: { Accept: "application/json", ...headers } };
  if (body !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  } else if (content !== undefined) {
    options.headers["Content-Type"] ??= "text/csv";
    options.body = content;
  }
  const before = shown?.get(url);
  if (before) options.headers["If-None-Match"] = before.tag;
  let answer;
  try {
    answer = await fetch(url, options);
  } catch {
    throw new Problem({ ...UNREACHABLE, status: 0 });
  }
  if (before && answer.status === 304) return before.value;
  const isJson = /\bjson\b/.test(answer.headers.get("Content-Type") ?? "");
  const value = isJson ? await answer.json().catch(() => null) : null;
  const tag = shown && answer.ok && answer.headers.get("ETag");
  if (tag) shown.set(url, { tag, value });
  if (answer.ok) return told ? answer.headers.get(told) : value;
  throw new Problem({ title: t("The server answered {status}", { status: answer.status }), ...value, status: answer.status });
}

/** Take every problem off a form. */
export function clear(form) {
  for (const place of form.querySelectorAll(".problem")) place.textContent = "";
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  const general = form.querySelector("[data-problem]");
  if (general) general.hidden = true;
}

/** What the server expects of a field that was left empty; `inWords` tells it by the control. */
export const REQUIRED = t("required");

/** What is wrong with a field's value, in the words of who fills it in. */
export function inWords(input, expected) {
  if (expected !== REQUIRED) return expected;
  if (input.type === "file") return t("Choose a file.");
  if (input.type === "checkbox") return t("Tick this to go on.");
  if (input.type === "radio" || input.tagName === "SELECT") return t("Choose one of the list.");
  return t("Fill this in.");
}

/** Put each error under its field (at `#NAME-problem`, or where a page has many forms at
 * `[data-problem-of=NAME]`), the rest at the form's `[data-problem]`; focus the first of the form. A field that is
 * missing and not there yet is asked for once those that are there are right. */
export function show(form, problem) {
  clear(form);
  let first = null;
  let others = 0;
  for (const { field, expected } of problem.errors) {
    const input = form.elements.namedItem(field.replace(/^body\./, ""));
    const named = input instanceof RadioNodeList ? input[0] : input;
    const place = named && (form.querySelector(`[data-problem-of="${CSS.escape(named.name)}"]`)
      ?? form.querySelector(`#${CSS.escape(named.name)}-problem`));
    if (!place) {
      if (expected !== REQUIRED) others += 1;
      continue;
    }
    place.textContent = inWords(named, expected);
    named.setAttribute("aria-invalid", "true");
    if (!first || named.compareDocumentPosition(first) & named.DOCUMENT_POSITION_FOLLOWING) first = named;
  }
  const general = form.querySelector("[data-problem]");
  if (general && (others || !first)) {
    general.textContent = problem.message;
    general.hidden = false;
  }
  first?.focus();
}
