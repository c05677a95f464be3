/** What is before a court about a case: proceedings, their hearings, documents and costs. */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { icon } from "../parts/icon.js";
import { newId } from "../parts/new_id.js";
import { Problem } from "../parts/problem.js";
import { locale, t } from "../parts/texts.js";
import { minorOf, money } from "../live/money.js";
import * as api from "./api.js";
import { field, form, options } from "../parts/form.js";
import { LEGAL_DOCUMENTS, LEGAL_KINDS, LEGAL_OUTCOMES, dayOf } from "./words.js";

const amount = (value) => money(value.amount_minor, value.currency, locale);
const text = (name, label, more = "") => field(name, label, html`<input id=${name} name=${name} autocomplete="off" maxlength="1000" .value=${more}>`);
const dayField = (name, label, value = "") => field(name, label, html`<input id=${name} name=${name} type="date" .value=${value}>`);

function hearing(one, { may_note: mayNote }, isOpen, today, opened) {
  return html`<li data-testid="hearing"><p class="money-line"><b>${dayOf(one.heard_on)}</b>
      ${!one.outcome && isOpen && one.heard_on < today ? html`<span class="badge probable">${icon("warning")}${t("Not noted")}</span>` : nothing}</p>
    <p class="quiet">${[one.purpose, one.outcome].filter(Boolean).join(" → ")}</p>
    ${isOpen && mayNote && !one.outcome && one.heard_on <= today ? html`<button type="button" class="button small" @click=${opened(outcomeSheet(one))}>${t("What came of it…")}</button>` : nothing}</li>`;
}

const size = (bytes) => (bytes < 1e6 ? t("{count} kB", { count: Math.ceil(bytes / 1e3) }) : t("{count} MB", { count: (bytes / 1e6).toLocaleString(locale, { maximumFractionDigits: 1 }) }));

const document_ = (one) => html`<li data-testid="document"><p class="money-line"><b>${one.title}</b>
    <a class="button small" href=${api.legalDocument(one.id)} download aria-label=${t("Save {title}", { title: one.title })}>${icon("download")}${t("Save")}</a></p>
  <p class="quiet">${[LEGAL_DOCUMENTS[one.kind], one.dated_on && t("of {day}", { day: dayOf(one.dated_on) }), size(one.size_bytes)].filter(Boolean).join(" · ")}</p></li>`;

function proceeding(one, told, today, opened) {
  const isOpen = !one.closed_at;
  return html`<section class="proceeding" data-testid="legal-case">
    <p class="money-line pad"><b>${LEGAL_KINDS[one.kind]}</b>${isOpen
      ? one.is_held ? html`<span class="badge missed">${icon("warning")}${t("No contact")}</span>` : html`<span class="badge visiting">${icon("clock")}${t("Runs|legal case")}</span>`
      : html`<span class="badge planned">${icon("check")}${LEGAL_OUTCOMES[one.outcome]}</span>`}</p>
    <p class="quiet pad">${[one.forum, one.reference, one.filed_on && t("filed on {day}", { day: dayOf(one.filed_on) })].filter(Boolean).join(" · ")}</p>
    ${one.advocate || one.advocate_phone ? html`<p class="quiet pad">${t("Advocate: {name}", { name: one.advocate ?? "" })} ${one.advocate_phone ? html`<a href="tel:${one.advocate_phone}">${one.advocate_phone}</a>` : nothing}</p>` : nothing}
    ${one.reason ? html`<p class="quiet pad">${one.reason}</p>` : nothing}
    ${one.hearings.length ? html`<ul class="plain-list">${one.hearings.map((each) => hearing(each, told, isOpen, today, opened))}</ul>` : nothing}
    ${one.documents.length ? html`<ul class="plain-list">${one.documents.map(document_)}</ul>` : nothing}
    ${one.costs.length ? html`<table class="dues"><thead><tr><th scope="col">${t("Spent on")}</th><th scope="col" class="amount">${amount(one.spent)}</th></tr></thead>
      <tbody>${one.costs.map((cost) => html`<tr><td>${cost.paid_for} <span class="quiet">${dayOf(cost.spent_on)}</span></td><td class="amount">${amount(cost.amount)}</td></tr>`)}</tbody></table>` : nothing}
    <p class="row-acts pad">${isOpen && told.may_note ? html`<button type="button" class="button small" @click=${opened(hearingSheet(one))}>${t("Add a hearing…")}</button>` : nothing}
      ${told.may_note ? html`<button type="button" class="button small" @click=${opened(documentSheet(one))}>${t("Add a document…")}</button>` : nothing}
      ${told.may_note ? html`<button type="button" class="button small" @click=${opened(costSheet(one, told.currency))}>${t("Add a cost…")}</button>` : nothing}
      ${isOpen && told.may_open ? html`<button type="button" class="button small" @click=${opened(closeSheet(one))}>${t("Close it…")}</button>` : nothing}</p></section>`;
}

/** `told` is what the server says of the case's proceedings, `standing` where the case stands. */
export function legalPanel(told, { standing, today }, opened) {
  const isMissing = standing.stage === "legal" && !told.items.some((one) => !one.closed_at);
  return html`<header><h2>${t("Legal")}</h2></header>
    ${told.items.map((one) => proceeding(one, told, today, opened))}
    ${isMissing ? html`<p class="pad"><span class="badge probable">${icon("warning")}${t("No proceeding is on record for this stage")}</span></p>`
      : told.items.length ? nothing : html`<p class="quiet pad">${t("Nothing is before a court.")}</p>`}
    ${told.may_open ? html`<p class="pad"><button type="button" class="button small" @click=${opened(openSheet)}>${icon("plus")}${t("Put a proceeding on record…")}</button></p>` : nothing}`;
}

