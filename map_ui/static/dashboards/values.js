/** Figures as people read them. Pure. */

import { exponent, money } from "../live/money.js";

/** "₹ 1,234", "83.5 %", "12.4 km", "1.7", and a dash where there is nothing to tell. */
export function told(value, unit, currency, locale) {
  if (value === null || value === undefined) return "–";
  if (unit === "money") return money(Math.round(value), currency, locale);
  if (unit === "share") return new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 }).format(value);
  if (unit === "distance") {
    return new Intl.NumberFormat(locale, { style: "unit", unit: "kilometer", maximumFractionDigits: 1 }).format(value / 1000);
  }
  return new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(value);
}

/** The same, short enough for an axis: "1.2M". */
export function short(value, unit, currency, locale) {
  const scaled = unit === "money" ? value / 10 ** exponent(currency) : unit === "distance" ? value / 1000 : value;
  if (unit === "share") return told(value, unit, currency, locale);
  return new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1 }).format(scaled);
}

/** How much of a target is reached, 0 to 1 and beyond; null without one. */
export const reached = (value, target) => (target > 0 ? (value ?? 0) / target : null);

/** The look of a share of a target that was to be reached by now: a token's name. */
export const tone = (share) => (share === null ? "" : share >= 1 ? "verified" : share >= 0.8 ? "probable" : "missed");

/** "Mon, 23 Nov" for a day, "Nov 2026" for a month. */
export const period = (key, step, locale) =>
  new Intl.DateTimeFormat(locale, { timeZone: "UTC", ...(step === "month" ? { month: "short", year: "numeric" } : { day: "numeric", month: "short" }) })
    .format(new Date(`${key}T00:00:00Z`));

/** From where to where an axis of so many periods goes, the first being 0: a single one stands in its middle, not at the edge. */
export const roomFor = (periods) => (periods > 1 ? [-0.3, periods - 0.7] : [-1, 1]);
