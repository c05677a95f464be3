/** Amounts as people type and read them. Pure. */

import { exponent, minorOf, money } from "/static/live/money.js";

export { exponent, minorOf };

/** "₹1,200" of `{amount_minor, currency}`, in the reader's locale. */
export const told = (amount, locale) => money(amount.amount_minor, amount.currency, locale);

/** The amount as somebody would type it. */
export function typed(minor, currency) {
  const digits = exponent(currency);
  const text = String(minor).padStart(digits + 1, "0");
  const cut = text.length - digits;
  return Number(text.slice(cut)) ? `${text.slice(0, cut)}.${text.slice(cut)}` : text.slice(0, cut);
}

/** What counted notes and coins make: `counts` by face, in minor units. */
export const totalOf = (counts) =>
  Object.entries(counts).reduce((sum, [face_minor, count]) => sum + Number(face_minor) * count, 0);
