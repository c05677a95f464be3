/** Counted notes and coins against an amount, and the customer's one-time code. Pure. */

import { totalOf } from "./money.js";

/** How what was counted (`counts` by face) stands to an amount, in minor units: what is `missing_minor`, or goes
 * back as `change_minor`. Null where nothing was counted. */
export function tenderOf(counts, amount_minor) {
  const total = totalOf(counts);
  if (!total) return null;
  return { total_minor: total, missing_minor: Math.max(0, amount_minor - total), change_minor: Math.max(0, total - amount_minor) };
}

/** Counts as a record has them: [{face_minor, count}], without empty ones. */
export const counted = (counts) =>
  Object.entries(counts).filter(([, count]) => count).map(([face, count]) => ({ face_minor: Number(face), count }));

/** Counts by face, of a record's. */
export const countsOf = (denominations = []) =>
  Object.fromEntries(denominations.map(({ face_minor, count }) => [face_minor, count]));

/** The fewest notes and coins that make an amount, as [face, count], the highest first; what no face makes is left. */
export function fewest(amount_minor, faces) {
  const found = [];
  let left = amount_minor;
  for (const face of faces.toSorted((a, b) => b - a)) {
    if (left >= face) found.push([face, Math.floor(left / face)]);
    left %= face;
  }
  return found;
}

/** Whether a code can be a customer's: six digits whose check digit fits (Luhn; collection/receipts/codes/code.py). */
export function isCode(code) {
  if (!/^\d{6}$/.test(code)) return false;
  const sum = [...code].reverse().reduce((total, digit, place) => {
    const value = Number(digit) * (1 + (place % 2));
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}
