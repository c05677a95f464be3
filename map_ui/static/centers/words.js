/** What the page of centers says, from what the server answers. Pure. */

import { t } from "../parts/texts.js";

const SHEETS = {
  all: (one) => one.center.is_meeting_day || one.submitted.length > 0,
  missing: (one) => one.submitted.length === 0,
  short: (one) => one.submitted.length > 0 && one.amounts.left.amount_minor > 0,
};

/** The meetings that a figure of the strip leads to. */
export const chosen = (centers, which) => centers.filter(SHEETS[which]);

/** The sums of some meetings, currency by currency: { currency: { due, collected, left } }. */
export function sums(centers) {
  const found = {};
  for (const { amounts } of centers) {
    const of = (found[amounts.due.currency] ??= { due: 0, collected: 0, left: 0 });
    for (const name of Object.keys(of)) of[name] += amounts[name].amount_minor;
  }
  return found;
}

/** How many of those who should have come did, over all sheets; null before the first sheet. */
export function attended(centers) {
  const told = centers.map((one) => one.attendance).filter(Boolean);
  if (!told.length) return null;
  const came = told.reduce((sum, one) => sum + one.attended, 0);
  const missed = told.reduce((sum, one) => sum + one.absent, 0);
  return { came, of: came + missed };
}

export const ATTENDANCE = {
  present: ["verified", "check", t("Present")],
  late: ["probable", "clock", t("Late|attendance")],
  absent: ["missed", "cross", t("Absent")],
  leave: ["planned", "leave", t("On leave")],
  approved: ["planned", "check", t("Excused")],
};

/** "09:00" of "09:00:00". */
export const hour = (time) => (time ? time.slice(0, 5) : t("No hour"));

/** A meeting's badge: whether its sheet is in, and what of it is still to pay. */
export function standing(one) {
  if (!one.submitted.length) return ["planned", "clock", t("No sheet yet")];
  if (one.amounts.left.amount_minor > 0) return ["probable", "warning", t("Short")];
  return ["verified", "check", t("All paid")];
}
