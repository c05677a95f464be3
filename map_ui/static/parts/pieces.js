/** Which rows of a long list are worth drawing. Pure. */

/**
 * The pieces of a list in order, from each row's height in pixels: `{at}`, a row's index, for those between `top` and
 * `bottom` and the one at `kept`; `{gap}`, pixels, for those between.
 */
export function pieces(heights, top, bottom, kept = -1) {
  const found = [];
  let gap = 0;
  let y = 0;
  heights.forEach((height, at) => {
    const inView = y + height > top && y < bottom;
    y += height;
    if (!inView && at !== kept) {
      gap += height;
      return;
    }
    if (gap) found.push({ gap });
    gap = 0;
    found.push({ at });
  });
  if (gap) found.push({ gap });
  return found;
}
