/** Answers come in any order; only that of the latest question may be shown. */

/**
 * `const asking = latest()` counts the questions of one kind. `const isLatest = asking()` begins one,
 * which overtakes all before it; `isLatest()` tells whether it has been overtaken since.
 */
export function latest() {
  let turn = 0;
  return () => {
    const mine = (turn += 1);
    return () => mine === turn;
  };
}
