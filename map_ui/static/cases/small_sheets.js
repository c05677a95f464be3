/** Short forms: what comes next, another stage, a contact that was found, a number not to be used. */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { t } from "../parts/texts.js";
import * as api from "./api.js";
import { field, form, options } from "../parts/form.js";
import { CLOSURES, EXCLUSIONS, NEXT, PERSONS, STAGES, daysAfter } from "./words.js";

export function nextSheet(sheet, told, done) {
  form(sheet, {
    title: t("What comes next?"), act: t("Keep it"), done,
    send: (value) => api.setNext(told.case.id, { kind: value("kind"), due_on: value("due_on"), note: value("note") }),
  }, html`
    ${field("kind", t("What"), html`<select id="kind" name="kind">${options(NEXT, told.next_action ?? "call")}</select>`)}
    ${field("due_on", t("On"), html`<input id="due_on" name="due_on" type="date" .value=${daysAfter(told.today, 1)}>`)}
    ${field("note", t("Note"), html`<textarea id="note" name="note"></textarea>`)}`);
  sheet.showModal();
}

export function stageSheet(sheet, told, done) {
  const reachable = Object.fromEntries(told.standing.reachable.map((stage) => [stage, STAGES[stage]]));
  let stage = told.standing.reachable.find((one) => one !== "closed") ?? "closed";
  const paint = () =>
    form(sheet, {
      title: t("Change the stage"), act: stage === "closed" ? t("Close the case") : t("Change the stage"), done,
      send: (value) => api.setStage(told.case.id, { stage, closure: stage === "closed" ? value("closure") : undefined, reason: value("reason") }),
    }, html`
      <p class="quiet">${t("It is at {stage}. From there it may go to these.", { stage: STAGES[told.standing.stage] })}</p>
      ${field("stage", t("To"), html`<select id="stage" name="stage" @change=${(event) => { stage = event.target.value; paint(); }}>${options(reachable, stage)}</select>`)}
      ${stage === "closed" ? field("closure", t("How does it close?"), html`<select id="closure" name="closure">${options(CLOSURES, "")}</select>`) : nothing}
      ${field("reason", t("Why?"), html`<textarea id="reason" name="reason"></textarea>`)}`);
  paint();
  sheet.showModal();
}

export function contactSheet(sheet, told, done) {
  form(sheet, {
    title: t("Add a contact"), act: t("Add contact"), done,
    send: (value) => api.addContact(told.customer_id, {
      kind: value("value")?.includes("@") ? "email" : "phone", value: value("value"), relation: value("relation"), person_name: value("person_name"),
    }),
  }, html`
    <p class="quiet">${t("It stands beside what the lender's system has, which stays as it is.")}</p>
    ${field("value", t("Number or e-mail address"), html`<input id="value" name="value" autocomplete="off">`)}
    ${field("relation", t("Whose is it?"), html`<select id="relation" name="relation">${options(PERSONS, "customer")}</select>`)}
    ${field("person_name", t("Their name"), html`<input id="person_name" name="person_name" autocomplete="off">`)}`);
  sheet.showModal();
}

export const excludeSheet = (number) => (sheet, told, done) => {
  form(sheet, {
    title: t("Not to be used: {number}", { number }), act: t("Keep it from use"), done,
    send: (value) => api.tagNumber(told.customer_id, { value: number, word: value("word"), reason: value("reason"), until: value("until") }),
  }, html`
    ${field("word", t("What is wrong with it?"), html`<select id="word" name="word">${options(EXCLUSIONS, "")}</select>`)}
    ${field("reason", t("Why?"), html`<textarea id="reason" name="reason"></textarea>`)}
    ${field("until", t("Until, if it is for a time"), html`<input id="until" name="until" type="date">`)}`);
  sheet.showModal();
};

/** Messages go to numbers and addresses that were added once somebody else has said that they are right. */
export const verifySheet = (contact) => (sheet, told, done) => {
  form(sheet, { title: t("Is {contact} right?", { contact: contact.value }), act: t("It is right"), done, send: () => api.verifyContact(contact.id) },
    html`<p>${t("Say so once you have reached the customer there. Messages may go there from then on. Another person than who added it says so.")}</p>`);
  sheet.showModal();
};

export const endSheet = (contact) => (sheet, told, done) => {
  form(sheet, { title: t("Take {contact} off?", { contact: contact.value }), act: t("Take it off"), danger: true, done, send: (value) => api.endContact(contact.id, { reason: value("reason") }) },
    html`<p class="quiet">${t("That it was one is kept.")}</p>${field("reason", t("Why?"), html`<textarea id="reason" name="reason"></textarea>`)}`);
  sheet.showModal();
};
