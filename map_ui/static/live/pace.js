/** How fast, in a few steps that mean the same on every day and for everybody. Pure, but for what the reader chose. */

/** From so many km/h on each step holds; the faster, the wider and the stronger the line, so that no color tells it alone. */
export const STEPS = [
  { from: 0, width: 2 },
  { from: 6, width: 2.75 },
  { from: 20, width: 3.5 },
  { from: 40, width: 4.5 },
  { from: 60, width: 5.5 },
];

const FROM_MPS = STEPS.map(({ from }) => from / 3.6);

/** The step of a speed. */
export function stepOf(mps) {
  let step = 0;
  while (step + 1 < FROM_MPS.length && mps >= FROM_MPS[step + 1]) step += 1;
  return step;
}

export const toneOf = (step) => `pace-${step + 1}`;

/** Runs of links of one step in a line, as `[step, first, last]` of its points; `stepAt(i)` is that of the link from point i. */
export function runsOf(first, last, stepAt) {
  const runs = [];
  for (let i = first; i < last; i += 1) {
    const step = stepAt(i);
    if (runs.length && runs.at(-1)[0] === step) runs.at(-1)[2] = i + 1;
    else runs.push([step, i, i + 1]);
  }
  return runs;
}

const KEPT = "pace";
const listeners = new Set();
let shown = false;
try {
  shown = localStorage.getItem(KEPT) === "on";
} catch {
  // Without storage it is chosen anew on each visit.
}

export const isPaceShown = () => shown;

export const onPace = (listener) => listeners.add(listener);

/** Color ways by speed, or do so no longer; this browser keeps it. */
export function showPace(on) {
  shown = on;
  try {
    localStorage.setItem(KEPT, on ? "on" : "off");
  } catch {
    // As above.
  }
  for (const listener of listeners) listener();
}
