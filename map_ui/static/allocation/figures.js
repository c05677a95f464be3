/** Figures side by side: what each is called, how it is told, and whether less of it is better. Pure. */

import { locale, t, tn } from "../parts/texts.js";

const wholes = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const whole = (value) => wholes.format(value);
const minutes = (value_s) => t("{minutes} min", { minutes: tenths.format(value_s / 60) });
const hours = (value_s) => {
  const all = Math.round(value_s / 60);
  return `${whole(Math.floor(all / 60))} h ${String(all % 60).padStart(2, "0")}`;
};
const ratio = (value) => value.toFixed(3);

const LESS = -1;
const MORE = 1;
const EITHER = 0;

const GROUPS = [
  [t("Who and what"), [
    [t("Agents at work"), "agents", whole, EITHER],
    [t("Cases"), "cases", whole, EITHER],
    [t("Cases without an agent"), "without_agent", whole, LESS],
  ]],
  [t("Travel by street"), [
    [t("From an agent to a case"), "travel_s_per_case", minutes, LESS],
    [t("To all cases"), "travel_s", hours, LESS],
  ]],
  [t("Work of an agent"), [
    [t("The least"), "work_s_least", hours, EITHER],
    [t("In the middle"), "work_s_median", hours, EITHER],
    [t("The most"), "work_s_most", hours, LESS],
    [t("Uneven by (CV)"), "work_cv", ratio, LESS],
  ]],
  [t("Expected money of an agent"), [
    [t("Uneven by (Gini)"), "money_gini", ratio, LESS],
    [t("Uneven by (CV)"), "money_cv", ratio, LESS],
  ]],
  [t("Relations"), [
    [t("Cases that change hands"), "moved", whole, EITHER],
    [t("Of them from an agent they know"), "disturbed", whole, LESS],
    [t("Cases with an agent they know"), "familiar", whole, MORE],
  ]],
  [t("Rounds of the day, all agents"), [
    [t("Score planned"), "rounds.score", whole, MORE],
    [t("Visits planned"), "rounds.visits", whole, MORE],
    [t("Travel of the rounds"), "rounds.travel_s", hours, LESS],
  ]],
];

const at = (figures, path) => path.split(".").reduce((value, name) => value?.[name], figures);

/** "better", "worse", "same", or "" where neither is. */
export function judged(was, is, wanted) {
  if (was === is) return "same";
  if (wanted === EITHER) return "";
  return Math.sign(is - was) === wanted ? "better" : "worse";
}

/** "▼ 12 %", "▲ 3"; nothing where nothing changed. A share where there is something to share. */
export function difference(was, is) {
  if (was === is) return "";
  const sign = is > was ? "▲" : "▼";
  const percent = was ? Math.abs((is - was) / was) * 100 : 0;
  return percent >= 0.05 ? `${sign} ${percent < 10 ? percent.toFixed(1) : Math.round(percent)} %` : sign;
}

/** Rows to show, by group; those that nobody asked for are left out. */
export function rowsOf({ now, allocated, proposed }) {
  return GROUPS.map(([title, rows]) => ({
    title,
    rows: rows
      .filter(([, path]) => at(now, path) !== undefined && at(proposed, path) !== undefined)
      .map(([label, path, tell, wanted]) => ({
        label,
        now: tell(at(now, path)),
        allocated: at(allocated, path) === undefined ? "" : tell(at(allocated, path)),
        proposed: tell(at(proposed, path)),
        difference: difference(at(now, path), at(proposed, path)),
        verdict: judged(at(now, path), at(proposed, path), wanted),
      })),
  })).filter(({ rows }) => rows.length);
}

/** A proposal in one line, for the list. */
export function headline({ figures, changes_count }) {
  const moves = tn("{count} case changes hands", "{count} cases change hands", changes_count);
  if (!figures) return moves;
  const travel = difference(figures.now.travel_s_per_case, figures.proposed.travel_s_per_case);
  return travel ? `${moves}, ${t("travel {difference}", { difference: travel })}` : moves;
}
