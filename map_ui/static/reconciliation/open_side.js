/** Open lines beside money that is not at the bank: choose on both sides, match, or set aside. */

import { html } from "../vendor/lit-html/lit-html.js";
import { icon } from "../parts/icon.js";
import { t, tn, whole } from "../parts/texts.js";
import { money } from "../live/money.js";
import { claimItem, lineItem } from "./items.js";
import { bucketOf, fits, ofAge, short, sum } from "./words.js";

const SHOWN = 200;

const chips = (by_age, bucket, choose) => html`
  <div class="chips" role="group" aria-label=${t("By banking days open")}>
    <button class="chip" type="button" aria-pressed=${bucket ? "false" : "true"} @click=${() => choose("")}>${t("All")} <b>${whole(by_age.reduce((n, one) => n + one.count, 0))}</b></button>
    ${by_age.filter((one) => one.count).map((one) => html`
      <button class="chip" type="button" aria-pressed=${bucket === one.bucket ? "true" : "false"} 
        @click=${() => choose(one.bucket)}>${bucketOf(one.bucket)} <b>${whole(one.count)}</b></button>`)}
  </div>`;

function side({ title, empty, items, by_age, bucket, chosen, toggle, choose, draw, id, find }) {
  // What is chosen stays in sight, whatever is looked for.
  const shown = ofAge(items, bucket).filter((item) => !find || chosen.has(item.id) || fits(item, find));
  return html`
    <section class="side" aria-labelledby=${id} data-testid=${id}>
      <h2 id=${id}>${title}</h2>
      ${chips(by_age, bucket, choose)}
      ${items.length ? "" : html`<div class="empty">${icon("check")}<strong>${empty}</strong></div>`}
      ${items.length && !shown.length ? html`<p class="quiet more">${t("Nothing fits.")}</p>` : ""}
      <ul class="items">
        ${shown.slice(0, SHOWN).map((item) => html`
          <li><label class="selectable"><input type="checkbox" .checked=${chosen.has(item.id)} @change=${() => toggle(item)}>${draw(item)}</label></li>`)}
      </ul>
      ${shown.length > SHOWN ? html`<p class="quiet more">${t("The oldest {shown} of {count}. Find the others above, or in the export.", { shown: whole(SHOWN), count: whole(shown.length) })}</p>` : ""}
    </section>`;
}

/** Both sides, and what can be done with what is chosen. */
export function openSides(open, state) {
  const { lines, claims, locale, find } = state;
  const missing = short([...lines.values()], [...claims.values()]);
  const any = lines.size + claims.size > 0;
  const currency = open.currency;
  return html`
    <label class="find"><span class="unseen">${t("Amount, slip, name or text")}</span>
      <input type="search" placeholder=${t("Amount, slip, name or text")} .value=${find} @input=${(event) => state.look(event.target.value)}></label>
    <div class="sides">
      ${side({ id: "open-lines", title: t("Bank lines that prove nothing yet"), empty: t("Every bank line is explained"),
        find, items: open.lines, by_age: open.lines_by_age, bucket: state.lineBucket, chosen: lines,
        toggle: (item) => state.toggle(lines, item), choose: state.chooseLineBucket, draw: (item) => lineItem(item, locale) })}
      ${side({ id: "open-claims", title: t("Money that is not at the bank"), empty: t("All money is at the bank"),
        find, items: open.claims, by_age: open.claims_by_age, bucket: state.claimBucket, chosen: claims,
        toggle: (item) => state.toggle(claims, item), choose: state.chooseClaimBucket, draw: (item) => claimItem(item, locale) })}
    </div>
    <div class="hand" ?hidden=${!any} data-testid="hand">
      <p>${tn("{count} line", "{count} lines", lines.size)}, ${money(sum([...lines.values()]), currency, locale)} · ${t("{count} to prove", { count: claims.size })}, ${money(sum([...claims.values()]), currency, locale)}
        ${lines.size && claims.size && missing ? html`<b class="missing">${missing > 0 ? t("{amount} are missing: a charge?", { amount: money(missing, currency, locale) }) : t("{amount} too much", { amount: money(-missing, currency, locale) })}</b>` : ""}</p>
      <button class="button plain" type="button" @click=${state.clear}>${t("Clear")}</button>
      <button class="button" type="button" ?hidden=${lines.size !== 1 || claims.size > 0} @click=${state.setAside}>${t("Set aside…")}</button>
      <button class="button main" type="button" ?disabled=${!lines.size || (!claims.size && lines.size !== 2) || missing < 0} @click=${state.byHand}>${t("Match these…")}</button>
    </div>`;
}
