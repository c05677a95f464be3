/** What came of a visit, in the codes of the branch's list, and what comes next. Words alone are no result. */

import { MOST_DAYS, KINDS, NEXT_AFTER, SUGGESTED, asked, below, chosen, labelIn, missingOf, personsFor } from "../facts/values.js";
import { sendAgain } from "../kept/outbox.js";
import { shownCase, state } from "../state.js";
import { flush } from "../sync/flush.js";
import { followUp } from "../sync/records.js";
import { spoken, t } from "../texts/texts.js";
import { amount, workday } from "../texts/told.js";
import { causeFields } from "./cause.js";
import { choices, field, html, icon, mainButton, nothing, screen } from "./parts.js";

const INTENTS = ["willing", "wavering", "unwilling"];
const ABILITIES = ["able", "partly", "unable"];
const SOON = [1, 3, 7];
const WORDS = { note: "sayWords", causeNote: "sayWords", promise: "promiseFirst" };

const visits = () => state.day.door?.value_lists.find((list) => list.topic === "visit");
const after = (iso, days) => new Date(Date.parse(`${iso}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

/** Whether the branch has a list to choose from. */
export const hasResults = () => Boolean(visits()?.values.length);

/** What a screen begins with: what was refused, else what the visit's outcome suggests. */
function begin(ui, its, record) {
  if (ui.isBegun) return;
  const body = record?.body;
  const outcome = its.records.filter((each) => each.kind === "check_out").at(-1)?.body.outcome;
  const [contact, result] = body ? [body.contact, body.result] : (SUGGESTED[outcome] ?? []);
  Object.assign(ui, {
    isBegun: true, contact, result, reason: body?.reason, person: body?.person ?? (contact === "met_customer" ? "customer" : undefined),
    intent: body?.intent, ability: body?.ability, note: body?.note ?? "", causeCode: body?.cause?.code, causeNote: body?.cause?.note,
    nextKind: body?.next_action.kind ?? NEXT_AFTER[result], nextOn: body?.next_action.due_on ?? (result === "promised" ? its.promise?.due_on : undefined),
  });
}

/** The record's body, without what was not said. */
function noted(ui, values) {
  const asks = asked(values);
  const [contact, result, reason] = values.map((each) => each.code);
  const said = { reason, person: personsFor(values[0].reaches).length ? ui.person : undefined, note: ui.note?.trim() || undefined };
  return {
    contact, result, ...Object.fromEntries(Object.entries(said).filter(([, value]) => value)),
    ...(asks.has("assessment") && { intent: ui.intent, ability: ui.ability }),
    ...(asks.has("cause") && { cause: { code: ui.causeCode, note: ui.causeNote.trim() } }),
    next_action: { kind: ui.nextKind, due_on: ui.nextOn },
  };
}

export function followUpScreen({ act, done, set }) {
  const its = shownCase();
  const { ui, day } = state;
  const list = visits();
  const record = state.records.find((each) => each.id === state.route[3] && each.state === "parked");
  begin(ui, its, record);
  const today = day.day;
  const last = after(today, MOST_DAYS);
  const values = chosen(list, [ui.contact, ui.result, ui.reason], today);
  const asks = asked(values);
  const save = () => {
    const missing = missingOf({ ...ui, note: ui.note?.trim(), causeNote: ui.causeNote?.trim() }, list, today, last, Boolean(its.promise));
    set({ wrong: Object.fromEntries([...missing].map((name) => [name, t(WORDS[name] ?? "pickOne")])) });
    if (missing.size) return;
    act(async () => {
      if (record) {
        const { case_id, channel, happened_at } = record.body;
        await sendAgain(record, { case_id, channel, ...noted(ui, values), happened_at });
        flush();
      } else {
        await followUp(its.case.id, noted(ui, values));
      }
      done(its.visit ? `#/case/${its.case.id}` : "#/");
    });
  };
  const pick = (name, options, members = {}) => html`<fieldset class="pick">
    <legend>${t(name)}</legend>
    ${choices(name, options, ui[name], (value) => set({ [name]: value, wrong: null, ...members }))}
    <p class="problem" role="alert">${ui.wrong?.[name] ?? ""}</p></fieldset>`;
  const labels = (parent) => below(list, parent, today).map((value) => [value.code, labelIn(value, spoken())]);
  const persons = personsFor(values[0]?.reaches);
  return screen({
    title: t("followUp"),
    back: `#/case/${its.case.id}`,
    main: html`
      <p>${its.case.customer}</p>
      ${pick("contact", labels(null), { result: undefined, reason: undefined, person: undefined })}
      ${values.length ? pick("result", labels(values[0].code), { reason: undefined }) : nothing}
      ${values.length > 1 && labels(values[1].code).length ? pick("reason", labels(values[1].code)) : nothing}
      ${persons.length ? pick("person", persons.map((each) => [each, t(`person_${each}`)])) : nothing}
      ${asks.has("promise") ? promised(its, ui) : nothing}
      ${asks.has("assessment") ? html`${pick("intent", INTENTS.map((each) => [each, t(`intent_${each}`)]))}
        ${pick("ability", ABILITIES.map((each) => [each, t(`ability_${each}`)]))}<p class="problem" role="alert">${ui.wrong?.assessment ?? ""}</p>` : nothing}
      ${asks.has("cause") ? causeFields({ given: ui, wrong: ui.wrong, set: (members) => set({ ...members, wrong: null }), label: t("causeWhy") }) : nothing}
      ${values.length > 1 ? field({ name: "note", label: asks.has("note") ? t("noteAsked") : t("note"), wrong: ui.wrong?.note,
        input: html`<textarea id="note" rows="2" maxlength="1000" .value=${ui.note ?? ""} @input=${(event) => set({ note: event.target.value, wrong: null })}></textarea>` }) : nothing}
      ${field({ name: "next_kind", label: t("nextKind"), wrong: ui.wrong?.nextKind,
        input: html`<select id="next_kind" @change=${(event) => set({ nextKind: event.target.value, wrong: null })}>
          <option value="" ?selected=${!ui.nextKind}>${t("choose")}</option>
          ${KINDS.map((kind) => html`<option value=${kind} ?selected=${kind === ui.nextKind}>${t(`next_${kind}`)}</option>`)}</select>` })}
      ${field({ name: "next_on", label: t("nextOn"), wrong: ui.wrong?.nextOn,
        input: html`<div class="chips">${SOON.map((days) => html`<button type="button" class="chip large" data-testid="next-in-${days}" aria-pressed=${ui.nextOn === after(today, days)} @click=${() => set({ nextOn: after(today, days), wrong: null })}>${workday(after(today, days))}</button>`)}</div>
          <input id="next_on" type="date" min=${today} max=${last} .value=${ui.nextOn ?? ""} @input=${(event) => set({ nextOn: event.target.value, wrong: null })}>` })}`,
    action: html`${its.visit ? nothing : html`<a class="button large" href="#/" data-testid="later">${t("later")}</a>`}
      ${mainButton(t("saveFollowUp"), save, { testid: "save-follow-up" })}`,
  });
}

/** The promise that a result speaks of: the one taken down, or the way to it. */
function promised(its, ui) {
  if (its.promise) return html`<p class="note">${icon("check")} ${t("promisedBy", { amount: amount(its.promise.amount), day: workday(its.promise.due_on) })}</p>`;
  return html`<div><a class="button large" href="#/case/${its.case.id}/promise" data-testid="promise">${t("takePromise")}</a>
    <p class="problem" role="alert">${ui.wrong?.promise ?? ""}</p></div>`;
}
