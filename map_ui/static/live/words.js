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

export const speed = (mps) => (mps == null ? "–" : `${Math.round(mps * 3.6)} km/h`);
export const accuracy = (meters) => (meters == null ? "unknown" : `±${Math.round(meters)} m`);
export const battery = (pct) => (pct == null ? "unknown" : `${Math.round(pct)} %`);

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
  [/sign_on/, "people"],
  [/cash|till|limit|deposit/, "cash"],
  [/mock|spoof|jump/, "mask"],
  [/fence|outside|check_?in|geocode|gps|permission/, "pin-off"],
  [/late|window|delay|behind|clock/, "clock"],
  [/battery/, "battery"],
  [/position|silent|stale|signal|no_ping|tracking/, "signal-off"],
];

const URGENT = /panic|mock|spoof|outside|fence|cash|limit|no_position|silent|stale|tracking|gps|permission/;

/** The icon of an alert by its kind, and whether it goes before others: a call for help before all. */
export function alertLook(kind) {
  const icon = ALERT_ICONS.find(([pattern]) => pattern.test(kind))?.[1] ?? "warning";
  const urgent = URGENT.test(kind);
  return { icon, urgent, rank: kind === "panic" ? 2 : Number(urgent) };
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
