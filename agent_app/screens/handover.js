/** Cash to a colleague, and from one: counted on both phones, agreed by two short codes that are scanned or typed, with or without a
 * network. */

import { agreed, agreedBy, givenText, newNonce, normal, readText, takenText } from "../facts/handover.js";
import { totalOf } from "../facts/money.js";
import { state } from "../state.js";
import { giveCash, takeCash } from "../sync/records.js";
import { t } from "../texts/texts.js";
import { minor } from "../texts/told.js";
import { callOffice, counter, field, html, icon, mainButton, nothing, screen } from "./parts.js";
import { qr } from "./qr.js";
import { beyondRoom } from "./room.js";
import { scanner } from "./scan.js";

const counted = (counts) => Object.entries(counts).filter(([, number]) => number).map(([face, number]) => ({ face_minor: Number(face), count: number }));

const nameOf = (id) => state.day.colleagues?.find((each) => each.agent_id === id)?.name ?? "";

/** The colleague of a record of this phone, whom cash went to or came from; "" where there is none. */
export const colleagueOf = ({ body }) => nameOf(body.taker_id ?? body.giver_id);

/** Who gives what to whom, as both phones must have it. */
function what(ui, isGiving) {
  const [giver_id, taker_id] = isGiving ? [state.session.agent_id, ui.colleague] : [ui.colleague, state.session.agent_id];
  return { giver_id, taker_id, amount_minor: totalOf(ui.counts), currency: state.day.currency, day: state.day.day };
}

const whom = (ui, set, label) => field({ name: "colleague", label, wrong: ui.wrong?.colleague,
  input: html`<select id="colleague" @change=${(event) => set({ colleague: event.target.value, wrong: null })}>
    <option value="" ?selected=${!ui.colleague}>${t("chooseColleague")}</option>
    ${(state.day.colleagues ?? []).map((each) => html`<option value=${each.agent_id} ?selected=${each.agent_id === ui.colleague}>${each.name}</option>`)}</select>` });

const count = (ui, set) => html`<h2>${t("countNotes")}</h2>
  ${counter(state.day.faces_minor, ui.counts, minor, (counts) => set({ counts, wrong: null }))}
  <p class="problem" role="alert">${ui.wrong?.counts ?? ""}</p>`;

const code = (ui, set, label, value) => field({ name: "code", label, wrong: ui.wrong?.code,
  input: html`<input id="code" class="code" autocomplete="off" autocapitalize="characters" spellcheck="false" .value=${value} @input=${(event) => set({ typed: event.target.value, wrong: null })}>` });

export function giveScreen({ act, done, set }) {
  const { ui, till } = state;
  ui.counts ??= {};
  ui.typed ??= "";
  const total = totalOf(ui.counts);
  const show = () => {
    const wrong = {};
    if (!ui.colleague) wrong.colleague = t("chooseColleague");
    if (!total) wrong.counts = t("countFirst");
    else if (total > till.in_hand_minor) wrong.counts = t("moreThanInHand", { amount: minor(till.in_hand_minor) });
    set({ wrong });
    if (Object.keys(wrong).length) return;
    act(async () => set({ agreed: await agreed(what(ui, true), newNonce()) }));
  };
  const finish = () => {
    if (normal(ui.typed) !== ui.agreed.answer) return set({ wrong: { code: t("answerWrong", { name: nameOf(ui.colleague) }) } });
    return act(async () => {
      const { taker_id, amount_minor, currency } = what(ui, true);
      await giveCash(ui.agreed.id, taker_id, { amount_minor, currency }, counted(ui.counts));
      done("#/cash");
    });
  };
  if (ui.agreed) {
    return screen({
      title: t("giveTo", { name: nameOf(ui.colleague) }),
      main: html`<section class="card sure">
          <p>${t("showCode", { name: nameOf(ui.colleague) })}</p>
          ${qr(givenText(ui.agreed.code, state.session.agent_id), t("showCode", { name: nameOf(ui.colleague) }))}
          <p class="figure code" data-testid="code">${ui.agreed.code}</p>
          <p>${minor(total)}</p>
        </section>
        ${scanner({ set }, t("scanAnswer", { name: nameOf(ui.colleague) }), (text) => readText(text)?.answer, (answer) => set({ typed: answer, wrong: null }))}
        ${code(ui, set, t("answerOf", { name: nameOf(ui.colleague) }), ui.typed)}
        <p class="quiet">${t("giveLead")}</p>`,
      action: html`<button class="button large" @click=${() => set({ agreed: null, typed: "", scanRefused: null })}>${t("change")}</button>
        ${mainButton(t("given"), finish, { testid: "given" })}`,
    });
  }
  return screen({
    title: t("giveCash"),
    back: "#/cash",
    main: html`<p>${t("inHand")} <b>${minor(till.in_hand_minor)}</b></p>
      ${whom(ui, set, t("toWhom"))}
      ${count(ui, set)}`,
    action: mainButton(total ? t("giveAmount", { amount: minor(total) }) : t("giveCash"), show, { testid: "show-code" }),
  });
}

