/** Times of day in the branch's zone, with the zone told on hover. */

import { locale } from "../parts/texts.js";

const instant = (value) => (typeof value === "string" ? Date.parse(value) : value);

/** How times are told in a zone. */
export function timesIn(zone) {
  const format = (options) => new Intl.DateTimeFormat(locale, { timeZone: zone, ...options });
  const short = format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const seconds = format({ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
  const long = format({ dateStyle: "medium", timeStyle: "long" });
  const weekday = format({ weekday: "short", day: "numeric", month: "short" });
  return {
    clockTime: (value) => short.format(instant(value)),
    /** "11:40:07" */
    toTheSecond: (value) => seconds.format(instant(value)),
    exactTime: (value) => `${long.format(instant(value))} (${zone})`,
    day: (value) => weekday.format(instant(value)),
  };
}

let times = timesIn("UTC");
let zone = "UTC";

export function useZone(name) {
  zone = name;
  times = timesIn(name);
}

/** "11:40" */
export const clockTime = (value) => times.clockTime(value);

/** "24 Nov 2026, 11:40:07 GMT-3 (America/Santiago)", for a title. */
export const exactTime = (value) => times.exactTime(value);

/** "Tue 24 Nov" */
export const day = (value) => times.day(value);

/** "2026-11-24", the day of an instant in the branch's zone, as addresses and the API write it. */
export function isoDay(value) {
  const parts = new Intl.DateTimeFormat("en", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" })
    .formatToParts(instant(value));
  const part = (type) => parts.find((each) => each.type === type).value;
  return `${part("year")}-${part("month")}-${part("day")}`;
}
