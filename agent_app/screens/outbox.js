/** What waits to be sent, what needs the agent, and what has arrived. */

import { drop, isAboutMoney, sendAgain } from "../kept/outbox.js";
import { parked, state, tell, waiting } from "../state.js";
import { flush } from "../sync/flush.js";
import { t } from "../texts/texts.js";
import { amount, day, problem, time } from "../texts/told.js";
import { news } from "./news.js";
import { callOffice, figure, html, icon, mainButton, nothing, rows, screen } from "./parts.js";

const EDITABLE = { receipt: "pay", promise: "promise", disposition: "follow-up" };
const LATEST = 30;

export function outboxScreen(doings) {
  const sent = state.records.filter((each) => each.state === "sent" && each.kind !== "shift_end").reverse();
  const all = waiting();
  return screen({
    title: t("tab_outbox"),
    tab: "outbox",
    main: html`
      ${parked().map((each) => card(each, doings))}
      ${news(state.records, doings, who)}
      <section class="card" data-testid="waiting">
        <h2>${all.length ? t("waitingCount", { count: all.length }) : t("nothingWaits")}</h2>
        <p class="quiet">${all.length ? t(navigator.onLine ? "sendingSoon" : "sendingLater") : t("allThere")}</p>
        ${all.length ? html`<ul class="history">${rows(all, line, 10)}</ul>` : nothing}
        ${state.pings ? html`<p class="quiet">${t("positionsWait", { count: state.pings })}</p>` : nothing}
      </section>
      ${sent.length ? html`<section class="card"><details><summary data-testid="sent">${t("sentCount", { count: sent.length })}</summary>
        <ul class="history">${sent.slice(0, LATEST).map(line)}</ul></details></section>` : nothing}`,
    action: all.length ? mainButton(t("sendNow"), () => doings.act(async () => tell(await flush())), { testid: "send-now", disabled: !navigator.onLine }) : nothing,
  });
}

const who = (record) => state.cases.get(record.case_id)?.case.customer ?? "";

const line = (record) => html`<li>
  <span>${time(record.made_at)}</span><span>${t(`did_${record.kind}`)} ${who(record)}</span>
  <b>${record.body?.amount ? amount(record.body.amount) : ""}</b></li>`;

/** A record that the server refused: why, in words, and the ways out. */
function card(record, { act, set }) {
  const edit = record.kind === "center_meeting" ? `#/center/${record.center_id}`
    : EDITABLE[record.kind] && state.cases.has(record.case_id) && `#/case/${record.case_id}/${EDITABLE[record.kind]}/${record.id}`;
  const again = () => act(async () => {
    await sendAgain(record);
    tell(await flush());
  });
  const tellOffice = () => act(async () => {
    const text = [t(`did_${record.kind}`), who(record), record.body?.amount ? amount(record.body.amount) : "", `${day(record.made_at)} ${time(record.made_at)}`, problem(record.problem), record.id].filter(Boolean).join("\n");
    if (navigator.share) await navigator.share({ text }).catch(() => {});
    else await navigator.clipboard.writeText(text);
    set({ told: record.id });
  });
  return html`<section class="card parked" data-testid="parked">
    <h2>${icon("warning")} ${t(`did_${record.kind}`)} ${who(record)}</h2>
    ${record.body?.amount ? figure(amount(record.body.amount)) : nothing}
    <p data-testid="problem">${problem(record.problem)}</p>
    <p class="quiet">${t("stillHere")}</p>
    <div class="answers">
      <button class="button large" @click=${again} ?disabled=${state.ui.isBusy} data-testid="again">${t("sendAgain")}</button>
      ${edit ? html`<a class="button large" href=${edit} data-testid="edit">${t("putRight")}</a>` : nothing}
      <button class="button large" @click=${tellOffice}>${state.ui.told === record.id ? t("copied") : t("tellOffice")}</button>
      ${callOffice()}
      ${isAboutMoney(record) ? nothing : state.ui.dropping === record.id
        ? html`<button class="button danger large" @click=${() => act(() => drop(record))}>${t("giveUpSure")}</button>`
        : html`<button class="button plain large" @click=${() => set({ dropping: record.id })}>${t("giveUp")}</button>`}
    </div>
  </section>`;
}
