/** A phone that the office has given up: what happened, what became of what was not sent, and what to do. */

import { officePhone } from "../kept/office.js";
import { state } from "../state.js";
import { obeyWipe } from "../sync/wipe.js";
import { hasText, t } from "../texts/texts.js";
import { problem } from "../texts/told.js";
import { callOffice, html, icon, mainButton, nothing } from "./parts.js";

/** While what was not sent still lies here, locked, and when all is erased. */
export const wipedScreen = (doings) => (state.vault?.is_closed ? closed(doings) : erased());

const closed = ({ act }) => html`<section class="alone wiped" data-testid="closed">
  ${icon("lock")}
  <h1>${t("closed")}</h1>
  <p>${t("closedLead")}</p>
  ${unsentCard(state.unsent ?? {}, "closedWaits")}
  ${state.ui.problem ? html`<p class="banner offline" role="alert">${problem(state.ui.problem)}</p>` : nothing}
  ${callOffice()}
  ${mainButton(t("handIn"), () => act(async () => { state.ui.problem = await obeyWipe(); }), { testid: "hand-in" })}
</section>`;

function erased() {
  const { unsent } = state.wiped;
  return html`<section class="alone wiped" data-testid="wiped">
    ${icon("warning")}
    <h1>${t("wiped")}</h1>
    <p>${t("wipedLead")}</p>
    ${unsent && unsentCard(unsent, "wipedUnsent", "wipedPictures")}
    <section class="card"><h2>${t("wipedNext")}</h2>
      <ol><li>${t("wipedCall")}</li><li>${t("wipedCash")}</li><li>${t("wipedLink")}</li></ol></section>
    <a class="button large" href="#/sign-in" data-testid="sign-in">${t("signIn")}</a>
    ${officePhone() ? html`<a class="button main large" href="tel:${officePhone()}" data-testid="call-office">${icon("phone")} ${t("callOffice")}</a>` : nothing}
  </section>`;
}

/** What was not sent, kind by kind (`{receipt: 2}`), and what becomes of it; pictures are not handed in. */
function unsentCard(unsent, lead, ofPictures) {
  const kinds = Object.entries(unsent);
  if (!kinds.length) return html`<section class="card" data-testid="unsent"><h2>${t("unsentNone")}</h2><p>${t("unsentNoneLead")}</p></section>`;
  return html`<section class="card" data-testid="unsent"><h2>${t("unsent")}</h2>
    <dl class="pairs">${kinds.map(([kind, count]) => html`<div><dt>${t(hasText(`did_${kind}`) ? `did_${kind}` : "unsentOther")}</dt><dd>${count}</dd></div>`)}</dl>
    <p>${t(lead)}</p>
    ${ofPictures && unsent.picture ? html`<p>${t(ofPictures)}</p>` : nothing}</section>`;
}
