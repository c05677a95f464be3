/** What happened to a case that the phone did not know when a payment was taken: the payment stands, and this says
 * what came of it. */

import { update } from "../kept/outbox.js";
import { state } from "../state.js";
import { t } from "../texts/texts.js";
import { amount, time } from "../texts/told.js";
import { figure, html, icon } from "./parts.js";

/** Records whose answers told something that the agent has not said to have understood. */
export const withNews = (records) => records.filter((each) => each.state === "sent" && each.answer?.meanwhile?.length && !each.is_understood);

/** In words, what happened and what came of the payment. */
export function wordsOf({ answer }) {
  const words = answer.meanwhile.map(({ kind, at, amount: its, way, agent }) => t(kind === "paid" ? `news_paid_${way}` : `news_${kind}`, {
    amount: its ? amount(its) : "", time: at ? time(at) : "", agent: agent ?? "",
  }));
  const over = answer.advance.amount_minor ? t("news_over", { amount: amount(answer.advance) }) : "";
  return [...words, t("news_kept", { number: answer.number }), over].filter(Boolean);
}

/** What of these records the agent should know. */
export const news = (records, { act }, nameOf = () => "") => withNews(records).map((record) => html`
  <section class="card news" data-testid="news">
    <h2>${icon("about")} ${t("news_title")} ${nameOf(record)}</h2>
    ${figure(amount(record.body.amount))}
    ${wordsOf(record).map((words) => html`<p>${words}</p>`)}
    <button class="button large" ?disabled=${state.ui.isBusy} data-testid="news-understood"
      @click=${() => act(() => update(record.seq, "sent", { is_understood: true }))}>${t("understood")}</button>
  </section>`);