function openSheet(sheet, told, done) {
  const id = newId();
  form(sheet, {
    title: t("Put a proceeding on record"), act: t("Put it on record"), done,
    send: (value) => api.openLegal(id, {
      case_id: told.case.id, kind: value("kind"), forum: value("forum"), reference: value("reference"), advocate: value("advocate"),
      advocate_phone: value("advocate_phone"), filed_on: value("filed_on"), holds_contact: sheet.querySelector("#holds_contact").checked,
    }),
  }, html`
    ${field("kind", t("What kind?"), html`<select id="kind" name="kind">${options(LEGAL_KINDS, "notice")}</select>`)}
    ${text("forum", t("Court or forum"))}
    ${text("reference", t("Its number there, if there is one"))}
    ${text("advocate", t("Advocate"))}
    ${field("advocate_phone", t("The advocate's number"), html`<input id="advocate_phone" name="advocate_phone" type="tel" autocomplete="off">`)}
    ${dayField("filed_on", t("Filed on"))}
    <label class="tick"><input type="checkbox" id="holds_contact" checked><span>${t("Nobody contacts the customer about this account meanwhile")}<span class="quiet">${t("No visits, calls or messages until it is closed.")}</span></span></label>`);
  sheet.showModal();
}

const hearingSheet = (one) => (sheet, told, done) => {
  const id = newId();
  form(sheet, { title: t("Add a hearing"), act: t("Keep it"), done, send: (value) => api.setHearing(id, { legal_case_id: one.id, heard_on: value("heard_on"), purpose: value("purpose") }) },
    html`${dayField("heard_on", t("On"), told.today)}${text("purpose", t("What is to be heard?"))}`);
  sheet.showModal();
};

const outcomeSheet = (one) => (sheet, told, done) => {
  form(sheet, {
    title: t("What came of the hearing on {day}?", { day: dayOf(one.heard_on) }), act: t("Note it"), done,
    send: (value) => api.noteHearing(one.id, { outcome: value("outcome"), next_on: value("next_on"), next_purpose: value("next_purpose") }),
  }, html`${field("outcome", t("Outcome"), html`<textarea id="outcome" name="outcome" maxlength="1000"></textarea>`)}
    ${dayField("next_on", t("The next hearing, if there is one"))}
    ${text("next_purpose", t("What is to be heard then?"))}`);
  sheet.showModal();
};

const documentSheet = (one) => (sheet, told, done) => {
  const id = newId();
  const send = (value) => {
    const [file] = sheet.querySelector("#file").files;
    if (!file) throw new Problem({ title: t("Which file?"), errors: [{ field: "file", expected: t("a JPEG, PNG or PDF of at most 10 MB") }] });
    const about = new URLSearchParams({ legal_case_id: one.id, kind: value("kind") });
    for (const name of ["title", "dated_on"]) if (value(name)) about.set(name, value(name));
    return api.keepDocument(id, about, file);
  };
  form(sheet, { title: t("Add a document"), act: t("Keep it"), done, send }, html`
    ${field("kind", t("What is it?"), html`<select id="kind" name="kind">${options(LEGAL_DOCUMENTS, "order")}</select>`)}
    ${field("title", t("Title"), html`<input id="title" name="title" autocomplete="off" maxlength="200">`)}
    ${dayField("dated_on", t("The day that it bears, if it bears one"))}
    ${field("file", t("File"), html`<input id="file" name="file" type="file" accept="image/jpeg,image/png,application/pdf">`)}`);
  sheet.showModal();
};

const costSheet = (one, currency) => (sheet, told, done) => {
  const id = newId();
  const body = (value) => {
    const minor = minorOf(value("amount.amount_minor") ?? "", currency);
    if (!minor) throw new Problem({ title: t("How much?"), errors: [{ field: "amount.amount_minor", expected: t("an amount in {currency}, such as {amount}", { currency, amount: amount({ amount_minor: 120000, currency }) }) }] });
    return { legal_case_id: one.id, paid_for: value("paid_for"), spent_on: value("spent_on"), amount: { amount_minor: minor, currency } };
  };
  form(sheet, { title: t("Add a cost"), act: t("Keep it"), done, send: (value) => api.recordCost(id, body(value)) }, html`
    ${text("paid_for", t("What for?"))}
    ${field("amount.amount_minor", t("Amount, {currency}", { currency }), html`<input id="amount.amount_minor" name="amount.amount_minor"
      inputmode="decimal" autocomplete="off" aria-describedby="amount.amount_minor-problem">`)}
    ${dayField("spent_on", t("On"), told.today)}`);
  sheet.showModal();
};

const closeSheet = (one) => (sheet, told, done) => {
  form(sheet, { title: t("Close this proceeding?"), act: t("Close it"), danger: true, done, send: (value) => api.closeLegal(one.id, { outcome: value("outcome"), reason: value("reason") }) }, html`
    ${one.is_held ? html`<p>${t("The customer may be contacted again.")}</p>` : nothing}
    ${field("outcome", t("How did it end?"), html`<select id="outcome" name="outcome">${options(LEGAL_OUTCOMES, "settled")}</select>`)}
    ${field("reason", t("Why?"), html`<textarea id="reason" name="reason"></textarea>`)}`);
  sheet.showModal();
};
