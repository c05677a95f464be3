/** A message to the customer in the office's own words, while there is a network. */

import { shownCase, state } from "../state.js";
import { sendMessage } from "../sync/office.js";
import { t } from "../texts/texts.js";
import { problem } from "../texts/told.js";
import { html, icon, nothing, screen } from "./parts.js";

const PURPOSES = ["visit_missed", "due_reminder"];

export function messageScreen({ act, set }) {
  const its = shownCase();
  const { ui } = state;
  const send = (purpose) => act(async () => set(await sendMessage(its.case.id, purpose)));
  return screen({
    title: t("message"),
    back: `#/case/${its.case.id}`,
    main: html`
      <p>${its.case.customer}</p>
      <p class="quiet">${t("messageLead")}</p>
      ${navigator.onLine ? nothing : html`<p class="banner" data-testid="message-offline">${icon("signal-off")}<span>${t("messageOffline")}</span></p>`}
      <div class="answers">${PURPOSES.filter((each) => each !== "due_reminder" || its.overdue_minor).map((each) => html`
        <button class="button large" data-testid="message-${each}" ?disabled=${ui.isBusy || !navigator.onLine} @click=${() => send(each)}>${t(`message_${each}`)}</button>`)}</div>
      <div aria-live="polite">
        ${ui.messageText ? html`<section class="card" data-testid="message-text"><p class="note">${icon("check")} ${t("messageSent")}</p><p>${ui.messageText}</p></section>` : nothing}
        ${ui.messageProblem ? html`<p class="problem" role="alert" data-testid="message-problem">${problem(ui.messageProblem)}</p>` : nothing}</div>`,
  });
}
