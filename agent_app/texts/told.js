/** Amounts, times and distances as the reader tells them. */

import { told } from "../facts/money.js";
import { state } from "../state.js";
import { locale, t } from "./texts.js";

/** An amount of `{amount_minor, currency}`. */
export const amount = (money) => told(money, locale());

/** An amount in the day's currency. */
export const minor = (amount_minor, currency = state.day.currency) => amount({ amount_minor, currency });

const made = new Map();

/** A formatter of `Intl`, made once: to make one takes a phone a hundred times as long as to use it. */
function formatter(Kind, language, options) {
  const name = `${Kind.name} ${language} ${JSON.stringify(options)}`;
  if (!made.has(name)) made.set(name, new Kind(language, options));
  return made.get(name);
}

const zoned = (options, language = locale()) => formatter(Intl.DateTimeFormat, language, { timeZone: state.day?.zone, ...options });

/** "09:40", by the branch's clock. */
export const time = (instant) => zoned({ timeStyle: "short" }).format(new Date(instant));

/** "24 Nov", of an instant, by the branch's clock. */
export const day = (instant) => zoned({ day: "numeric", month: "short" }).format(new Date(instant));

/** The working day of an instant by the branch's clock, such as "2026-11-24". */
export const workdayOf = (instant) =>
  zoned({ year: "numeric", month: "2-digit", day: "2-digit" }, "en-CA").format(new Date(instant));

/** "Tue 24 Nov", of a working day such as "2026-11-24". */
export const workday = (iso) =>
  zoned({ weekday: "short", day: "numeric", month: "short", timeZone: "UTC" })
    .format(new Date(`${iso}T00:00:00Z`));

/** "24 Nov 2026", of a day such as "2026-11-24". */
export const date = (iso) => zoned({ dateStyle: "medium", timeZone: "UTC" }).format(new Date(`${iso}T00:00:00Z`));

/** "80 m", "1.2 km". */
export function distance(meters) {
  const [value, unit, digits] = meters < 950 ? [Math.round(meters / 10) * 10 || Math.round(meters), "meter", 0] : [meters / 1000, "kilometer", 1];
  return formatter(Intl.NumberFormat, locale(), { style: "unit", unit, maximumFractionDigits: digits }).format(value);
}

const SPANS = [["day", 86_400_000], ["hour", 3_600_000], ["minute", 60_000]];

/** "3 days", "2 hours", "59 minutes": how long so many milliseconds are, either way. */
export function lasting(ms) {
  const [unit, long_ms] = SPANS.find(([, its]) => Math.abs(ms) >= 2 * its) ?? SPANS.at(-1);
  return formatter(Intl.NumberFormat, locale(), { style: "unit", unit, unitDisplay: "long" }).format(Math.round(Math.abs(ms) / long_ms));
}

/** "1.2 MB", "24 MB", "10.7 GB". */
export function megabytes(bytes) {
  const [unit, per] = bytes < 1e9 ? ["megabyte", 1e6] : ["gigabyte", 1e9];
  const digits = bytes >= 1e7 && bytes < 1e9 ? 0 : 1;
  return formatter(Intl.NumberFormat, locale(), { style: "unit", unit, maximumFractionDigits: digits }).format(bytes / per);
}

/** A phone number that can be recognized and not copied down: "•• 21". */
export const masked = (phone) => `•• ${phone.slice(-2)}`;

/** Whether the office keeps a number to itself, and tells its end alone. */
export const isMasked = (phone) => Boolean(phone?.includes("•"));

/** What the server's problem means, in the agent's language where this app knows it. */
export function problem(its) {
  if (!its) return "";
  const code = its.code ?? its.type?.replace("/problems/", "");
  const known = code && `problem_${code.replaceAll("-", "_")}`;
  try {
    if (known) return t(known, parts(its));
  } catch {
    // A problem that this version has no words for: the server's own.
  }
  return its.detail ?? its.title ?? t("problem_unknown", { status: its.status ?? "" });
}

function parts(its) {
  return Object.fromEntries(
    Object.entries(its).map(([name, value]) => [name, value?.currency ? amount(value) : value]),
  );
}
