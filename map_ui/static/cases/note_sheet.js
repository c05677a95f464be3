/** Notes a contact: each choice shows what it asks for next, and nothing that it does not. */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { beginTyping } from "../parts/focus.js";
import { icon } from "../parts/icon.js";
import { clear, show } from "../parts/problem.js";
import { minorOf } from "../live/money.js";
import { newId } from "../parts/new_id.js";
import { labelOf, t } from "../parts/texts.js";
import * as api from "./api.js";
import { ABILITIES, CHANNELS, INTENTS, NEXT, OBLIGED, PERSONS, daysAfter } from "./words.js";

const options = (choices, chosen, first) => html`
  <option value="">${first}</option>
  ${choices.map(([value, word]) => html`<option value=${value} ?selected=${value === chosen}>${word}</option>`)}`;
const pairs = (values) => values.map((value) => [value.code, labelOf(value)]);

/** `told` is one case as the server tells it; `done` is called when the contact is noted. */
export async function noteSheet(sheet, told, done) {
  const branch = told.branch;
  const currency = told.account.currency;
  const ids = { note: newId(), promise: newId() };
  let beyond = null; // the policy that the promise is beyond, once the server has said so
  const is = { channel: "call", contact: "", result: "", reason: "", next: "call", busy: false };
  let values = (await api.values(branch, "call")).values;
  const causes = (await api.values(branch, "cause")).values;
  const active = (value) => (!value.active_from || value.active_from <= told.today) && (!value.active_until || value.active_until >= told.today);
  const below = (parent) => values.filter((value) => value.parent === parent && active(value));
  const chosen = () => values.filter((value) => [is.contact, is.result, is.reason].includes(value.code));
  const asks = (word) => chosen().some((value) => value.asks.includes(word));
  const reaches = () => values.find((value) => value.code === is.contact)?.reaches;

  const choose = (name, value) => {
    clear(sheet.querySelector("form"));
    is[name] = value;
    if (name === "contact") is.result = is.reason = "";
    if (name === "result") {
      is.reason = "";
      if (asks("promise")) is.next = "await_payment";
    }
    paint();
  };
  const channel = async (value) => {
    Object.assign(is, { channel: value, contact: "", result: "", reason: "" });
    values = (await api.values(branch, value)).values;
    paint();
  };

  function body(form) {
    const value = (name) => form.elements.namedItem(name)?.value.trim() || undefined;
    const sent = {
      case_id: told.case.id, channel: is.channel, contact: is.contact || undefined, result: is.result || undefined,
      reason: is.reason || undefined, person: value("person"), person_name: value("person_name"), intent: value("intent"),
      ability: value("ability"), note: value("note"),
      next_action: { kind: value("next_action.kind"), due_on: value("next_action.due_on") },
    };
    if (asks("cause")) sent.cause = { code: value("cause.code"), note: value("cause.note") };
    if (asks("promise")) {
      const amount_minor = minorOf(value("promise.amount.amount_minor") ?? "", currency) ?? 0;
      if (beyond) sent.override_reason = value("override_reason");
      sent.promise = { id: ids.promise, amount: { amount_minor, currency }, due_on: value("promise.due_on") };
    }
    return sent;
  }

  const submit = async (event) => {
    event.preventDefault();
    if (is.busy) return;
    const form = event.target;
    clear(form);
    is.busy = true;
    try {
      await api.note(ids.note, body(form));
      sheet.close();
      done();
    } catch (problem) {
      const of = problem.errors?.[0];
      if (of?.rule && told.may_change_stage) {
        beyond = of.rule;
        paint();
      }
      show(form, problem);
    } finally {
      is.busy = false;
    }
  };

  const field = (name, label, control, hint = "") => html`<div class="field"><label for=${name}>${label}</label>
    ${hint ? html`<p class="hint">${hint}</p>` : nothing}${control}<p class="problem" id="${name}-problem"></p></div>`;
  const input = (name, type, value = "") => html`<input id=${name} name=${name} type=${type} .value=${value} aria-describedby="${name}-problem">`;
  const list = (name, choices, now, change, first = t("Choose")) => html`<select id=${name} name=${name} aria-describedby="${name}-problem"
    @change=${(event) => change?.(event.target.value)}>${options(choices, now, first)}</select>`;
  const entries = (words, only) => Object.entries(words).filter(([code]) => !only || only.includes(code));

  function paint() {
    const reached = reaches();
    const reasons = is.result ? below(is.result) : [];
    const others = Object.keys(PERSONS).filter((person) => !OBLIGED.includes(person));
    render(html`
      <form @submit=${submit} novalidate>
        <header><h2 id="sheet-title">${t("Note a contact")}</h2>
          <button type="button" class="button square plain" aria-label=${t("Close")} @click=${() => sheet.close()}>${icon("close")}</button></header>
        <div class="body stack">
          <p class="banner offline" role="alert" data-problem hidden></p>
          <fieldset class="field"><legend>${t("How")}</legend><div class="ways">
            ${entries(CHANNELS).map(([code, word]) => html`<label class="way"><input type="radio" name="channel" value=${code}
              .checked=${code === is.channel} @change=${() => channel(code)}>${word}</label>`)}</div></fieldset>
          ${field("contact", t("Whom did you reach?"), list("contact", pairs(below(null)), is.contact, (value) => choose("contact", value)))}
          ${is.contact ? field("result", t("What came of it?"), list("result", pairs(below(is.contact)), is.result, (value) => choose("result", value))) : nothing}
          ${reasons.length ? field("reason", t("Why?"), list("reason", pairs(reasons), is.reason, (value) => choose("reason", value))) : nothing}
          ${reached && reached !== "nobody" ? html`<div class="two">
            ${field("person", t("Who was it?"), list("person", entries(PERSONS, reached === "customer" ? OBLIGED : others), reached === "customer" ? "customer" : ""))}
            ${field("person_name", t("Their name"), input("person_name", "text"))}</div>` : nothing}
          ${asks("assessment") ? html`<div class="two">
            ${field("intent", t("Willing to pay?"), list("intent", entries(INTENTS), ""))}
            ${field("ability", t("Able to pay?"), list("ability", entries(ABILITIES), ""))}</div>` : nothing}
          ${asks("promise") ? html`<div class="two">
            ${field("promise.amount.amount_minor", t("Promised, {currency}", { currency }), html`<input id="promise.amount.amount_minor" name="promise.amount.amount_minor"
              inputmode="decimal" autocomplete="off" aria-describedby="promise.amount.amount_minor-problem">`)}
            ${field("promise.due_on", t("By|date"), input("promise.due_on", "date", daysAfter(told.today, 3)))}</div>` : nothing}
          ${asks("promise") && beyond ? field("override_reason", t("Why is it taken all the same?"), input("override_reason", "text"),
            t("The branch does not take this promise ({rule}). With a reason you may; your name stands with it.", { rule: beyond })) : nothing}
          ${asks("cause") ? html`
            ${field("cause.code", t("Root cause"), list("cause.code", pairs(causes.filter((one) => one.parent && active(one))), ""))}
            ${field("cause.note", t("In words"), input("cause.note", "text"))}` : nothing}
          ${field("note", asks("note") ? t("Note") : t("Note, if there is more to say"), html`<textarea id="note" name="note" aria-describedby="note-problem"></textarea>`)}
          <div class="two">
            ${field("next_action.kind", t("What comes next?"), list("next_action.kind", entries(NEXT), is.next, (value) => { is.next = value; }))}
            ${field("next_action.due_on", t("On"), input("next_action.due_on", "date", daysAfter(told.today, 1)))}</div>
        </div>
        <footer><button type="button" class="button" @click=${() => sheet.close()}>${t("Leave it")}</button>
          <button type="submit" class="button main">${t("Note contact")}</button></footer>
      </form>`, sheet);
  }
  paint();
  sheet.showModal();
  beginTyping(sheet);
}
