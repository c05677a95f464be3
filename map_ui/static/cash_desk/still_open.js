/** What a day leaves open, by kind: how much, with whom, and where somebody sees to it. */

import { html } from "../vendor/lit-html/lit-html.js";
import { locale, t, tn } from "../parts/texts.js";
import { money } from "../live/money.js";
import { sums } from "./words.js";

const SHOWN = 6; // people of one kind; the list behind the link has all

/** Kinds in the order in which a cashier goes about them: [kind, what it is, where it is seen to, what that is called]. */
const KINDS = [
  ["to_count", t("Brought and not counted"), "#deposits", t("Deposits to count")],
  ["in_hand", t("Still in agents' hands"), "#tills", t("Cash with agents")],
  ["handover", t("Offered to a colleague, not taken over"), "#tills", t("Cash with agents")],
  ["vault_uncounted", t("The vault is not counted as the day closes"), "#vault", t("Vault")],
  ["vault_unconfirmed", t("Vault handed over, not confirmed"), "#vault", t("Vault")],
  ["shortage", t("Missing, not settled"), "#differences", t("Short and over")],
  ["excess", t("Over, not settled"), "#differences", t("Short and over")],
  ["reversal", t("Receipts to be undone"), "#decide", t("To decide")],
  ["refund", t("Money to be paid back"), "#decide", t("To decide")],
  ["at_bank", t("Paid in at a bank, not on its statement yet"), "/reconciliation", t("Reconciliation")],
];

const told = ({ amount_minor, currency }) => money(amount_minor, currency, locale);

/** What is open of a day, with the cash that its proof has in agents' hands: `[[kind, title, href, place, lines], …]`. */
export function openOf(left, proofs) {
  const in_hand = proofs.filter((one) => one.closing.amount_minor)
    .map((one) => ({ left: "in_hand", who: one.agent, count: 1, amount: one.closing }))
    .sort((a, b) => b.amount.amount_minor - a.amount.amount_minor);
  const all = [...left, ...in_hand];
  return KINDS.map((kind) => [...kind, all.filter((one) => one.left === kind[0])]).filter(([, , , , lines]) => lines.length);
}

const total = (lines) => sums(lines.flatMap((one) => one.amount ?? [])).map(([currency, minor]) => money(minor, currency, locale)).join(" + ");

const people = (lines) => {
  const named = lines.filter((one) => one.amount);
  const said = named.slice(0, SHOWN).map((one) => `${one.who ?? t("nobody answers for it yet")} ${told(one.amount)}`);
  const more = named.length - SHOWN;
  return [...said, ...(more > 0 ? [tn("and {count} more", "and {count} more", more)] : [])].join(" · ");
};

/** The list, with a way to each; `leave` is called as one is taken. */
export const stillOpen = (found, leave) => html`<ul class="still-open" data-testid="still-open">${found.map(([kind, title, href, place, lines]) => html`<li data-kind=${kind}>
  <strong>${title}</strong><span class="amount">${total(lines)}</span><span class="what">${people(lines)}</span><a href=${href} @click=${leave}>${place}</a></li>`)}</ul>`;
