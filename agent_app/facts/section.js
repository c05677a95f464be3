/** Sections of an agent's customers: what each is chosen for, and what it comes to. Pure. */

import { dueBetween } from "./so_far.js";

const DAY_MS = 86_400_000;

/** "all" is the round, "others" whoever is not in it; "daily" has what falls due today, "weekly" in this week. */
export const SECTIONS = ["all", "daily", "weekly", "overdue", "recovery", "promised", "advance", "others"];

/** Monday and Sunday of the week of a day such as "2026-11-25". */
export function weekOf(day) {
  const midnight = new Date(`${day}T00:00:00Z`);
  const monday_ms = midnight.getTime() - ((midnight.getUTCDay() + 6) % 7) * DAY_MS;
  return [monday_ms, monday_ms + 6 * DAY_MS].map((ms) => new Date(ms).toISOString().slice(0, 10));
}

/** `{name, cases, minor}` of each section on a day: its customers, those of the round in its order first, and what they are to
 * pay by it. `cases` are as `caseSoFar` makes them, `stops` by case. */
export function sectionsOf(cases, stops, day) {
  const week = weekOf(day);
  const inRound = [...stops.keys()].map((id) => cases.get(id)).filter(Boolean);
  const others = [...cases.values()].filter((each) => !stops.has(each.case.id));
  const all = [...inRound, ...others].map((its) => ({ its, today: dueBetween(its, day, day), thisWeek: dueBetween(its, ...week) }));
  const of = (name, among, minorOf) => ({ name, cases: among.map(({ its }) => its), minor: among.reduce((sum, each) => sum + minorOf(each), 0) });
  const overdue = ({ its }) => its.overdue_minor;
  const where = (holds) => all.filter(holds);
  return [
    of("all", where(({ its }) => stops.has(its.case.id)), overdue),
    of("daily", where(({ today }) => today), ({ today }) => today),
    of("weekly", where(({ thisWeek }) => thisWeek), ({ thisWeek }) => thisWeek),
    of("overdue", where(({ its }) => its.case.section === "overdue"), overdue),
    of("recovery", where(({ its }) => its.case.section === "recovery"), overdue),
    of("promised", where(({ its }) => its.promise && its.promise.due_on <= day), ({ its }) => its.promise.amount.amount_minor),
    of("advance", where(({ its }) => its.advance.length), ({ its }) => its.advance.reduce((sum, due) => sum + due.amount.amount_minor, 0)),
    of("others", where(({ its }) => !stops.has(its.case.id)), overdue),
  ];
}
