/** The customer's own copy: where a receipt is shown without signing in, as a link and as a code to scan. */

import { state } from "../state.js";
import { receiptLink } from "../sync/office.js";
import { t } from "../texts/texts.js";
import { problem } from "../texts/told.js";
import { html, icon, nothing } from "./parts.js";
import { qr } from "./qr.js";

/** The way to hand a sent receipt on. */
export function customerLink(record, { act, set }) {
  const { ui } = state;
  const get = () => act(async () => set(await receiptLink(record.id)));
  const share = () => act(async () => {
    if (navigator.share) await navigator.share({ title: t("receipt"), url: ui.url }).catch(() => {});
    else await navigator.clipboard.writeText(ui.url);
    set({ isShared: true });
  });
  if (!ui.url) {
    return html`<button class="button large" ?disabled=${ui.isBusy || !navigator.onLine} data-testid="receipt-link" @click=${get}>${t("receiptLink")}</button>
      ${ui.linkProblem ? html`<p class="problem" role="alert">${problem(ui.linkProblem)}</p>` : nothing}`;
  }
  return html`<section class="card sure"><p>${t("receiptScan")}</p>${qr(ui.url, t("receiptScan"))}
    <button class="button large" @click=${share}>${ui.isShared ? html`${icon("check")} ${t("copied")}` : t("shareLink")}</button></section>`;
}
