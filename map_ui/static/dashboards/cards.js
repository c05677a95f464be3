/** The cards of figures: each answers one question, and says so when there is nothing to answer. */

import { html } from "../vendor/lit-html/lit-html.js";
import { locale, t } from "../parts/texts.js";
import { bars, timeLines } from "./charts.js";
import { period } from "./values.js";

const sum = (rows, name) => rows.reduce((all, row) => all + (row.values[name] ?? 0), 0);
const column = (rows, name) => rows.map((row) => row.values[name]);
/** Overdue of days that nobody saw is no zero on a line. */
const seen = (rows) => rows.map((row) => (row.values.cases ? row.values.overdue : null));
const target = (rows, name) => rows.map((row) => row.targets[name] ?? null);

/** Card name → title, what to say when empty, whether there is anything, and how to draw it. */
export const CARDS = {
  collected: {
    title: t("Collected and target"), empty: t("Nothing was collected in these days."),
    has: ({ series }) => sum(series, "collected") || series.some((row) => row.targets.collected),
    draw: (place, { series, look }) => timeLines(place, series.map((row) => row.key), [
      { label: t("Collected"), values: column(series, "collected"), color: "accent" },
      { label: t("Target"), values: target(series, "collected"), color: "planned", dash: [6, 4] },
    ].filter(({ values }) => values.some((value) => value !== null)), { ...look, unit: "money", label: t("Collected, beside its target") }),
  },
  groups: {
    title: t("Target against achieved"), empty: t("Nobody collected anything, and no target is set."),
    has: ({ rows }) => rows.some((row) => row.values.collected || row.targets.collected),
    tall: ({ rows }) => rows.length,
    draw: (place, { rows, look, name, choose }) => {
      const shown = ranked(rows);
      bars(place, shown.map(name), [
        { label: t("Collected"), values: column(shown, "collected"), color: "accent" },
        { label: t("Target"), values: target(shown, "collected"), color: "planned" },
      ].filter(({ values }) => values.some((value) => value !== null)), { ...look, unit: "money", across: true, label: t("Collected and target of each"), choose: choose && ((n) => choose(shown[n])) });
    },
  },
  overdue: {
    title: t("Overdue and recovered"), empty: t("No overdue was seen at the end of these days, and nothing recovered."),
    has: ({ series }) => series.some((row) => row.values.cases) || sum(series, "recovered"),
    draw: (place, { series, look }) => timeLines(place, series.map((row) => row.key), [
      { label: t("Overdue"), values: seen(series), color: "missed" },
      { label: t("Recovered"), values: column(series, "recovered"), color: "verified" },
    ], { ...look, unit: "money", label: t("Overdue at the end, and recovered") }),
  },
  promises: {
    title: t("Promises settled"), empty: t("No promise was settled in these days."),
    has: ({ series }) => sum(series, "promises_kept") + sum(series, "promises_part_kept") + sum(series, "promises_broken"),
    draw: (place, { series, look }) => bars(place, series.map((row) => period(row.key, look.step, look.locale)), [
      { label: t("Kept"), values: column(series, "promises_kept"), color: "verified" },
      { label: t("Part kept"), values: column(series, "promises_part_kept"), color: "probable" },
      { label: t("Broken"), values: column(series, "promises_broken"), color: "missed" },
    ], { ...look, unit: "count", stacked: true, label: t("Promises kept, part kept and broken") }),
  },
  visits: {
    title: t("Visits"), empty: t("No visit was planned or made in these days."),
    has: ({ series }) => sum(series, "visits_planned") + sum(series, "visits_done"),
    draw: (place, { series, look }) => bars(place, series.map((row) => period(row.key, look.step, look.locale)), [
      { label: t("Planned"), values: column(series, "visits_planned"), color: "planned" },
      { label: t("Done"), values: column(series, "visits_done"), color: "visiting" },
      { label: t("Verified"), values: column(series, "visits_verified"), color: "verified" },
    ], { ...look, unit: "count", label: t("Visits planned, done and verified") }),
  },
};

/** The groups that matter most first: by how far they are behind, then by what they collected. */
const MOST = 12;
export function ranked(rows) {
  const behind = (row) => (row.targets.collected ? row.targets.collected - (row.values.collected ?? 0) : 0);
  return [...rows].sort((a, b) => behind(b) - behind(a) || (b.values.collected ?? 0) - (a.values.collected ?? 0)).slice(0, MOST);
}

/** The shares of a bucket as a table's row. */
export function rollsTable({ day, buckets }, share) {
  return html`<div class="table-box"><table class="table" data-testid="rolls">
    <thead><tr><th>${t("Opened in")}</th><th class="amount">${t("Accounts")}</th><th class="amount">${t("Worse")}</th><th class="amount">${t("Stayed")}</th><th class="amount">${t("Better")}</th><th class="amount">${t("Current or paid")}</th><th class="amount">${t("Resolved")}</th></tr></thead>
    <tbody>${buckets.map((one) => html`<tr><th scope="row">${one.bucket}</th><td class="amount">${one.cases}</td>
      ${["forward", "stayed", "back", "normalized", "resolution"].map((name) => html`<td class="amount">${share(one[name])}</td>`)}</tr>`)}</tbody>
  </table></div><p class="quiet note">${t("Share of principal since the month began, as of {day}.", { day: period(day, "day", locale) })}</p>`;
}
