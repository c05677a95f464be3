/** What happened, in plain words and the reader's units. Pure: values in, text out. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const plural = (count, one, many) => `${count} ${count === 1 ? one : many}`;

/** "40 seconds", "11 minutes", "1 h 20 min", for a duration in milliseconds. */
export function duration(ms) {
  if (ms < MINUTE) return plural(Math.max(0, Math.round(ms / 1000)), "second", "seconds");
  if (ms < HOUR) return plural(Math.floor(ms / MINUTE), "minute", "minutes");
  const minutes = Math.floor((ms % HOUR) / MINUTE);
  return `${Math.floor(ms / HOUR)} h${minutes ? ` ${minutes} min` : ""}`;
}

/** "40 s", "12 min", "2 h 10 min": where several stand in one line. */
export function briefly(ms) {
  if (ms < MINUTE) return `${Math.round(ms / 1000)} s`;
  return ms < HOUR ? `${Math.floor(ms / MINUTE)} min` : duration(ms);
}

/** "just now", "12 s ago", "3 min ago", "2 h ago". */
export function ago(ms) {
  if (ms < 5000) return "just now";
  if (ms < MINUTE) return `${Math.round(ms / 1000)} s ago`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min ago`;
  return `${Math.floor(ms / HOUR)} h ago`;
}

export function distance(meters, locale) {
  const far = meters >= 1000;
  return new Intl.NumberFormat(locale, {
    style: "unit",
    unit: far ? "kilometer" : "meter",
    maximumFractionDigits: far && meters < 10_000 ? 1 : 0,
  }).format(far ? meters / 1000 : Math.round(meters));
}

const ON_TIME_S = 120;

/** "20 min late", "5 min early", "on time", for seconds later than planned. */
export function lateness(seconds) {
  if (Math.abs(seconds) < ON_TIME_S) return "on time";
  return `${briefly(Math.abs(seconds) * 1000)} ${seconds > 0 ? "late" : "early"}`;
}

export const speed = (mps) => (mps == null ? "–" : `${Math.round(mps * 3.6)} km/h`);
export const accuracy = (meters) => (meters == null ? "unknown" : `±${Math.round(meters)} m`);
export const battery = (pct) => (pct == null ? "unknown" : `${Math.round(pct)} %`);

/** "09:10–09:35 · stopped for 25 min"; `clockTime` tells a time of day. */
export const stopped = ({ began_at, ended_at, dwell_s }, clockTime) =>
  `${clockTime(began_at)}–${clockTime(ended_at)} · stopped for ${briefly(dwell_s * 1000)}`;

/** A trail's figures in two lines: the way and its time, and what stands against it. */
export function wayInWords({ distance_m, moving_s, standing_s, gap_s, stops, gaps, outliers }, locale) {
  const way = [distance(distance_m, locale), `moving ${briefly(moving_s * 1000)}`, `standing ${briefly(standing_s * 1000)}`];
  const more = [plural(stops.length, "stop", "stops")];
  if (gaps.length) more.push(`${plural(gaps.length, "gap", "gaps")}, ${briefly(gap_s * 1000)}`);
  if (outliers) more.push(`${plural(outliers, "ping", "pings")} not believed`);
  return [way.join(" · "), more.join(" · ")];
}

/** An agent's situation in one line; `age_ms` is how old the last position is. */
export function situation(agent, age_ms) {
  switch (agent.status) {
    case "moving": {
      const pace = agent.position?.speed_mps == null ? "" : ` · ${speed(agent.position.speed_mps)}`;
      return `Moving${pace} · ${ago(age_ms)}`;
    }
    case "standing":
      return `Standing · ${ago(age_ms)}`;
    case "at_customer":
      return `At a customer · ${ago(age_ms)}`;
    case "stale":
      return `No position for ${duration(age_ms)}`;
    case "off_shift":
      return "Off shift";
    default:
      return "No position yet today";
  }
}

export const STATUS = {
  moving: "Moving",
  standing: "Standing",
  at_customer: "At a customer",
  stale: "No position lately",
  no_position: "No position yet",
  off_shift: "Off shift",
};

/** How a stop's state is told: word, icon and the token family of its color. */
export const STOP = {
  planned: { word: "Planned", icon: "circle", tone: "planned" },
  visiting: { word: "Being visited", icon: "target", tone: "visiting" },
  verified: { word: "Visit verified", icon: "check", tone: "verified" },
  probable: { word: "Visit probable", icon: "about", tone: "probable" },
  unverified: { word: "Visit not proven", icon: "warning", tone: "missed" },
  missed: { word: "Missed", icon: "cross", tone: "missed" },
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

const PERMISSION = { always: "always", while_in_use: "only while open", denied: "taken away" };
export const permission = (word) => PERMISSION[word] ?? "unknown";

const RIGHT_S = 5;

/** "right", "2 minutes behind", "at least 3 minutes ahead"; where only bounded, late is not slow. */
export function skew(seconds, stated) {
  if (seconds == null || (seconds < 0 && !stated)) return "unknown";
  if (Math.abs(seconds) <= RIGHT_S) return "right";
  const amount = `${stated ? "" : "at least "}${duration(Math.abs(seconds) * 1000)}`;
  return `${amount} ${seconds > 0 ? "ahead" : "behind"}`;
}

export const isPanic = (alert) => alert.severity === PANIC;

export const visits = (count) => (count === 1 ? "1 visit" : `${count} visits`);
