/** What needs a decision, and which. Pure: the list and the map both follow it. */

import { t } from "../parts/texts.js";
import { alertLook, alertOf, battery, duration, isPanic } from "./words.js";

const CASH_NEAR = 0.9;
const BATTERY_LOW_PCT = 15;

/** Calls for help first, then what nobody has taken on, by severity, the newest first. */
export const byPressure = (a, b) =>
  isPanic(b) - isPanic(a)
  || !b.acknowledged_at - !a.acknowledged_at
  || b.severity - a.severity
  || b.raised_at.localeCompare(a.raised_at);

/**
 * The most pressing thing about an agent with these alerts, the most pressing first: `rank` (higher first; from `DECIDE` up somebody has to
 * decide), `urgent`, and `todo`, which says beside the agent's name what to do.
 */
export function need(agent, openAlerts, age_ms) {
  const [worst] = openAlerts;
  const cash = agent.cash_limit_minor > 0 ? agent.cash_in_hand_minor / agent.cash_limit_minor : 0;
  const silent = agent.status === "stale";
  if (worst && !(silent && alertLook(worst).icon === "signal-off")) {
    const { urgent, icon } = alertLook(worst);
    return { rank: isPanic(worst) ? 200 : urgent ? 100 : 90, urgent, icon, todo: alertOf(worst) };
  }
  if (agent.status === "off_shift") return { rank: 0 };
  if (cash >= 1) {
    return { rank: 80, urgent: true, icon: "cash", todo: t("Over the cash limit: send to deposit") };
  }
  if (silent) {
    // The alert's own words were true when it was raised; the silence has grown since.
    return { rank: worst ? 100 : 70, urgent: true, icon: "phone", todo: t("Silent for {duration}: call", { duration: duration(age_ms) }) };
  }
  if (agent.status === "no_position") {
    return { rank: 60, urgent: false, icon: "phone", todo: t("No sign-on yet: call") };
  }
  if (cash >= CASH_NEAR) {
    return { rank: 50, urgent: false, icon: "cash", todo: t("Cash at {share} % of the limit: plan a deposit", { share: Math.floor(cash * 100) }) };
  }
  if (agent.battery_pct != null && agent.battery_pct <= BATTERY_LOW_PCT) {
    return { rank: 40, urgent: false, icon: "battery", todo: t("Battery {battery}: ask to charge", { battery: battery(agent.battery_pct) }) };
  }
  return { rank: 10 };
}

export const DECIDE = 40;

/** Agents in the order a supervisor should look at them. */
export const SORTS = {
  decision: { word: t("Needs a decision first"), by: (row) => row.need.rank },
  visits: { word: t("Most visits to come first"), by: (row) => row.agent.visits_planned - row.agent.visits_done },
  collected: { word: t("Most collected first"), by: (row) => row.agent.collected_minor },
  cash: {
    word: t("Most cash in hand first"),
    by: (row) => row.agent.cash_in_hand_minor / (row.agent.cash_limit_minor || 1),
  },
};

export const FILTERS = {
  all: { word: t("All"), keeps: () => true },
  decide: { word: t("To decide"), keeps: (row) => row.need.rank >= DECIDE },
  moving: { word: t("Moving"), keeps: (row) => row.agent.status === "moving" },
  at_customer: { word: t("At customer"), keeps: (row) => row.agent.status === "at_customer" },
  standing: { word: t("Standing"), keeps: (row) => row.agent.status === "standing" },
  silent: { word: t("Silent"), keeps: (row) => ["stale", "no_position"].includes(row.agent.status) },
  off_shift: { word: t("Off shift"), keeps: (row) => row.agent.status === "off_shift" },
};
