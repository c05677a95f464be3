/** Figures side by side: what each is called, how it is told, and whether less of it is better. Pure. */

const whole = (value) => Math.round(value).toLocaleString("en").replaceAll(",", "\u2009");
const minutes = (value_s) => `${(value_s / 60).toFixed(1)} min`;
const hours = (value_s) => {
  const all = Math.round(value_s / 60);
  return `${whole(Math.floor(all / 60))} h ${String(all % 60).padStart(2, "0")}`;
};
const ratio = (value) => value.toFixed(3);

const LESS = -1;
const MORE = 1;
const EITHER = 0;

const GROUPS = [
  ["Who and what", [
    ["Agents at work", "agents", whole, EITHER],
    ["Cases", "cases", whole, EITHER],
    ["Cases without an agent", "without_agent", whole, LESS],
  ]],
  ["Travel by street", [
    ["From an agent to a case", "travel_s_per_case", minutes, LESS],
    ["To all cases", "travel_s", hours, LESS],
  ]],
  ["Work of an agent", [
    ["The least", "work_s_least", hours, EITHER],
    ["In the middle", "work_s_median", hours, EITHER],
    ["The most", "work_s_most", hours, LESS],
    ["Uneven by (CV)", "work_cv", ratio, LESS],
  ]],
  ["Expected money of an agent", [
    ["Uneven by (Gini)", "money_gini", ratio, LESS],
    ["Uneven by (CV)", "money_cv", ratio, LESS],
  ]],
  ["Relations", [
    ["Cases that change hands", "moved", whole, EITHER],
    ["Of them from an agent they know", "disturbed", whole, LESS],
    ["Cases with an agent they know", "familiar", whole, MORE],
  ]],
  ["Rounds of the day, all agents", [
    ["Score planned", "rounds.score", whole, MORE],
    ["Visits planned", "rounds.visits", whole, MORE],
    ["Travel of the rounds", "rounds.travel_s", hours, LESS],
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
  return percent >= 0.5 ? `${sign} ${percent < 10 ? percent.toFixed(1) : Math.round(percent)} %` : sign;
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
  const moves = `${whole(changes_count)} ${changes_count === 1 ? "case changes" : "cases change"} hands`;
  if (!figures) return moves;
  const travel = difference(figures.now.travel_s_per_case, figures.proposed.travel_s_per_case);
  return travel ? `${moves}, travel ${travel}` : moves;
}
