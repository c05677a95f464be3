/** Counts, sums and sentences of the cash desk. Pure. */

import { locale, t, whole } from "../parts/texts.js";

const weekday = new Intl.DateTimeFormat(locale, { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });

/** "Tue 24 Nov" of "2026-11-24". */
export const shortDay = (iso) => weekday.format(new Date(`${iso}T00:00:00Z`));

/** What counted notes and coins make: `[{face_minor, count}]`. */
export const totalOf = (denominations) => denominations.reduce((sum, one) => sum + one.face_minor * one.count, 0);

/** Deposits that somebody here has to count: brought to the branch, and nobody did yet. */
export const toCount = (deposits) => deposits.filter((one) => one.target === "branch" && !one.acknowledged_at);

/** Deposits that the bank's statement proves. */
export const atBank = (deposits) => deposits.filter((one) => one.target === "bank");

/** Notes and coins of a deposit, highest first: "10 × 1,000, 5 × 500". */
export const noted = (denominations, face) =>
  [...denominations].sort((a, b) => b.face_minor - a.face_minor).map((one) => `${whole(one.count)}\u00a0×\u00a0${face(one.face_minor)}`).join(", ");

/** What a count leaves open: the face value of false notes, and what is over (or, negative, missing)
 * beside them. False notes are owed whatever else is, as `differences` in the domain has it. */
export function openAfter(deposit, count) {
  if (!count) return { false_minor: 0, over_minor: 0 };
  const false_minor = count.counterfeit_notes.reduce((sum, note) => sum + note.face_minor, 0);
  return { false_minor, over_minor: totalOf(count.denominations) + false_minor - deposit.amount.amount_minor };
}

/** Whether a count is not what was stated. */
export const isOff = ({ false_minor, over_minor }) => false_minor !== 0 || over_minor !== 0;

/** What follows from a count, in sentences. `amount` tells minor units as money. */
export function follows({ false_minor, over_minor }, owner, amount) {
  const told = [];
  if (over_minor < 0) told.push(t("{amount} short.", { amount: amount(-over_minor) }));
  if (false_minor) told.push(t("{amount} in false notes.", { amount: amount(false_minor) }));
  if (told.length) told.push(t("{owner} owes it until somebody else settles it.", { owner }));
  if (over_minor > 0) told.push(t("{amount} over. It is nobody's until somebody settles it.", { amount: amount(over_minor) }));
  return told.join(" ") || t("As stated.");
}

/** The rows of a count from a form's values by face; what is left empty is none. */
export const countOf = (values) =>
  Object.entries(values)
    .map(([face, count]) => ({ face_minor: Number(face), count: Number(count || 0) }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.face_minor - a.face_minor);

/** Sums of amounts by currency: `[[currency, minor], …]`. */
export function sums(amounts) {
  const found = new Map();
  for (const { amount_minor, currency } of amounts) found.set(currency, (found.get(currency) ?? 0) + amount_minor);
  return [...found];
}

/** Numbers in few words: `[3, 7, 8, 9]` is "3, 7–9". */
export function inRuns(numbers) {
  const runs = [];
  for (const number of [...numbers].sort((a, b) => a - b)) {
    if (runs.length && number === runs.at(-1)[1] + 1) runs.at(-1)[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`)).join(", ");
}

/** Each till with the age of its cash, those that need a word first: blocked, then old, then full. */
export function withAge(tills, aged) {
  const ages = new Map(aged.map((one) => [one.agent_id, one]));
  const full = (till) => (till.limit.amount_minor > 0 ? till.in_hand.amount_minor / till.limit.amount_minor : 0);
  return tills
    .map((till) => ({ ...till, age: ages.get(till.agent_id) ?? null, full: full(till) }))
    .sort((a, b) =>
      Number(Boolean(b.blocked_for)) - Number(Boolean(a.blocked_for))
      || Number(b.age?.is_overdue ?? false) - Number(a.age?.is_overdue ?? false)
      || b.full - a.full || a.agent.localeCompare(b.agent));
}

const BLOCKED = {
  limit_breach: t("More than the limit. Takes no cash until enough is handed over."),
  aged_cash: t("Cash is too old. Takes no more until it is handed over."),
};
export const blocked = (why) => BLOCKED[why] ?? "";

/** How a count found that cash is missing or over. */
export const CAUSES = { count: t("counted"), counterfeit: t("false notes") };

/** What the accounts of a branch's ledger are called. */
export const LEDGER = {
  agent_cash: t("Cash with agents"), agent_cheque: t("Cheques with agents"), psp_clearing: t("With payment services"), in_transit: t("On its way"),
  branch_vault: t("The vault"), bank: t("Bank"), collections_control: t("Paid by customers"), suspense: t("Not explained yet"),
  agent_shortage: t("Owed by agents"), cash_excess: t("Cash over"), cash_loss: t("Cash lost"), charges_bank: t("Charges of the bank"),
};

/** The columns of a day's proof in their order: [field, label, sign]; they add up to the closing. */
export const PROOF = [
  ["opening", t("Opening"), 1], ["receipts", t("Receipts"), 1], ["reversed", t("Undone"), -1], ["deposits", t("Deposits"), -1],
  ["sent_back", t("Sent back"), 1], ["taken_over", t("Taken over"), 1], ["handed_over", t("Handed over"), -1],
];

/** The columns of a proof that have anything in them, and those that every day has: together they make the closing. */
export const columnsOf = (proofs) =>
  PROOF.filter(([name]) => ["opening", "receipts", "deposits"].includes(name) || proofs.some((one) => one[name].amount_minor));
