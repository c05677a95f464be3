/** Books of paper receipts: who has which leaves, what became of each, and which are missing. */

import { html } from "../vendor/lit-html/lit-html.js";
import { icon } from "../parts/icon.js";
import { newId } from "../parts/new_id.js";
import { Problem, REQUIRED } from "../parts/problem.js";
import { t, tn } from "../parts/texts.js";
import { day } from "../live/times.js";
import { openSheet } from "./sheet.js";
import { inRuns } from "./words.js";

const value = (form, name) => form.elements.namedItem(name)?.value.trim() ?? "";
const number = (form, name) => Number(value(form, name)) || 0;
const field = (name, label, hint, attributes = {}) => html`<div class="field"><label for=${name}>${label}</label>${hint ? html`<p class="hint">${hint}</p>` : ""}
  <input id=${name} name=${name} inputmode=${attributes.inputmode ?? "text"} .value=${attributes.value ?? ""} autocomplete="off" aria-describedby="${name}-problem"><p class="problem" id="${name}-problem"></p></div>`;
const refuse = (errors) => {
  if (errors.some(Boolean)) throw new Problem({ title: t("Something is missing"), errors: errors.filter(Boolean) });
};
const aNumber = { inputmode: "numeric" };

function openIssue(sheet, { state, act }) {
  const id = newId();
  const agents = [...state.tills].sort((a, b) => a.agent.localeCompare(b.agent));
  openSheet(sheet, {
    title: t("Issue a receipt book"), act: t("Issue it"),
    body: () => html`<p>${t("For when phone or printer fail. From now on the agent answers for each leaf; no leaf is in two books.")}</p>
      <div class="field"><label for="agent_id">${t("Who gets it")}</label><select id="agent_id" name="agent_id" aria-describedby="agent_id-problem">
        <option value="">${t("Choose")}</option>${agents.map((one) => html`<option value=${one.agent_id}>${one.agent}</option>`)}</select><p class="problem" id="agent_id-problem"></p></div>
      ${field("series", t("Series"), t("As it is printed before the number, such as {example}", { example: "B12" }))}
      ${field("first_number", t("First leaf"), "", aNumber)}
      ${field("last_number", t("Last leaf"), "", aNumber)}`,
  }, (form) => {
    const body = {
      agent_id: value(form, "agent_id"), series: value(form, "series"),
      first_number: number(form, "first_number"), last_number: number(form, "last_number"),
    };
    refuse([
      !body.agent_id && { field: "agent_id", expected: REQUIRED },
      !body.series && { field: "series", expected: REQUIRED },
      !body.first_number && { field: "first_number", expected: value(form, "first_number") ? t("a number") : REQUIRED },
      !body.last_number && { field: "last_number", expected: value(form, "last_number") ? t("a number") : REQUIRED },
    ]);
    return act.issueBook(id, body);
  });
}

const FATES = {
  cancelled: t("Cancelled: it is blotted or torn, and lies here"), lost: t("Lost: it is nowhere to be found"),
  used: t("Written for a receipt that the phone took"),
};

function openLeaf(sheet, book, { act }) {
  const is = { fate: "cancelled" };
  openSheet(sheet, {
    title: t("A leaf of {series}, with {agent}", { series: book.series, agent: book.agent }), act: t("Account for it"),
    body: (redraw) => html`<p>${t("A receipt that stands on the leaf only is entered at the counter.")}</p>
      ${field("number", t("Leaf number"), t("From {first} to {last}", { first: book.first_number, last: book.held_to }), { ...aNumber, value: book.missing[0]?.number ?? "" })}
      <div class="field"><label for="fate">${t("What became of it")}</label><select id="fate" name="fate" @change=${(event) => { is.fate = event.target.value; redraw(); }}>
        ${Object.entries(FATES).map(([fate, label]) => html`<option value=${fate} ?selected=${fate === is.fate}>${label}</option>`)}</select></div>
      ${is.fate === "used" ? field("receipt_number", t("Number of that receipt"), t("Such as {example}", { example: "LS-001-000123" }))
        : field("reason", t("How that came about"), "")}`,
  }, (form) => {
    const is_used = is.fate === "used";
    const told = value(form, is_used ? "receipt_number" : "reason");
    refuse([
      !number(form, "number") && { field: "number", expected: value(form, "number") ? t("a number") : REQUIRED },
      !told && (is_used ? { field: "receipt_number", expected: t("the number of a receipt") } : { field: "reason", expected: t("what the agent says") }),
    ]);
    return act.accountForLeaf(book.id, number(form, "number"), { fate: is.fate, ...(is_used ? { receipt_number: told } : { reason: told }) });
  });
}

