/** Charts in the page's own colors: lines over time by uPlot, bars by Chart.js. Each has its words beside it. */

import uPlot from "../vendor/uplot/uplot.js";
import { t } from "../parts/texts.js";
import { font } from "../parts/typeface.js";
import { palette } from "../live/palette.js";
import { period, roomFor, short, told } from "./values.js";

const { Chart } = globalThis;
Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
const HEIGHT = 200;
const drawn = new Map();

function roomIn(place) {
  const box = getComputedStyle(place);
  return Math.max(200, place.clientWidth - parseFloat(box.paddingLeft) - parseFloat(box.paddingRight));
}

// Chart.js follows the size of its place by itself.
const follow = new ResizeObserver((changes) => {
  for (const { target } of changes) drawn.get(target)?.setSize?.({ width: roomIn(target), height: HEIGHT });
});

function clear(place) {
  drawn.get(place)?.destroy();
  drawn.delete(place);
  place.replaceChildren();
}

/** The last period that has a value: what is told while no period is pointed at. */
const lastKnown = (values) => Math.max(0, values.findLastIndex((value) => value !== null && value !== undefined));

/** Periods with a value between ones without: no line leads there, so they are dots. */
const alone = (values) => values.flatMap((value, n) => (value != null && values[n - 1] == null && values[n + 1] == null ? [n] : []));

/** Lines over periods. `lines` are `{label, values, color, dash}`, `unit` is that of all. */
export function timeLines(place, keys, lines, { unit, currency, step, locale, label }) {
  clear(place);
  place.setAttribute("role", "img");
  place.setAttribute("aria-label", label);
  const axis = { stroke: palette["ink-2"], grid: { stroke: palette.line, width: 1 }, ticks: { show: false }, font: font(400, 12) };
  const newest = lastKnown(lines[0].values);
  const named = (splits) => splits.map((at) => (Number.isInteger(at) && keys[at] ? period(keys[at], step, locale) : ""));
  const plot = new uPlot({
    width: roomIn(place), height: HEIGHT,
    scales: { x: { time: false, range: roomFor(keys.length) }, y: { range: (_, low, high) => [Math.min(0, low), high > 0 ? high * 1.08 : 1] } },
    cursor: { points: { size: 7 }, drag: { x: false, y: false } },
    axes: [
      { ...axis, grid: { show: false }, gap: 10, values: (_, splits) => named(splits), space: 56, incrs: [1, 2, 5, 7, 10, 14, 30, 60, 90] },
      { ...axis, size: 58, values: (_, splits) => splits.map((value) => short(value, unit, currency, locale)) },
    ],
    series: [
      { label: t("When"), value: (_, at) => period(keys[at ?? newest], step, locale) },
      ...lines.map((line) => ({
        label: line.label, stroke: palette[line.color], width: 2, dash: line.dash, spanGaps: false,
        points: { show: false, filter: () => alone(line.values), size: 7, fill: palette[line.color] },
        value: (_, value, __, at) => told(at === null ? line.values[newest] : value, unit, currency, locale),
      })),
    ],
  }, [keys.map((_, n) => n), ...lines.map((line) => line.values)], place);
  drawn.set(place, plot);
  follow.observe(place);
}

const LABEL_MOST = 26;

/** A name as an axis has room for it; the tooltip has all of it. */
const shortened = (name) => (name.length > LABEL_MOST ? `${name.slice(0, LABEL_MOST - 1)}…` : name);

/** Bars of groups. `sets` are `{label, values, color}`; a click on a group tells its number. */
export function bars(place, labels, sets, { unit, currency, locale, label, stacked = false, across = false, choose = null }) {
  clear(place);
  const canvas = document.createElement("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", label);
  place.append(canvas);
  const scale = {
    stacked, grid: { color: palette.line }, border: { display: false },
    ticks: { color: palette["ink-2"], callback: (value) => short(value, unit, currency, locale), maxTicksLimit: 6, ...(unit === "count" && { precision: 0 }) },
  };
  const names = { stacked, grid: { display: false }, ticks: { color: palette["ink-2"], autoSkip: !across, autoSkipPadding: 12, maxRotation: 0, callback: (value) => shortened(labels[value]) } };
  const chart = new Chart(canvas, {
    type: "bar",
    data: { labels, datasets: sets.map((set) => ({ label: set.label, data: set.values, backgroundColor: palette[set.color], borderRadius: 3, maxBarThickness: 22 })) },
    options: {
      indexAxis: across ? "y" : "x", animation: false, responsive: true, maintainAspectRatio: false,
      onClick: (_, hit) => hit.length && choose?.(hit[0].index),
      onHover: (event, hit) => { event.native.target.style.cursor = hit.length && choose ? "pointer" : "default"; },
      scales: across ? { x: scale, y: names } : { x: names, y: scale },
      plugins: {
        legend: { position: "bottom", labels: { color: palette["ink-2"], boxWidth: 12, boxHeight: 12 } },
        tooltip: { callbacks: { label: (item) => `${item.dataset.label}: ${told(item.raw, unit, currency, locale)}` } },
      },
    },
  });
  drawn.set(place, chart);
}
