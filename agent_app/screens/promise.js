/** Taking down a promise to pay. */

import { minorOf, typed } from "../facts/money.js";
import { sendAgain } from "../kept/outbox.js";
import { shownCase, state } from "../state.js";
import { flush } from "../sync/flush.js";
import { promise } from "../sync/records.js";
import { t } from "../texts/texts.js";
import { minor, workday } from "../texts/told.js";
import { field, html, mainButton, screen } from "./parts.js";

const LONGEST_DAYS = 30; // where the branch has said nothing else
const SOON = [1, 3, 7];

const after = (iso, days) => new Date(Date.parse(`${iso}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

export function promiseScreen({ act, done, set }) {
  const its = shownCase();
  const { ui, day } = state;
  const record = state.records.find((each) => each.id === state.route[3] && each.state === "parked");
  ui.typedAmount ??= typed(record?.body.amount.amount_minor ?? (its.overdue_minor || its.due_minor), day.currency);
  ui.dueOn ??= record?.body.due_on ?? after(day.day, 1);
  ui.dueFrom ??= record?.body.due_from ?? "";
  ui.dueTo ??= record?.body.due_to ?? "";
  const amount_minor = minorOf(ui.typedAmount, day.currency);
  const [first, last] = [day.day, after(day.day, day.door?.promise_max_days ?? LONGEST_DAYS)];
  const take = () => {
    const wrong = {};
    if (!amount_minor) wrong.amount = t("amountWrong");
    else if (amount_minor > its.due_minor) wrong.amount = t("atMost", { amount: minor(its.due_minor) });
    if (!(ui.dueOn >= first && ui.dueOn <= last)) wrong.dueOn = t("dueBetween", { first: workday(first), last: workday(last) });
    if (ui.dueFrom && ui.dueTo && ui.dueFrom >= ui.dueTo) wrong.dueTo = t("dueToLater");
    set({ wrong });
    if (Object.keys(wrong).length) return;
    act(async () => {
      const money = { amount_minor, currency: day.currency };
      const hours = { ...(ui.dueFrom && { due_from: ui.dueFrom }), ...(ui.dueTo && { due_to: ui.dueTo }) };
      if (record) {
        const { due_from, due_to, ...kept } = record.body;
        await sendAgain(record, { ...kept, amount: money, due_on: ui.dueOn, ...hours });
        flush();
      } else {
        await promise(its.case.id, money, ui.dueOn, hours);
      }
      done(`#/case/${its.case.id}`);
    });
  };
  return screen({
    title: t("takePromise"),
    back: `#/case/${its.case.id}`,
    main: html`
      <p>${its.case.customer} · ${t("overdueNow")} <b>${minor(its.overdue_minor)}</b></p>
      ${field({ name: "amount", label: t("amount"), wrong: ui.wrong?.amount,
        input: html`<input id="amount" class="money" inputmode="decimal" autocomplete="off" .value=${ui.typedAmount} @input=${(event) => set({ typedAmount: event.target.value, wrong: null })}>` })}
      ${field({ name: "due_on", label: t("dueOn"), wrong: ui.wrong?.dueOn,
        input: html`<input id="due_on" type="date" min=${first} max=${last} .value=${ui.dueOn} @input=${(event) => set({ dueOn: event.target.value, wrong: null })}>` })}
      <div class="chips">${SOON.map((days) => html`<button type="button" class="chip large" aria-pressed=${ui.dueOn === after(day.day, days)} @click=${() => set({ dueOn: after(day.day, days), wrong: null })}>${workday(after(day.day, days))}</button>`)}</div>
      <details ?open=${Boolean(ui.dueFrom || ui.dueTo)}><summary data-testid="due-hours">${t("dueHours")}</summary>
        ${hour("due_from", "dueFrom", ui, set)}${hour("due_to", "dueTo", ui, set)}</details>`,
    action: mainButton(t("savePromise"), take, { testid: "save-promise" }),
  });
}

const hour = (name, its, ui, set) => field({ name, label: t(its), wrong: ui.wrong?.[its],
  input: html`<input id=${name} type="time" .value=${ui[its]} @input=${(event) => set({ [its]: event.target.value, wrong: null })}>` });