function openReturn(sheet, book, { act }) {
  openSheet(sheet, {
    title: t("Take {leaves} back from {agent}", { leaves: leaves(book), agent: book.agent }), act: t("Take it back"),
    body: () => html`<p>${t("Blank leaves at the end may be issued anew. Each leaf before them is to be accounted for, now or later.")}</p>
      ${field("blank_from", t("First blank leaf"), t("Empty, if none is blank"), aNumber)}`,
  }, (form) => act.takeBookBack(book.id, value(form, "blank_from") ? number(form, "blank_from") : null));
}

const leaves = (book) => t("{series} {first}–{last}", { series: book.series, first: book.first_number, last: book.returned_at ? book.held_to : book.last_number });

function missing(book) {
  if (!book.missing.length) return html`<span class="quiet">${t("none")}</span>`;
  const numbers = inRuns(book.missing.map((one) => one.number));
  return html`<span class="counted off">${icon("warning")}${numbers}</span><span class="what">${t("since {day}", { day: day(book.missing[0].since) })}</span>`;
}

const standing = (book) => (book.returned_at ? t("came back {day}", { day: day(book.returned_at) })
  : book.holder_left ? html`<span class="counted off">${icon("warning")}${t("has left, and has it still")}</span>`
  : t("since {day}, from {name}", { day: day(book.issued_at), name: book.issuer }));

const became = (book) => [
  tn("{count} used", "{count} used", book.used), book.cancelled && tn("{count} cancelled", "{count} cancelled", book.cancelled),
  book.lost && tn("{count} lost", "{count} lost", book.lost),
].filter(Boolean).join(", ");

export function booksPart({ state, act, sheet }) {
  const { books } = state;
  return html`<div class="buttons"><button type="button" class="button" @click=${() => openIssue(sheet, { state, act })}>${t("Issue a book…")}</button></div>
    ${books.length ? html`<div class="table-box" tabindex="0" role="region" aria-label=${t("Receipt books")}><table class="table as-cards" data-testid="receipt-books">
      <thead><tr><th scope="col">${t("Agent")}</th><th scope="col">${t("Leaves")}</th><th scope="col">${t("What became of them")}</th><th scope="col">${t("Missing leaves")}</th><th scope="col"><span class="unseen">${t("What can be done")}</span></th></tr></thead>
      <tbody>${books.map((one) => html`<tr>
        <th scope="row">${one.agent}<span class="what">${standing(one)}</span></th>
        <td data-label=${t("Leaves")}>${leaves(one)}</td><td data-label=${t("What became of them")}>${became(one)}</td><td class=${one.missing.length ? "" : "none"} data-label=${t("Missing leaves")}>${missing(one)}</td>
        <td><span class="actions"><button type="button" class="button small" @click=${() => openLeaf(sheet, one, { act })}>${t("A leaf…")}</button>
          ${one.returned_at ? "" : html`<button type="button" class="button small" @click=${() => openReturn(sheet, one, { act })}>${t("Take it back…")}</button>`}</span></td></tr>`)}</tbody></table></div>`
    : html`<div class="empty">${icon("check")}<strong>${t("No receipt book is out")}</strong><p>${t("Agents who carry one can give receipts when phone or printer fail.")}</p></div>`}`;
}
