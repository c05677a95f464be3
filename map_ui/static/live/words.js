/** What happened, in plain words and the reader's units. Pure: values in, text out. */

import { locale, t, tn } from "../parts/texts.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** "40 seconds", "11 minutes", "1 h 20 min", for a duration in milliseconds. */
export function duration(ms) {
  if (ms < MINUTE) return tn("{count} second", "{count} seconds", Math.max(0, Math.round(ms / 1000)));
  if (ms < HOUR) return tn("{count} minute", "{count} minutes", Math.floor(ms / MINUTE));
  const minutes = Math.floor((ms % HOUR) / MINUTE);
  return `${t("{hours} h", { hours: Math.floor(ms / HOUR) })}${minutes ? ` ${t("{minutes} min", { minutes })}` : ""}`;
}

/** "40 s", "12 min", "2 h 10 min": where several stand in one line. */
export function briefly(ms) {
  if (ms < MINUTE) return t("{seconds} s", { seconds: Math.round(ms / 1000) });
  return ms < HOUR ? t("{minutes} min", { minutes: Math.floor(ms / MINUTE) }) : duration(ms);
}

/** "just now", "12 s ago", "3 min ago", "2 h ago". */
export function ago(ms) {
  if (ms < 5000) return t("just now");
  if (ms < MINUTE) return t("{seconds} s ago", { seconds: Math.round(ms / 1000) });
  if (ms < HOUR) return t("{minutes} min ago", { minutes: Math.floor(ms / MINUTE) });
  return t("{hours} h ago", { hours: Math.floor(ms / HOUR) });
}

export function distance(meters, ours = locale) {
  const far = meters >= 1000;
  return new Intl.NumberFormat(ours, {
    style: "unit",
    unit: far ? "kilometer" : "meter",
    maximumFractionDigits: far && meters < 10_000 ? 1 : 0,
  }).format(far ? meters / 1000 : Math.round(meters));
}

const ON_TIME_S = 120;

/** "20 min late", "5 min early", "on time", for seconds later than planned. */
export function lateness(seconds) {
  if (Math.abs(seconds) < ON_TIME_S) return t("on time");
  const off = briefly(Math.abs(seconds) * 1000);
  return seconds > 0 ? t("{duration} late", { duration: off }) : t("{duration} early", { duration: off });
}

export const speed = (mps) => (mps == null ? "–" : t("{speed} km/h", { speed: Math.round(mps * 3.6) }));
export const accuracy = (meters) => (meters == null ? t("unknown") : `±${Math.round(meters)} m`);
export const battery = (pct) => (pct == null ? t("unknown") : `${Math.round(pct)} %`);

/** "09:10–09:35 · stopped for 25 min"; `clockTime` tells a time of day. */
export const stopped = ({ began_at, ended_at, dwell_s }, clockTime) =>
  `${clockTime(began_at)}–${clockTime(ended_at)} · ${t("stopped for {duration}", { duration: briefly(dwell_s * 1000) })}`;

/** A trail's figures in two lines: the way and its time, and what stands against it. */
export function wayInWords({ distance_m, moving_s, standing_s, gap_s, stops, gaps, outliers }, ours = locale) {
  const way = [distance(distance_m, ours), t("moving {duration}", { duration: briefly(moving_s * 1000) }), t("standing {duration}", { duration: briefly(standing_s * 1000) })];
  const more = [tn("{count} stop", "{count} stops", stops.length)];
  if (gaps.length) more.push(`${tn("{count} gap", "{count} gaps", gaps.length)}, ${briefly(gap_s * 1000)}`);
  if (outliers) more.push(tn("{count} ping not believed", "{count} pings not believed", outliers));
  return [way.join(" · "), more.join(" · ")];
}

