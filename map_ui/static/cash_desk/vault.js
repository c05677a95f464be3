/** The vault: counted as the day opens, from cashier to cashier, and as it closes; paid in at the bank. */

import { html } from "../vendor/lit-html/lit-html.js";
import { icon } from "../parts/icon.js";
import { newId } from "../parts/new_id.js";
import { Problem } from "../parts/problem.js";
import { locale, t } from "../parts/texts.js";
import { money } from "../live/money.js";
import { Count } from "./count.js";
import { day } from "../live/times.js";
import { time } from "./deposits.js";
import { openSheet } from "./sheet.js";

const told = ({ amount_minor, currency }) => money(amount_minor, currency, locale);
const OCCASIONS = { opening: t("As the day opens"), handover: t("Handed over"), closing: t("As the day closes") };

/** What the ledger expects is told after the count only: a count that knows its answer is none. */
function openVaultCount(sheet, occasion, { state, act }) {
  const { branch } = state;
  const count = new Count(branch.currency);
  const last = state.counts_of_vault[0];
  const id = newId();
  openSheet(sheet, {
    title: t("Count the vault: {occasion}", { occasion: OCCASIONS[occasion].toLocaleLowerCase(locale) }), act: t("Take down this count"),
    body: (redraw) => html`<p>${t("Count all that is there. What the books expect is told afterwards; what is missing is owed by who answered for the vault.")}</p>
      ${occasion === "handover" ? html`<p>${icon("people")} ${t("{name} hands over, and confirms this count.", { name: last.counter })}</p>` : ""}
      ${count.fields(redraw)}
      <p class="result" role="status">${t("{amount} counted", { amount: money(count.total, branch.currency, locale) })}</p>`,
  }, () => {
    if (!count.isBegun) throw new Problem({ title: t("Nothing is counted yet"), detail: t("Where the vault is empty, write 0 beside a note.") });
    count.check();
    return act.countVault(id, {
      branch_code: branch.code, occasion, count: count.body,
      ...(occasion === "handover" && { handed_by: last.counted_by }),
    });
  });
}

function openRemittance(sheet, { state, act }) {
  const { branch } = state;
  const count = new Count(branch.currency);
  const id = newId();
  openSheet(sheet, {
    title: t("Pay in at the bank"), act: t("Take it from the vault"),
    body: (redraw) => html`<div class="field"><label for="slip_no">${t("Slip number")}</label>
        <input id="slip_no" name="slip_no" autocomplete="off" aria-describedby="slip_no-problem"><p class="problem" id="slip_no-problem"></p></div>
      ${count.fields(redraw)}
      <p class="result" role="status">${t("{amount} leaves the vault", { amount: money(count.total, branch.currency, locale) })}</p>`,
  }, (form) => act.remit(id, {
    branch_code: branch.code, slip_no: form.elements.namedItem("slip_no").value.trim(),
    amount: { amount_minor: count.total, currency: branch.currency }, denominations: count.body.denominations,
  }));
}

/** Who answers for the vault: whoever counted it last. */
function keeperOf(last, me) {
  const since = html`${day(last.counted_at)} ${time(last.counted_at)}`;
  return html`<p class="lead">${icon("people")} ${last.counted_by === me ? t("You answer for the vault since {when}. To hand it over, have the other cashier sign in, count it, and take it over.", { when: since })
    : t("{name} answers for the vault since {when}.", { name: last.counter, when: since })}</p>`;
}

/** Whether who handed over agrees with the count; only they can. */
const agreed = (one, { state, act }) => (one.confirmed_at ? t("confirmed")
  : one.handed_by !== state.me ? t("not confirmed yet")
  : html`<button type="button" class="button small" @click=${() => act.confirmCount(one.id)}>${t("I handed it over")}</button>`);

export function vaultPart({ state, act, sheet }) {
  const [last] = state.counts_of_vault;
  const isMine = !last || last.counted_by === state.me; // nobody takes it over from themselves
  const off = (one) => one.counted.amount_minor - one.expected.amount_minor;
  const ways = [["opening", t("Count as the day opens…")], ["handover", t("Take over from a cashier…")], ["closing", t("Count as the day closes…")]];
  return html`<div class="buttons">
      ${ways.map(([occasion, label]) => html`<button type="button" class="button" ?disabled=${occasion === "handover" && isMine} @click=${() => openVaultCount(sheet, occasion, { state, act })}>${label}</button>`)}
      <button type="button" class="button" @click=${() => openRemittance(sheet, { state, act })}>${t("Pay in at the bank…")}</button></div>
    ${last ? html`${keeperOf(last, state.me)}<div class="table-box" tabindex="0" role="region" aria-label=${t("Counts of the vault")}><table class="table as-cards" data-testid="vault-counts">
      <thead><tr><th scope="col">${t("When")}</th><th scope="col">${t("Occasion")}</th><th scope="col">${t("By|person")}</th><th scope="col" class="amount">${t("Books")}</th><th scope="col" class="amount">${t("Counted")}</th><th scope="col">${t("Differs by")}</th></tr></thead>
      <tbody>${state.counts_of_vault.map((one) => html`<tr>
        <th scope="row">${day(one.counted_at)} ${time(one.counted_at)}</th>
        <td data-label=${t("Occasion")}>${OCCASIONS[one.occasion]}</td>
        <td data-label=${t("By|person")}>${one.counter}${one.hander ? html`<span class="what">${t("from {name}", { name: one.hander })}, ${agreed(one, { state, act })}</span>` : ""}</td>
        <td class="amount" data-label=${t("Books")}>${told(one.expected)}</td><td class="amount" data-label=${t("Counted")}>${told(one.counted)}</td>
        <td data-label=${t("Differs by")}>${off(one) ? html`<span class="counted off">${icon("warning")}${off(one) < 0 ? t("{amount} short", { amount: money(-off(one), one.counted.currency, locale) }) : t("{amount} over", { amount: money(off(one), one.counted.currency, locale) })}</span>` : html`<span class="quiet">${t("nothing")}</span>`}</td></tr>`)}</tbody></table></div>`
    : html`<div class="empty">${icon("cash")}<strong>${t("The vault has not been counted yet")}</strong><p>${t("Count it as the day opens: from then on somebody answers for it.")}</p></div>`}`;
}
