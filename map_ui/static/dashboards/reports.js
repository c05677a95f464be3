/** Reports that come by themselves: asked for once, made each day, week or month, kept and mailed. */

import { html } from "../vendor/lit-html/lit-html.js";
import { icon } from "../parts/icon.js";
import { newId } from "../parts/new_id.js";
import { clear, show } from "../parts/problem.js";
import { t } from "../parts/texts.js";
import { moment } from "../live/times.js";
import { period } from "./values.js";
import * as api from "./api.js";

const EVERY = { day: t("Each day"), week: t("Each week"), month: t("Each month") };
const BY = { branch: t("by branch"), agent: t("by agent"), product: t("by product"), day: t("by day") };
const FORMATS = { xlsx: t("Excel"), csv: "CSV", pdf: "PDF" };

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
      act.changed(t("It is made once the span is over"));
    } catch (problem) {
      show(form, problem);
    }
  };
  return html`<section class="panel" aria-label=${t("Ask for a report")}>
      <header class="panel-head"><h2>${t("Ask for a report")}</h2></header>
      <form class="ask-report" @submit=${add} novalidate><p class="banner offline" role="alert" data-problem hidden></p>
        ${field("branch", t("Figures of"), html`<select id="branch" name="branch">${branches.map((one) => html`<option value=${one.code}>${t("{branch} and all below", { branch: one.name })}</option>`)}</select>`)}
        <div class="two">${field("every", t("How often?"), html`<select id="every" name="every">${options(EVERY)}</select>`)}
          ${field("by", t("In rows"), html`<select id="by" name="by">${options(BY)}</select>`)}</div>
        <div class="two">${field("format", t("As|format"), html`<select id="format" name="format">${options(FORMATS)}</select>`)}
          ${field("email", t("Send it to, if by e-mail"), html`<input id="email" name="email" type="email" autocomplete="email" aria-describedby="email-problem">`)}</div>
        <p><button type="submit" class="button main">${t("Ask for it")}</button></p></form></section>
    <section class="panel" aria-label=${t("What you get")} data-testid="subscriptions"><header class="panel-head"><h2>${t("What you get")}</h2></header>
      ${given.subscriptions.length ? html`<ul class="report-list">${given.subscriptions.map((one) => html`<li>
        <span><b>${EVERY[one.every]}, ${BY[one.grouping]}</b><span class="quiet">${nameOf(one.branch)} · ${FORMATS[one.format]}${one.email ? ` · ${t("to {email}", { email: one.email })}` : ""}</span></span>
        <button type="button" class="button small" @click=${() => act.stop(one)}>${t("Stop it")}</button></li>`)}</ul>`
        : html`<div class="empty">${icon("clock")}<strong>${t("Nothing comes by itself yet")}</strong><p>${t("Ask for a report, and it is here in the hour after each day, week or month.")}</p></div>`}</section>
    <section class="panel wide" aria-label=${t("Reports")} data-testid="reports"><header class="panel-head"><h2>${t("Reports that were made")}</h2></header>
      ${given.reports.length ? html`<div class="table-box"><table class="table"><thead><tr><th scope="col">${t("Of|what a report tells")}</th><th scope="col">${t("Days")}</th><th scope="col">${t("Made")}</th><th scope="col"><span class="unseen">${t("Save")}</span></th></tr></thead>
        <tbody>${given.reports.map((one) => html`<tr><th scope="row">${wish(one.subscription_id) ? `${EVERY[wish(one.subscription_id).every]}, ${BY[wish(one.subscription_id).grouping]}` : t("Stopped since")}</th>
          <td>${period(one.first_day, "day", locale)}${one.first_day === one.last_day ? "" : ` – ${period(one.last_day, "day", locale)}`}</td>
          <td>${moment(one.made_at)}</td>
          <td><a class="button small" href=${api.reportFile(one)} download>${icon("download")}${one.name}</a></td></tr>`)}</tbody></table></div>`
        : html`<div class="empty">${icon("download")}<strong>${t("No report was made yet")}</strong><p>${t("The first one comes when the day, week or month before this one has ended in all its branches.")}</p></div>`}</section>`;
}
