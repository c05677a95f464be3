/** Times of day in the branch's zone, with the zone told on hover. */

import { locale } from "../parts/texts.js";

const instant = (value) => (typeof value === "string" ? Date.parse(value) : value);

/** How times are told in a zone. */
export function timesIn(theirs) {
  const format = (options) => new Intl.DateTimeFormat(locale, { timeZone: theirs, ...options });
  const short = format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const seconds = format({ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
  const long = format({ dateStyle: "medium", timeStyle: "long" });
  // Swedes write dates as fields and the API do.
  const wall = new Intl.DateTimeFormat("sv", { timeZone: theirs, dateStyle: "short", timeStyle: "short" });
  const dated = format({ dateStyle: "medium", timeStyle: "short" });
  const weekday = format({ weekday: "short", day: "numeric", month: "short" });
  return {
    clockTime: (value) => short.format(instant(value)),
    /** "11:40:07" */
    toTheSecond: (value) => seconds.format(instant(value)),
    exactTime: (value) => `${long.format(instant(value))} (${theirs})`,
    moment: (value) => dated.format(instant(value)),
    day: (value) => weekday.format(instant(value)),
    wall: (value) => wall.format(instant(value)).replace(" ", "T"),
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

/** "24 Nov 2026, 11:40" */
export const moment = (value) => times.moment(value);

/** "Tue 24 Nov" */
export const day = (value) => times.day(value);

/** The instant of a time that somebody read off a clock or a paper in the branch's zone, "2026-11-24T11:40", as the API
 * takes it. A time that a change of clocks skips is read an hour off. */
export function instantOf(wall) {
  const wanted = Date.parse(`${wall}Z`);
  const ahead = (at) => Date.parse(`${times.wall(at)}Z`) - at;
  // A first guess by the offset at the wanted time as if it were UTC; that of the guess itself is right.
  return new Date(wanted - ahead(wanted - ahead(wanted))).toISOString();
}

/** "2026-11-24T11:40" of an instant, as a field for a day and a time takes it. */
export const wallTime = (value) => times.wall(value);

/** The zone that times are told in. */
export const zoneName = () => zone;

/** "2026-11-24", the day of an instant in the branch's zone, as addresses and the API write it. */
export const isoDay = (value) => times.wall(value).slice(0, 10);
