/** Payment links of a case, and what was written to its customer. */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { copyText } from "../parts/copy.js";
import { icon } from "../parts/icon.js";
import { newId } from "../parts/new_id.js";
import { Problem } from "../parts/problem.js";
import { locale, t } from "../parts/texts.js";
import { toast } from "../parts/toast.js";
import { minorOf, money } from "../live/money.js";
import { clockTime, day, exactTime } from "../live/times.js";
import * as api from "./api.js";
import { field, form, options, ways } from "../parts/form.js";
import { LANGUAGES, LASTS, LINK_STATES, MESSAGE_STATES, PURPOSES, WRITTEN } from "./words.js";

const amount = (value) => money(value.amount_minor, value.currency, locale);
const at = (instant) => html`<time datetime=${instant} title=${exactTime(instant)}>${day(instant)}, ${clockTime(instant)}</time>`;
const badge = ([word, tone, sign]) => html`<span class="badge ${tone}">${icon(sign)}${word}</span>`;
const reasons = (hits) => html`<ul class="reasons">${hits.map((hit) => html`<li>${hit.text}</li>`)}</ul>`;

/** Why a message did not go, where it did not. */
const trouble = (one) => [one.state === "refused" ? one.refused_by.map((hit) => hit.text).join(" ") : "", one.problem].filter(Boolean).join(" ");

/** "SMS to +56•••678: sent 14:05". */
function delivery(one) {
  const parts = { channel: WRITTEN[one.channel], who: one.sent_to || t("nobody"), at: at(one.settled_at ?? one.made_at), nth: one.sending };
  return one.sending > 1 ? t("{channel} to {who}, {at}, sent for the {nth}th time", parts) : t("{channel} to {who}, {at}", parts);
}

function link(one, { messages, opened }) {
  const last = messages.find((message) => message.purpose === "payment_link" && message.subject_id === one.id);
  const isOpen = one.state === "open";
  return html`<li data-testid="payment-link">
    <p class="money-line"><b>${amount(one.amount)}</b>${badge(LINK_STATES[one.state])}</p>
    <p class="quiet">${one.paid.amount_minor && one.state !== "paid" ? html`${t("{amount} of it paid.", { amount: amount(one.paid) })} ` : nothing}${isOpen
      ? html`${one.is_part_allowed ? t("In parts, until {at}.", { at: at(one.expires_at) }) : t("At once, until {at}.", { at: at(one.expires_at) })} ` : nothing}${one.opened_at
      ? t("Opened {at}.", { at: at(one.opened_at) }) : isOpen ? t("Not opened yet.") : nothing}</p>
    ${last ? html`<p class="quiet sent">${badge(MESSAGE_STATES[last.state])} ${delivery(last)}</p>
      ${trouble(last) ? html`<p class="quiet">${trouble(last)}</p>` : nothing}` : nothing}
    ${isOpen ? html`<p class="row-acts">
      <button type="button" class="button small" @click=${opened(sendSheet(one))}>${last ? t("Send again…") : t("Send…")}</button>
      <button type="button" class="button small" @click=${() => copyText(one.url, t("The link is on the clipboard"))}>${icon("link")}${t("Copy")}</button>
      <button type="button" class="button small" @click=${opened(codeSheet(one))}>${t("QR code")}</button>
      <button type="button" class="button small" @click=${opened(withdrawSheet(one))}>${t("Withdraw…")}</button></p>` : nothing}</li>`;
}

export const linksPanel = (links, messages, opened, isClosed) => html`<header><h2>${t("Payment links")}</h2></header>
  ${links.length ? html`<ul class="plain-list">${links.map((one) => link(one, { messages, opened }))}</ul>`
    : html`<p class="quiet pad">${t("With a link the customer pays alone, without signing in.")}</p>`}
  <p class="pad"><button type="button" class="button small" ?disabled=${isClosed} @click=${opened(linkSheet)}>${icon("plus")}${t("Make a payment link")}</button></p>`;

export const messagesPanel = (messages, opened) => html`<header><h2>${t("Messages")}</h2></header>
  ${messages.length ? html`<ul class="plain-list">${messages.map((one) => html`<li data-testid="message">
      <p class="money-line"><b>${PURPOSES[one.purpose]}</b>${badge(MESSAGE_STATES[one.state])}</p>
      <p class="quiet">${delivery(one)}</p>
      ${trouble(one) ? html`<p>${trouble(one)}</p>` : nothing}
      ${one.text ? html`<details><summary>${t("What it says")}</summary><p class="bubble" lang=${one.language}>${one.text}</p></details>` : nothing}
      ${one.purpose === "receipt" && one.state !== "waiting" && isLast(one, messages) ? html`<p class="row-acts"><button type="button" class="button small" @click=${opened(againSheet(one))}>${t("Send again…")}</button></p>` : nothing}</li>`)}</ul>`
    : html`<p class="quiet pad">${t("Nothing was written to the customer about this case.")}</p>`}`;

const isLast = (one, messages) => !messages.some((other) => other.subject_id === one.subject_id && other.purpose === one.purpose && other.sending > one.sending);

