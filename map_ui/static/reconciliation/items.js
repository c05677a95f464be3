/** A bank line and a claim as they are told everywhere on this page. */

import { html } from "../vendor/lit-html/lit-html.js";
import { t } from "../parts/texts.js";
import { money } from "../live/money.js";
import { days } from "./words.js";

const day = (iso, locale) =>
  new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone: "UTC" }).format(new Date(`${iso}T00:00:00Z`));

const age = (item) => (item.age_days === null || item.age_days === undefined ? "" : ` · ${days(item.age_days)}`);

export const lineItem = (line, locale) => html`
  <span class="item line">
    <b class="amount">${money(line.amount_minor, line.currency, locale)}</b>
    <span class="what">${line.bank_references.filter((one) => !line.text.includes(one)).join(" ")} ${line.text}</span>
    <span class="when">${t("Bank, {day}{age}", { day: day(line.booked_on, locale), age: age(line) })}</span>
  </span>`;

const KINDS = { deposit: t("Deposit"), receipt: t("Receipt"), remittance: t("Remittance") };

export const claimItem = (claim, locale) => html`
  <span class="item claim">
    <b class="amount">${money(claim.amount_minor, claim.currency, locale)}</b>
    <span class="what">${claim.reference ?? ""} ${claim.kind === "receipt" ? claim.about : claim.agent}</span>
    <span class="when">${KINDS[claim.kind]}, ${day(claim.made_on, locale)} · ${claim.branch}${age(claim)}</span>
  </span>`;
