/** Who of the agents holds how much cash, for how long, against which limit. */

import { html } from "../vendor/lit-html/lit-html.js";
import { icon } from "../parts/icon.js";
import { locale, t } from "../parts/texts.js";
import { money } from "../live/money.js";
import { day } from "../live/times.js";
import { time } from "./deposits.js";
import { blocked, noted, withAge } from "./words.js";

const told = ({ amount_minor, currency }) => money(amount_minor, currency, locale);
const hours = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });

const age = (one) => one
  ? html`<span class=${one.is_overdue ? "off" : ""}>${one.is_overdue ? icon("clock") : ""}${t("{hours} h of {limit} h", { hours: hours.format(one.banking_h), limit: one.limit_h })}</span>`
  : html`<span class="quiet">–</span>`;

const keeper = (one) => (one?.keeper ? html`<span class="what">${t("by night with {name}", { name: one.keeper.name })}</span>` : "");

const HANDED = {
  offered: ["visiting", "clock", t("Offered")], accepted: ["verified", "check", t("Taken over")], declined: ["planned", "cross", t("Declined")],
  withdrawn: ["planned", "cross", t("Withdrawn")],
};

const when = (instant) => html`${day(instant)} ${time(instant)}`;
const offer = ({ offered_at, settled_at }) => (settled_at
  ? t("Offered {offered}, settled {settled}", { offered: when(offered_at), settled: when(settled_at) })
  : t("Offered {offered}; the taker counts it yet", { offered: when(offered_at) }));

/** Cash that agents handed each other: it is the taker's once the taker has counted it. */
const handovers = (list) => (list.length ? html`<section class="below" aria-label=${t("Between agents")}><h3>${t("Between agents, in the last week")}</h3>
  <ol class="deposits">${list.map((one) => {
    const [tone, sign, word] = HANDED[one.state];
    return html`<li class="difference" data-testid="handover"><span class="sign">${icon("move-out")}</span>
      <span><span class="who">${t("{amount} from {giver} to {taker}", { amount: told(one.amount), giver: one.giver, taker: one.taker })}</span>
        <span class="what">${offer(one)} · ${noted(one.denominations, (face) => money(face, one.amount.currency, locale))}</span></span>
      <span class="actions"><span class="badge ${tone}">${icon(sign)}${word}</span></span></li>`;
  })}</ol></section>` : "");

export function tillsPart({ state }) {
  const tills = withAge(state.tills, state.aged);
  if (!tills.length) return html`<div class="empty">${icon("cash")}<strong>${t("No agent has a till")}</strong><p>${t("It opens with the first shift.")}</p></div>`;
  return html`<div class="table-box" tabindex="0" role="region" aria-label=${t("Tills")}><table class="table as-cards tills" data-testid="tills">
    <thead><tr><th scope="col">${t("Agent")}</th><th scope="col" class="amount">${t("In hand")}</th><th scope="col">${t("Of the limit")}</th>
      <th scope="col" class="amount">${t("Room")}</th><th scope="col" class="amount">${t("On its way")}</th><th scope="col">${t("Oldest cash, banking hours")}</th></tr></thead>
    <tbody>${tills.map((till) => html`<tr>
      <th scope="row">${till.agent}${till.blocked_for ? html`<span class="counted off">${icon("warning")}${blocked(till.blocked_for)}</span>` : ""}</th>
      <td class="amount" data-label=${t("In hand")}><strong>${told(till.in_hand)}</strong></td>
      <td data-label=${t("Of the limit")}><progress class="bar ${till.full >= 1 ? "missed" : till.full >= 0.8 ? "probable" : "verified"}" max="1" value=${Math.min(1, till.full)} aria-label=${t("{share} % of the limit", { share: Math.round(till.full * 100) })}></progress>
        <span class="what">${t("{share} % of {amount}", { share: Math.round(till.full * 100), amount: told(till.limit) })}</span></td>
      <td class="amount" data-label=${t("Room")}>${told(till.headroom)}</td>
      <td class="amount" data-label=${t("On its way")}>${told(till.in_transit)}</td>
      <td data-label=${t("Oldest cash, banking hours")}>${age(till.age)}${keeper(till.age)}</td></tr>`)}</tbody></table></div>${handovers(state.handovers)}`;
}