function linkSheet(sheet, told, done) {
  const { currency } = told.account;
  const overdue = told.standing.overdue;
  const id = newId();
  let of = overdue.amount_minor ? "overdue" : "other";
  const body = (value) => {
    const sent = { case_id: told.case.id, is_part_allowed: sheet.querySelector("#is_part_allowed").checked, hours: Number(value("hours")) };
    if (of === "overdue") return sent;
    const minor = minorOf(value("amount.amount_minor") ?? "", currency);
    if (!minor) throw new Problem({ title: t("How much?"), errors: [{ field: "amount.amount_minor", expected: t("an amount in {currency}, such as {amount}", { currency, amount: amount({ amount_minor: 120000, currency }) }) }] });
    return { ...sent, amount: { amount_minor: minor, currency } };
  };
  const paint = () => form(sheet, {
    title: t("Make a payment link"), act: t("Make the link"), send: (value) => api.makeLink(id, body(value)),
    done: (made) => { done(); sendSheet(made)(sheet, told, done); },
  }, html`
    ${overdue.amount_minor ? ways("of", t("For how much?"), { overdue: t("All that is overdue: {amount}", { amount: amount(overdue) }), other: t("Another amount") }, of, (value) => { of = value; paint(); }) : nothing}
    ${of === "other" ? field("amount.amount_minor", t("Amount, {currency}", { currency }), html`<input id="amount.amount_minor" name="amount.amount_minor"
      inputmode="decimal" autocomplete="off" aria-describedby="amount.amount_minor-problem">`) : nothing}
    <label class="tick"><input type="checkbox" id="is_part_allowed"><span>${t("The customer may pay a part of it")}<span class="quiet">${t("Else all of it, at once.")}</span></span></label>
    ${field("hours", t("For how long?"), html`<select id="hours" name="hours">${options(LASTS, "72")}</select>`)}`);
  paint();
  sheet.showModal();
}

/** Sends a link: shows what will be said, to whom, and what the contact rules say of it now. */
const sendSheet = (one) => async (sheet, told, done) => {
  let channel = "sms";
  let draft = null;
  const paint = () => {
    const stopped = draft && (draft.problem || !draft.is_allowed);
    form(sheet, {
      title: t("Send the link: {amount}", { amount: amount(one.left) }), act: t("Send it"), disabled: !draft || Boolean(stopped),
      send: () => api.sendLink(one.id, channel), done: () => { toast(t("It goes out now")); done(); },
    }, html`
      ${ways("channel", t("By what?"), WRITTEN, channel, (value) => { channel = value; ask(); })}
      ${draft ? html`
        ${draft.problem ? html`<p class="gate off" role="status" data-testid="gate">${icon("warning")}<span>${t("It cannot go this way: {problem}.", { problem: draft.problem })}</span></p>`
          : html`<div class="gate ${draft.is_allowed ? "good" : "off"}" role="status" data-testid="gate">${icon(draft.is_allowed ? "check" : "warning")}
            <div><p>${draft.is_allowed ? draft.hits.length ? t("The contact rules allow it now, with a warning:") : t("The contact rules allow it now.") : t("The contact rules do not allow it now:")}</p>${reasons(draft.hits)}</div></div>`}
        <div class="field"><span class="label">${t("To {who}, in {language}", { who: draft.sent_to || t("nobody"), language: LANGUAGES[draft.language] ?? draft.language })}</span><p class="bubble" lang=${draft.language}>${draft.text}</p></div>`
        : html`<p class="skeleton medium"></p>`}
      <p class="row-acts"><button type="button" class="button small" @click=${() => copyText(one.url, t("The link is on the clipboard"))}>${icon("link")}${t("Copy the link instead")}</button></p>`);
  };
  const ask = async () => {
    draft = null;
    paint();
    const wanted = channel;
    try {
      const came = await api.linkMessage(one.id, wanted);
      if (wanted === channel) draft = came;
    } catch (problem) {
      if (wanted === channel) draft = { problem: problem.message, hits: [], sent_to: "", text: "" };
    }
    paint();
  };
  if (!sheet.open) sheet.showModal();
  await ask();
};

const codeSheet = (one) => (sheet) => {
  form(sheet, { title: t("Pay {amount}", { amount: amount(one.left) }), act: t("Done|button"), send: async () => {}, done: () => {} }, html`
    <p>${t("The customer scans it with a phone, and pays there.")}</p>
    <p class="code"><img src=${api.linkQr(one.id)} alt=${t("QR code of the payment link")} width="260" height="260"></p>
    <p class="address">${one.url}</p>
    <p class="row-acts"><button type="button" class="button small" @click=${() => copyText(one.url, t("The link is on the clipboard"))}>${icon("link")}${t("Copy")}</button></p>`);
  sheet.showModal();
};

const withdrawSheet = (one) => (sheet, told, done) => {
  form(sheet, {
    title: t("Withdraw this link?"), act: t("Withdraw the link"), danger: true, send: () => api.withdrawLink(one.id), done,
  }, html`<p>${t("Nothing more can be paid with it. What the customer has begun to pay may still come in, and is taken.")}</p>`);
  sheet.showModal();
};

const againSheet = (one) => (sheet, told, done) => {
  let channel = one.channel;
  const paint = () => form(sheet, {
    title: t("Send the receipt again"), act: t("Send it again"), send: () => api.resend(one.id, channel), done: () => { toast(t("It goes out now")); done(); },
  }, html`${ways("channel", t("By what?"), WRITTEN, channel, (value) => { channel = value; paint(); })}
    <p class="bubble" lang=${one.language}>${one.text}</p>
    <p class="quiet">${t("The contact rules are asked again when it is about to go.")}</p>`);
  paint();
  sheet.showModal();
};
