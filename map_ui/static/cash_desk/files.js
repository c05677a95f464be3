/** Files that go out at night: to whom, what went, what was answered, and what was rejected. */

import { html } from "../vendor/lit-html/lit-html.js";
import { icon } from "../parts/icon.js";
import { newId } from "../parts/new_id.js";
import { locale, t, tn } from "../parts/texts.js";
import { money } from "../live/money.js";
import { day } from "../live/times.js";
import * as api from "./api.js";
import { time } from "./deposits.js";
import { openSheet } from "./sheet.js";
import { shortDay } from "./words.js";

const KINDS = { lms: t("Receipts to core banking"), bank: t("Deposits to the bank"), journal: t("Journal to the accountants") };
const RECORDS = {
  receipt: t("Receipt"), receipt_reversal: t("Undone receipt"), deposit: t("Deposit"), deposit_rejection: t("Deposit sent back"),
  journal_entry: t("Journal entry"),
};
const totals = (file) => file.totals.map((one) => money(one.amount_minor, one.currency, locale)).join(" + ");

function openTarget(sheet, { state, act }) {
  const id = newId();
  openSheet(sheet, {
    title: t("Have files made for somebody"), act: t("Have files made"),
    body: () => html`<p>${t("A file is made once an hour of whatever waits. Each record goes out exactly once.")}</p>
      <div class="field"><label for="kind">${t("What goes out?")}</label><select id="kind" name="kind">${Object.entries(KINDS).map(([kind, word]) => html`<option value=${kind}>${word}</option>`)}</select></div>
      <div class="field"><label for="code">${t("A short name; files are called by it")}</label>
        <input id="code" name="code" autocomplete="off" placeholder=${t("core|a short name")} aria-describedby="code-problem"><p class="problem" id="code-problem"></p></div>
      <div class="field"><label for="branch-of">${t("Of which branch, and all below it?")}</label><select id="branch-of" name="branch">${state.branches.map((one) => html`<option value=${one.code}>${one.name}</option>`)}</select>
        <p class="problem" id="branch-problem"></p></div>
      <div class="field"><label for="since">${t("From which day on?")}</label><input id="since" name="since" type="date" .value=${state.today} aria-describedby="since-problem"><p class="problem" id="since-problem"></p></div>`,
  }, (form) => act.addTarget(id, Object.fromEntries(["kind", "code", "branch", "since"].map((name) => [name, form.elements.namedItem(name).value.trim()]))));
}

const answered = ({ answered: one, unchanged, problems }) => [
  tn("{count} answer taken in", "{count} answers taken in", one),
  unchanged ? tn("{count} known already", "{count} known already", unchanged) : "",
  problems.length ? tn("{count} fit nothing", "{count} fit nothing", problems.length) : "",
].filter(Boolean).join(", ");

const placed = ({ number: file, line, attempt, reason }) => (attempt > 1
  ? t("File {file}, line {line}, attempt {attempt}: {reason}", { file, line, attempt, reason })
  : t("File {file}, line {line}: {reason}", { file, line, reason }));

