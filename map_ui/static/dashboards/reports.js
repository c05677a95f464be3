/** Reports that come by themselves: asked for once, made each day, week or month, kept and mailed. */

import { html } from "../vendor/lit-html/lit-html.js";
import { icon } from "../parts/icon.js";
import { newId } from "../parts/new_id.js";
import { clear, show } from "../parts/problem.js";
import { period } from "./values.js";
import * as api from "./api.js";

const EVERY = { day: "Each day", week: "Each week", month: "Each month" };
const BY = { branch: "by branch", agent: "by agent", product: "by product", day: "by day" };
const FORMATS = { xlsx: "Excel", csv: "CSV", pdf: "PDF" };

const options = (words) => Object.entries(words).map(([value, word]) => html`<option value=${value}>${word}</option>`);
const field = (name, label, control) => html`<div class="field"><label for=${name}>${label}</label>${control}<p class="problem" id="${name}-problem"></p></div>`;

export function reportsView({ given, branches, locale, act }) {
  const nameOf = (code) => branches.find((one) => one.code === code)?.name ?? code;
  const wish = (id) => given.subscriptions.find((one) => one.id === id);
  const add = async (event) => {
    event.preventDefault();
    const form = event.target;
    clear(form);
    const value = (name) => form.elements.namedItem(name).value.trim();
    try {
      await api.subscribe(newId(), {
        ...Object.fromEntries(["branch", "every", "by", "format"].map((name) => [name, value(name)])), ...(value("email") && { email: value("email") }),
      });
      form.reset();
      act.changed("It is made once the span is over");
    } catch (problem) {
      show(form, problem);
    }
  };
  return html`<section class="panel" aria-label="Ask for a report">
      <header class="panel-head"><h2>Ask for a report</h2></header>
      <form class="ask-report" @submit=${add} novalidate><p class="problem" role="alert" data-problem hidden></p>
        ${field("branch", "Figures of", html`<select id="branch" name="branch">${branches.map((one) => html`<option value=${one.code}>${one.name} and all below</option>`)}</select>`)}
        <div class="two">${field("every", "How often?", html`<select id="every" name="every">${options(EVERY)}</select>`)}
          ${field("by", "In rows", html`<select id="by" name="by">${options(BY)}</select>`)}</div>
        <div class="two">${field("format", "As", html`<select id="format" name="format">${options(FORMATS)}</select>`)}
          ${field("email", "Send it to, if by e-mail", html`<input id="email" name="email" type="email" autocomplete="email" aria-describedby="email-problem">`)}</div>
        <p><button type="submit" class="button main">Ask for it</button></p></form></section>
    <section class="panel" aria-label="What you get" data-testid="subscriptions"><header class="panel-head"><h2>What you get</h2></header>
      ${given.subscriptions.length ? html`<ul class="report-list">${given.subscriptions.map((one) => html`<li>
        <span><b>${EVERY[one.every]}, ${BY[one.grouping]}</b><span class="quiet">${nameOf(one.branch)} · ${FORMATS[one.format]}${one.email ? ` · to ${one.email}` : ""}</span></span>
        <button type="button" class="button small" @click=${() => act.stop(one)}>Stop it</button></li>`)}</ul>`
        : html`<div class="empty">${icon("clock")}<strong>Nothing comes by itself yet</strong><p>Ask for a report, and it is here in the hour after each day, week or month.</p></div>`}</section>
    <section class="panel wide" aria-label="Reports" data-testid="reports"><header class="panel-head"><h2>Reports that were made</h2></header>
      ${given.reports.length ? html`<div class="table-box"><table class="table"><thead><tr><th scope="col">Of</th><th scope="col">Days</th><th scope="col">Made</th><th scope="col"><span class="unseen">Save</span></th></tr></thead>
        <tbody>${given.reports.map((one) => html`<tr><th scope="row">${wish(one.subscription_id) ? `${EVERY[wish(one.subscription_id).every]}, ${BY[wish(one.subscription_id).grouping]}` : "Stopped since"}</th>
          <td>${period(one.first_day, "day", locale)}${one.first_day === one.last_day ? "" : ` – ${period(one.last_day, "day", locale)}`}</td>
          <td>${new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(new Date(one.made_at))}</td>
          <td><a class="button small" href=${api.reportFile(one)} download>${icon("download")}${one.name}</a></td></tr>`)}</tbody></table></div>`
        : html`<div class="empty">${icon("download")}<strong>No report was made yet</strong><p>The first one comes when the day, week or month before this one has ended in all its branches.</p></div>`}</section>`;
}