/** An agent's situation in one line; `age_ms` is how old the last position is. */
export function situation(agent, age_ms) {
  switch (agent.status) {
    case "moving": {
      const pace = agent.position?.speed_mps == null ? "" : ` · ${speed(agent.position.speed_mps)}`;
      return `${t("Moving")}${pace} · ${ago(age_ms)}`;
    }
    case "standing":
      return `${t("Standing")} · ${ago(age_ms)}`;
    case "at_customer":
      return `${t("At a customer")} · ${ago(age_ms)}`;
    case "stale":
      return t("No position for {duration}", { duration: duration(age_ms) });
    case "off_shift":
      return t("Off shift");
    default:
      return t("No position yet today");
  }
}

export const STATUS = {
  moving: t("Moving"),
  standing: t("Standing"),
  at_customer: t("At a customer"),
  stale: t("No position lately"),
  no_position: t("No position yet"),
  off_shift: t("Off shift"),
};

/** How a stop's state is told: word, icon and the token family of its color. */
export const STOP = {
  planned: { word: t("Planned"), icon: "circle", tone: "planned" },
  visiting: { word: t("Being visited"), icon: "target", tone: "visiting" },
  verified: { word: t("Visit verified"), icon: "check", tone: "verified" },
  probable: { word: t("Visit probable"), icon: "about", tone: "probable" },
  unverified: { word: t("Visit not proven"), icon: "warning", tone: "missed" },
  missed: { word: t("Missed"), icon: "cross", tone: "missed" },
};

const ALERT_ICONS = [
  [/panic/, "bell"],
  [/sign_on|agent_missing|agent_is_back/, "people"],
  [/cash|till|limit|deposit/, "cash"],
  [/mock|spoof|jump/, "mask"],
  [/fence|outside|check_?in|geocode|gps|permission/, "pin-off"],
  [/late|window|delay|behind|clock/, "clock"],
  [/battery/, "battery"],
  [/position|silent|stale|signal|no_ping|tracking/, "signal-off"],
];

const URGENT = 2;
const PANIC = 3;

/** The icon of an alert by its kind, and whether it stands out. */
export function alertLook({ kind, severity }) {
  const icon = ALERT_ICONS.find(([pattern]) => pattern.test(kind))?.[1] ?? "warning";
  return { icon, urgent: severity >= URGENT };
}

/** What titles that name the agent say beside the name, by the alert's kind. */
const WITHOUT_NAME = {
  panic: () => t("Calls for help"),
  agent_missing: () => t("Has not signed on"),
  agent_is_back: () => t("Is back"),
  aged_cash: () => t("Holds cash for too long"),
  cash_limit: () => t("Has reached the cash limit"),
  cash_proof: () => t("The cash does not prove"),
  leaves_missing: () => t("Paper receipts are not accounted for"),
  next_action_missing: ({ count }) => tn("{count} case with nothing to come", "{count} cases with nothing to come", count),
  root_cause_missing: ({ count = 1 }) => tn("{count} payment without a root cause", "{count} payments without a root cause", count),
  window_at_risk: ({ stops }) => stops.length === 1
    ? t("Stop {seq} is at risk", { seq: stops[0].seq })
    : tn("{count} visit is at risk", "{count} visits are at risk", stops.length),
};

/** An alert in a line where the agent's name stands already. */
export const alertOf = ({ kind, title, facts }) => WITHOUT_NAME[kind]?.(facts) ?? title;

const PERMISSION = { always: t("always"), while_in_use: t("only while open"), denied: t("taken away") };
export const permission = (word) => PERMISSION[word] ?? t("unknown");

const RIGHT_S = 5;

/** "right", "2 minutes behind", "at least 3 minutes ahead"; where only bounded, late is not slow. */
export function skew(seconds, stated) {
  if (seconds == null || (seconds < 0 && !stated)) return t("unknown");
  if (Math.abs(seconds) <= RIGHT_S) return t("right|clock");
  const amount = duration(Math.abs(seconds) * 1000);
  const off = stated ? amount : t("at least {duration}", { duration: amount });
  return seconds > 0 ? t("{duration} ahead", { duration: off }) : t("{duration} behind", { duration: off });
}

export const isPanic = (alert) => alert.severity === PANIC;

export const visits = (count) => tn("{count} visit", "{count} visits", count);
