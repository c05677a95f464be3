/** Cash that counts found missing or over, until somebody settles it, and what became of the rest. */

import { html } from "../vendor/lit-html/lit-html.js";
import { icon } from "../parts/icon.js";
import { locale, t } from "../parts/texts.js";
import { money } from "../live/money.js";
import { day } from "../live/times.js";
import { time } from "./deposits.js";
import { settledList } from "./settled.js";
import { askWhy } from "./sheet.js";
import { CAUSES } from "./words.js";

const WAYS = {
  shortage: [["paid", t("Paid in cash"), t("The cash is in the vault, and nothing is owed any more.")], ["written_off", t("Write off"), t("The lender bears it. Somebody else than who found it must do this.")]],
  excess: [["returned", t("Give back"), t("It leaves the vault, to whom it belongs.")], ["kept", t("Keep"), t("Nobody asked for it; the lender keeps it.")]],
};

function whose({ sort, owner }) {
  if (sort === "excess") return owner ? t("with what {owner} brought", { owner }) : t("nobody's yet");
  return owner ? t("{owner} owes it", { owner }) : t("nobody answers for it yet");
}

/** The ways in which this person may settle it, and what is left to a colleague. */
function waysOf(one, me) {
  if (one.owner_id === me) return [[], t("You answer for it. A colleague settles it.")];
  if (one.sort === "shortage" && one.found_by === me) return [WAYS.shortage.slice(0, 1), t("You found it. Only a colleague may write it off.")];
  return [WAYS[one.sort], ""];
}

/** False notes stay on the list: they are kept for the police. */
const falseNotes = (list) => (list.length ? html`<section class="below" aria-label=${t("False notes")}><h3>${t("False notes")}</h3>
  <div class="table-box" tabindex="0" role="region" aria-label=${t("False notes, the latest first")}><table class="table as-cards" data-testid="false-notes">
    <thead><tr><th scope="col">${t("Serial number")}</th><th scope="col" class="amount">${t("Face")}</th><th scope="col">${t("Found")}</th><th scope="col">${t("In the cash of")}</th><th scope="col">${t("By")}</th></tr></thead>
    <tbody>${list.map((one) => html`<tr><th scope="row">${one.serial}</th><td class="amount" data-label=${t("Face")}>${money(one.face.amount_minor, one.face.currency, locale)}</td>
      <td data-label=${t("Found")}>${day(one.found_at)} ${time(one.found_at)}</td><td class="words" data-label=${t("In the cash of")}>${one.brought_by ?? t("The vault")}</td><td class="words" data-label=${t("By")}>${one.finder}</td></tr>`)}</tbody></table></div></section>` : "");

export const differencesPart = (page) => html`<div class="buttons"><div class="chips" role="group" aria-label=${t("What is shown")}>
    ${[[false, t("Still open")], [true, t("Settled")]].map(([isSettled, word]) => html`
      <button class="chip" type="button" aria-pressed=${page.state.settled.isShown === isSettled ? "true" : "false"} @click=${() => page.act.showSettled(isSettled)}>${word}</button>`)}</div></div>
  ${page.state.settled.isShown ? settledList(page.state, page.act) : openList(page)}`;

function openList({ state, act, sheet }) {
  if (!state.differences.length) {
    return html`<div class="empty">${icon("check")}<strong>${t("Nothing is missing, nothing is over")}</strong></div>${falseNotes(state.false_notes)}`;
  }
  return html`<ol class="deposits">${state.differences.map((one) => {
    const amount = money(one.amount.amount_minor, one.amount.currency, locale);
    const [ways, others] = waysOf(one, state.me);
    return html`<li class="difference" data-testid="difference">
      <span class="sign ${one.sort}">${icon(one.sort === "shortage" ? "minus" : "plus")}</span>
      <span><span class="who">${one.sort === "shortage" ? t("{amount} short", { amount }) : t("{amount} over", { amount })}</span>
        <span class="what">${whose(one)} · ${CAUSES[one.cause]} · ${day(one.found_at)} ${time(one.found_at)}${one.finder ? ` · ${t("found by {name}", { name: one.finder })}` : ""}</span>
        ${others ? html`<span class="what">${others}</span>` : ""}</span>
      <span class="actions">${ways.map(([how, label, words]) => html`
        <button type="button" class="button small" @click=${() => askWhy(sheet, {
          title: `${label}: ${amount}`, words, label: t("Note"), name: "note", act: label,
        }, (note) => act.settle(one.id, how, note))}>${label}…</button>`)}</span></li>`;
  })}</ol>${falseNotes(state.false_notes)}`;
}
