/** Amounts as people type and read them. Pure. */

import { exponent, money } from "/static/live/money.js";

export { exponent };

/** "₹1,200" of `{amount_minor, currency}`, in the reader's locale. */
export const told = (amount, locale) => money(amount.amount_minor, amount.currency, locale);

/** Minor units of what somebody typed, or null where that is no amount. The last point or comma with
 * as many digits behind it as the currency has decimals, or fewer, parts off the decimals. */
export function minorOf(typed, currency) {
  const digits = exponent(currency);
  const plain = typed.replace(/[\s\u00a0\u202f']/g, "");
  const shape = digits ? new RegExp(`^(\\d[\\d.,]*?)(?:[.,](\\d{1,${digits}}))?$`) : /^(\d[\d.,]*)$/;
  const [, whole, part = ""] = shape.exec(plain) ?? [];
  if (whole === undefined || !/^\d+$|^\d{1,3}([.,]\d{2,3})*[.,]\d{3}$/.test(whole)) return null;
  const minor = Number(whole.replace(/[.,]/g, "") + part.padEnd(digits, "0"));
  return Number.isSafeInteger(minor) ? minor : null;
}

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