function card(target, { state, act, sheet }) {
  const { files = [], rejected = [], taken } = state.exports.get(target.id) ?? {};
  const waits = target.sent + target.acknowledged + target.rejected;
  return html`<section class="export" data-testid="export" aria-label=${target.code}>
    <header><h3>${target.code}</h3><p class="quiet">${KINDS[target.kind]} · ${t("{branch} and below, since {day}", { branch: target.branch, day: shortDay(target.since) })}${target.closed_at ? ` · ${t("closed")}` : ""}</p>
      <p class="tally">${waits ? html`<span>${tn("{count} acknowledged", "{count} acknowledged", target.acknowledged)}</span><span>${tn("{count} without an answer", "{count} without an answer", target.sent)}</span>
        <span class=${target.rejected ? "off" : ""}>${target.rejected ? icon("warning") : ""}${tn("{count} rejected", "{count} rejected", target.rejected)}</span>` : html`<span class="quiet">${t("Nothing went out yet")}</span>`}</p></header>
    ${target.closed_at ? "" : html`<div class="buttons">
      <button type="button" class="button small" ?disabled=${state.busy} @click=${() => act.makeFile(target)}>${t("Make a file now")}</button>
      <label class="button small">${icon("plus")}${t("Take in answers")}<input class="unseen" type="file" accept=".csv,text/csv" @change=${(event) => { const [file] = event.target.files; event.target.value = ""; if (file) act.takeAnswers(target, file); }}></label>
      <button type="button" class="button small plain" @click=${() => openSheet(sheet, { title: t("No more files for {target}?", { target: target.code }), act: t("Close it"), danger: true, body: () => html`<p>${t("What went out stays to be read and answered.")}</p>` }, () => act.closeTarget(target))}>${t("Close…")}</button></div>`}
    ${taken ? html`<div class="taken-in" role="status"><p><strong>${answered(taken)}</strong></p>${taken.problems.length ? html`<ul>${taken.problems.slice(0, 20).map((one) => html`<li>${t("File {file}, line {line}: {reason}", { file: one.number, line: one.line, reason: one.expected })}</li>`)}</ul>` : ""}</div>` : ""}
    ${rejected.length ? html`<h4>${t("Rejected")}</h4><ol class="deposits">${rejected.map((line) => html`<li class="difference" data-testid="rejected"><span class="sign shortage">${icon("cross")}</span>
      <span><span class="who">${RECORDS[line.record]}, ${money(line.amount.amount_minor, line.amount.currency, locale)}</span>
        <span class="what">${placed(line)}</span></span>
      <span class="actions"><button type="button" class="button small" ?disabled=${state.busy} @click=${() => act.sendAgain(target, line)}>${t("Send it again")}</button></span></li>`)}</ol>` : ""}
    ${files.length ? html`<div class="table-box" tabindex="0" role="region" aria-label=${t("Files of {target}", { target: target.code })}><table class="table as-cards">
      <thead><tr><th scope="col">${t("File")}</th><th scope="col">${t("Made")}</th><th scope="col" class="amount">${t("Records")}</th><th scope="col" class="amount">${t("Control total")}</th>
        <th scope="col" class="amount">${t("Acknowledged")}</th><th scope="col" class="amount">${t("Rejected")}</th><th scope="col"><span class="unseen">${t("Save")}</span></th></tr></thead>
      <tbody>${files.map((file) => html`<tr data-testid="export-file"><th scope="row" title=${t("SHA-256 {sum}", { sum: file.sha256 })}>${target.code}-${String(file.number).padStart(6, "0")}</th><td data-label=${t("Made")}>${day(file.made_at)} ${time(file.made_at)}</td>
        <td class="amount" data-label=${t("Records")}>${file.records}</td><td class="amount" data-label=${t("Control total")}>${totals(file)}</td><td class="amount" data-label=${t("Acknowledged")}>${file.acknowledged}</td>
        <td class="amount" data-label=${t("Rejected")}><span class=${file.rejected ? "off" : ""}>${file.rejected}</span></td>
        <td><a class="button small" href=${api.fileContent(file.id)} download>${icon("download")}${t("Save")}</a></td></tr>`)}</tbody></table></div>` : ""}</section>`;
}

export function filesPart({ state, act, sheet }) {
  return html`<div class="buttons"><button type="button" class="button" @click=${() => openTarget(sheet, { state, act })}>${t("Have files made for somebody…")}</button></div>
    ${state.targets.length ? state.targets.map((target) => card(target, { state, act, sheet }))
      : html`<div class="empty">${icon("download")}<strong>${t("No files go out yet")}</strong><p>${t("Core banking gets receipts, the bank gets deposits, the accountants get the journal.")}</p></div>`}`;
}
