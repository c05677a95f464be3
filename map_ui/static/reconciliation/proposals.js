/** What matching proposes: one to confirm, or several to choose from; all by keyboard too. */

import { html } from "../vendor/lit-html/lit-html.js";
import { icon } from "../parts/icon.js";
import { t } from "../parts/texts.js";
import { money } from "../live/money.js";
import { claimItem, lineItem } from "./items.js";
import { percent, tier } from "./words.js";

const option = (one, { chosen, alone, choose, locale, n }) => html`
  <li class="option" ?data-chosen=${chosen}>
    ${alone ? "" : html`<label class="pick"><input type="radio" name=${one.lines[0].id} .checked=${chosen} @change=${choose}><span>${t("Choose")}</span><kbd>${n + 1}</kbd></label>`}
    <div class="claims">${one.claims.map((claim) => claimItem(claim, locale))}</div>
    <p class="why"><span class="badge ${one.score >= 0.85 ? "verified" : "probable"}">${icon(one.score >= 0.85 ? "check" : "about")}${percent(one.score)}</span>
      <b>${tier(one.tier)}.</b> ${one.reasons.join(". ")}.
      ${one.short_minor > 0 ? html`<b class="missing">${t("{amount} are missing", { amount: money(one.short_minor, one.currency, locale) })}</b>` : ""}</p>
  </li>`;

/** A line (or several) beside what it may prove. */
export function proposal(options, state) {
  const { chosen, current, confirm, choose, select, locale, busy } = state;
  const picked = options.find((one) => one.id === chosen) ?? (options.length === 1 ? options[0] : null);
  return html`
    <li class="proposal" tabindex="-1" aria-current=${current ? "true" : "false"} data-testid="proposal" @focusin=${select}>
      <div class="lines">${options[0].lines.map((line) => lineItem(line, locale))}</div>
      <ul class="options">${options.map((one, n) =>
        option(one, { n, chosen: one.id === picked?.id, alone: options.length === 1, choose: () => choose(one.id), locale }))}</ul>
      <button class="button ${current ? "main" : ""}" type="button" ?disabled=${!picked || busy} @click=${() => confirm(picked)}>
        ${icon("check")}${t("Confirm")}</button>
    </li>`;
}
