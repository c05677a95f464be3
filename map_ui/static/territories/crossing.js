/** Whether an outline crosses itself, and where. */

const turn = (a, b, c) => Math.sign((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]));

/** Where the sides `a`-`b` and `c`-`d` cross, `[x, y]`; null where they do not, or only touch. */
function meeting(a, b, c, d) {
  if (turn(a, b, c) * turn(a, b, d) >= 0 || turn(c, d, a) * turn(c, d, b) >= 0) return null;
  const [abx, aby, cdx, cdy] = [b[0] - a[0], b[1] - a[1], d[0] - c[0], d[1] - c[1]];
  const along = ((c[0] - a[0]) * cdy - (c[1] - a[1]) * cdx) / (abx * cdy - aby * cdx);
  return [a[0] + along * abx, a[1] + along * aby];
}

/** The first place where a ring of corners `[x, y]` crosses itself, or null. */
export function crossing(ring) {
  for (let i = 0; i < ring.length; i += 1) {
    for (let j = i + 1; j < ring.length; j += 1) {
      const place = meeting(ring[i], ring[(i + 1) % ring.length], ring[j], ring[(j + 1) % ring.length]);
      if (place) return place;
    }
  }
  return null;
}
