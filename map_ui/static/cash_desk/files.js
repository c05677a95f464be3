/** Files that go out at night: to whom, what went, what was answered, and what was rejected. */

import { html } from "../vendor/lit-html/lit-html.js";
import { icon } from "../parts/icon.js";
import { newId } from "../parts/new_id.js";
import { money } from "../live/money.js";
import { day } from "../live/times.js";
import * as api from "./api.js";
import { time } from "./deposits.js";
import { openSheet } from "./sheet.js";

const locale = navigator.language;
const KINDS = { lms: "Receipts to core banking", bank: "Deposits to the bank", journal: "Journal to the accountants" };
const RECORDS = {
  receipt: "Receipt", receipt_reversal: "Undone receipt", deposit: "Deposit", deposit_rejection: "Deposit sent back", journal_entry: "Journal entry",
};
const totals = (file) => file.totals.map((one) => money(one.amount_minor, one.currency, locale)).join(" + ");

function openTarget(sheet, { state, act }) {
  const id = newId();
  openSheet(sheet, {
    title: "Have files made for somebody", act: "Have files made",
    body: () => html`<p>A file is made once an hour of whatever waits. Each record goes out exactly once.</p>
      <div class="field"><label for="kind">What goes out?</label><select id="kind" name="kind">${Object.entries(KINDS).map(([kind, word]) => html`<option value=${kind}>${word}</option>`)}</select></div>
      <div class="field"><label for="code">A short name; files are called by it</label>
        <input id="code" name="code" autocomplete="off" placeholder="core" aria-describedby="code-problem"><p class="problem" id="code-problem"></p></div>
      <div class="field"><label for="branch-of">Of which branch, and all below it?</label><select id="branch-of" name="branch">${state.branches.map((one) => html`<option value=${one.code}>${one.name}</option>`)}</select>
        <p class="problem" id="branch-problem"></p></div>
      <div class="field"><label for="since">From which day on?</label><input id="since" name="since" type="date" .value=${state.today} aria-describedby="since-problem"><p class="problem" id="since-problem"></p></div>`,
  }, (form) => act.addTarget(id, Object.fromEntries(["kind", "code", "branch", "since"].map((name) => [name, form.elements.namedItem(name).value.trim()]))));
}

const answered = ({ answered: one, unchanged, problems }) => [
  `${one} ${one === 1 ? "answer" : "answers"} taken in`, unchanged ? `${unchanged} known already` : "", problems.length ? `${problems.length} fit nothing` : "",
].filter(Boolean).join(", ");

function card(target, { state, act, sheet }) {
  const { files = [], rejected = [], taken } = state.exports.get(target.id) ?? {};
  const waits = target.sent + target.acknowledged + target.rejected;
  return html`<section class="export" data-testid="export" aria-label=${target.code}>
    <header><h3>${target.code}</h3><p class="quiet">${KINDS[target.kind]} · ${target.branch} and below, since ${target.since}${target.closed_at ? " · closed" : ""}</p>
      <p class="tally">${waits ? html`<span>${target.acknowledged} acknowledged</span><span>${target.sent} without an answer</span>
        <span class=${target.rejected ? "off" : ""}>${target.rejected ? icon("warning") : ""}${target.rejected} rejected</span>` : html`<span class="quiet">Nothing went out yet</span>`}</p></header>
    ${target.closed_at ? "" : html`<div class="buttons">
      <button type="button" class="button small" ?disabled=${state.busy} @click=${() => act.makeFile(target)}>Make a file now</button>
      <label class="button small">${icon("plus")}Take in answers<input class="unseen" type="file" accept=".csv,text/csv" @change=${(event) => { const [file] = event.target.files; event.target.value = ""; if (file) act.takeAnswers(target, file); }}></label>
      <button type="button" class="button small plain" @click=${() => openSheet(sheet, { title: `No more files for ${target.code}?`, act: "Close it", danger: true, body: () => html`<p>What went out stays to be read and answered.</p>` }, () => act.closeTarget(target))}>Close…</button></div>`}
    ${taken ? html`<div class="taken-in" role="status"><p><strong>${answered(taken)}</strong></p>${taken.problems.length ? html`<ul>${taken.problems.slice(0, 20).map((one) => html`<li>File ${one.number}, line ${one.line}: ${one.expected}</li>`)}</ul>` : ""}</div>` : ""}
    ${rejected.length ? html`<h4>Rejected</h4><ol class="deposits">${rejected.map((line) => html`<li class="difference" data-testid="rejected"><span class="sign shortage">${icon("cross")}</span>
      <span><span class="who">${RECORDS[line.record]}, ${money(line.amount.amount_minor, line.amount.currency, locale)}</span>
        <span class="what">File ${line.number}, line ${line.line}${line.attempt > 1 ? `, attempt ${line.attempt}` : ""}: ${line.reason}</span></span>
      <span class="actions"><button type="button" class="button small" ?disabled=${state.busy} @click=${() => act.sendAgain(target, line)}>Send it again</button></span></li>`)}</ol>` : ""}
    ${files.length ? html`<div class="table-box" tabindex="0" role="region" aria-label="Files of ${target.code}"><table class="table">
      <thead><tr><th scope="col">File</th><th scope="col">Made</th><th scope="col" class="amount">Records</th><th scope="col" class="amount">Control total</th>
        <th scope="col" class="amount">Acknowledged</th><th scope="col" class="amount">Rejected</th><th scope="col"><span class="unseen">Save</span></th></tr></thead>
      <tbody>${files.map((file) => html`<tr data-testid="export-file"><th scope="row" title="SHA-256 ${file.sha256}">${target.code}-${String(file.number).padStart(6, "0")}</th><td>${day(file.made_at)} ${time(file.made_at)}</td>
        <td class="amount">${file.records}</td><td class="amount">${totals(file)}</td><td class="amount">${file.acknowledged}</td>
        <td class="amount"><span class=${file.rejected ? "off" : ""}>${file.rejected}</span></td>
        <td><a class="button small" href=${api.fileContent(file.id)} download>${icon("download")}Save</a></td></tr>`)}</tbody></table></div>` : ""}</section>`;
}

export function filesPart({ state, act, sheet }) {
  return html`<div class="buttons"><button type="button" class="button" @click=${() => openTarget(sheet, { state, act })}>Have files made for somebody…</button></div>
    ${state.targets.length ? state.targets.map((target) => card(target, { state, act, sheet }))
      : html`<div class="empty">${icon("download")}<strong>No files go out yet</strong><p>Core banking gets receipts, the bank gets deposits, the accountants get the journal.</p></div>`}`;
}
