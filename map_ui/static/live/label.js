/** Words on the map, as there is room for them. Pure. */

const MOST_PX = 230;
const GAP_PX = 7;
const letters = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** As much of a name as has room, no letter torn: in Hindi one letter is several characters. `widthOf` is in pixels. */
export function labelOf(name, widthOf) {
  if (widthOf(name) <= MOST_PX) return name;
  const ends = [...letters.segment(name)].map(({ index }) => index);
  const cut = (end) => `${name.slice(0, end).trimEnd()}…`;
  return cut(ends.findLast((end) => widthOf(cut(end)) <= MOST_PX) ?? 0);
}

/** Whether two boxes, `[left, top, right, bottom]`, lie on each other. */
export const overlap = (a, b) => a[0] < b[2] && a[2] > b[0] && a[1] < b[3] && a[3] > b[1];

/** Where a label of a width begins beside a marker: to its right, or to its left where the view ends before. */
export function beginsAt(px, radius, width, viewWidth) {
  const right = px + radius + GAP_PX;
  const left = px - radius - GAP_PX - width;
  return right + width > viewWidth && left >= 0 ? left : right;
}
