/** Times of day in the branch's zone, with the zone told on hover. */

let zone = "UTC";
let short = null;
let long = null;

export function useZone(name) {
  zone = name;
  short = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone });
  long = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "long", timeZone: zone });
}

useZone(zone);

const instant = (value) => (typeof value === "string" ? Date.parse(value) : value);

/** "11:40" */
export const clockTime = (value) => short.format(instant(value));

/** "24 Nov 2026, 11:40:07 GMT-3 (America/Santiago)", for a title. */
export const exactTime = (value) => `${long.format(instant(value))} (${zone})`;

/** "Tue 24 Nov" */
export const day = (value) =>
  new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short", timeZone: zone }).format(instant(value));
