/** Far out, markers that would lie on each other become one pile that says how many. Pure. */

/** Two markers closer than this (in pixels) cannot be told apart. */
const TOUCH_PX = 24;
/** Who is in a pile stays until clearly out of it, so that piles don't flicker as people move. */
const LEAVE = 1.5;

/**
 * Groups `tracks` (with `x`, `y` in world pixels) at a scale. Returns piles
 * `{leader, members, x, y}`; a marker alone is a pile of one. `former` maps track to its pile's
 * leader from the last time and is brought up to date.
 */
export function pile(tracks, scale, former) {
  const touch = TOUCH_PX / scale;
  const grid = new Map();
  const cell = (value) => Math.floor(value / touch);
  const near = (track, reach) => {
    let best = null;
    let least = reach * reach;
    for (let cx = cell(track.x - reach); cx <= cell(track.x + reach); cx += 1) {
      for (let cy = cell(track.y - reach); cy <= cell(track.y + reach); cy += 1) {
        for (const group of grid.get(`${cx} ${cy}`) ?? []) {
          const apart = (group.leader.x - track.x) ** 2 + (group.leader.y - track.y) ** 2;
          if (apart < least) [best, least] = [group, apart];
        }
      }
    }
    return best;
  };
  const groups = new Map();
  const lead = (track) => {
    const group = { leader: track, members: [track] };
    const key = `${cell(track.x)} ${cell(track.y)}`;
    if (!grid.has(key)) grid.set(key, []);
    grid.get(key).push(group);
    groups.set(track, group);
  };
  const rest = [];
  for (const track of tracks) {
    if (former.get(track) === track && !near(track, touch)) lead(track);
    else rest.push(track);
  }
  for (const track of rest) {
    const old = groups.get(former.get(track));
    const stays =
      old && Math.hypot(old.leader.x - track.x, old.leader.y - track.y) < touch * LEAVE;
    const group = stays ? old : near(track, touch);
    if (group) group.members.push(track);
    else lead(track);
  }
  const parted = part([...groups.values()], scale);
  former.clear();
  for (const group of parted) {
    for (const member of group.members) former.set(member, group.leader);
  }
  return parted;
}

const WIDEST_PX = 24;

/** The radius in pixels of the disc that stands for so many. */
export const pileRadius = (count) => (count === 1 ? 10 : Math.min(WIDEST_PX, 11 + Math.sqrt(count) * 2));

/** Piles grow with their members, so two of them may still overlap: the larger takes the smaller. */
function part(groups, scale) {
  const kept = [];
  const cells = new Map();
  const cell = (value) => Math.floor((value * scale) / (2 * WIDEST_PX)); // none overlaps what lies two cells away
  for (const group of groups.sort((a, b) => b.members.length - a.members.length)) {
    const { x, y } = middle(group.members);
    const radius = pileRadius(group.members.length);
    const [cx, cy] = [cell(x), cell(y)];
    let taker = null;
    for (let nx = cx - 1; nx <= cx + 1; nx += 1) {
      for (let ny = cy - 1; ny <= cy + 1; ny += 1) {
        for (const other of cells.get(`${nx} ${ny}`) ?? []) {
          if (taker && taker.nth < other.nth) continue;
          const gap = Math.hypot(other.x - x, other.y - y) * scale;
          if (gap < pileRadius(other.group.members.length) + radius) taker = other;
        }
      }
    }
    if (taker) {
      taker.group.members.push(...group.members);
      continue;
    }
    const key = `${cx} ${cy}`;
    if (!cells.has(key)) cells.set(key, []);
    cells.get(key).push({ group, x, y, nth: kept.length });
    kept.push(group);
  }
  return kept;
}

/** The middle of a pile's members right now. */
export function middle(members) {
  let x = 0;
  let y = 0;
  for (const member of members) {
    x += member.x;
    y += member.y;
  }
  return { x: x / members.length, y: y / members.length };
}