/** A colleague's code that was scanned; nobody else's is one. */
function readGiven(text) {
  const found = readText(text);
  return found?.code && nameOf(found.giver_id) ? found : null;
}

export function takeScreen({ act, set, done }) {
  const { ui } = state;
  ui.counts ??= {};
  ui.typed ??= "";
  const total = totalOf(ui.counts);
  const check = () => {
    const wrong = {};
    if (!ui.colleague) wrong.colleague = t("chooseColleague");
    if (!total) wrong.counts = t("countFirst");
    else if (beyondRoom(total)) wrong.counts = beyondRoom(total);
    set({ wrong });
    if (Object.keys(wrong).length) return;
    act(async () => {
      const found = await agreedBy(what(ui, false), ui.typed);
      if (!found) {
        ui.wrong = { code: t("handoverCodeWrong", { name: nameOf(ui.colleague), amount: minor(total) }) };
        return;
      }
      const { giver_id, amount_minor, currency } = what(ui, false);
      if (!state.records.some((each) => each.id === found.id)) await takeCash(found.id, giver_id, { amount_minor, currency }, counted(ui.counts));
      set({ taken: found });
    });
  };
  if (ui.taken) {
    return screen({
      title: t("takenFrom", { name: nameOf(ui.colleague) }),
      main: html`<section class="card sure">
          <p class="badge verified">${icon("check")} ${t("tookAmount", { amount: minor(total) })}</p>
          <p>${t("showAnswer", { name: nameOf(ui.colleague) })}</p>
          ${qr(takenText(ui.taken.answer), t("showAnswer", { name: nameOf(ui.colleague) }))}
          <p class="figure code" data-testid="answer">${ui.taken.answer}</p>
        </section>`,
      action: mainButton(t("handoverDone"), () => done("#/cash"), { testid: "taken-done" }),
    });
  }
  return screen({
    title: t("takeCash"),
    back: "#/cash",
    main: html`<p class="quiet">${t("takeLead")}</p>
      ${count(ui, set)}
      ${scanner({ set }, t("scanCode"), readGiven, ({ code: typed, giver_id }) => set({ typed, colleague: giver_id, wrong: null }))}
      ${whom(ui, set, t("fromWhom"))}
      ${code(ui, set, t("codeOf", { name: nameOf(ui.colleague) || t("colleague") }), ui.typed)}`,
    action: mainButton(total ? t("takeAmount", { amount: minor(total) }) : t("takeCash"), check, { testid: "check-code" }),
  });
}

/** Handovers that wait for the other phone, or for this one, where the giver never entered the answer; nothing where there is
 * none. */
export function openHandovers({ act }) {
  const { given, taken, asked } = state.till.open;
  const confirm = ({ id, taker_id, amount, denominations }) => act(() => giveCash(id, taker_id, amount, denominations));
  const line = (each, text) => html`<li><span>${icon("clock")}</span><span>${text}</span><b>${minor(each.amount.amount_minor)}</b></li>`;
  return html`${asked.map((each) => html`<section class="card parked" data-testid="taken-from-you">
      <h2>${icon("warning")} ${t("takenFromYou", { name: each.taker, amount: minor(each.amount.amount_minor) })}</h2>
      <p>${t("takenFromYouLead", { name: each.taker })}</p>
      <div class="answers"><button class="button large" ?disabled=${state.ui.isBusy} data-testid="confirm-given" @click=${() => confirm(each)}>${t("given")}</button>
        ${callOffice()}</div></section>`)}
    ${given.length + taken.length ? html`<section class="card" data-testid="open-handovers"><h2>${t("waitForOther")}</h2><ul class="history">
    ${given.map((each) => line(each, t("waitsForTaker", { name: each.taker })))}
    ${taken.map((each) => line(each, t("waitsForGiver", { name: each.giver })))}</ul></section>` : nothing}`;
}
