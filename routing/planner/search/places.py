"""What it takes to add a stop to a round: `routing.planner.insertion` in machine code."""

from routing.planner.search.arrays import (
    BEFORE,
    BREAKS,
    CARRIED,
    CASH,
    CLOSES,
    DUE,
    FORMER,
    FORMER_FROM,
    FORMER_TO,
    FREE,
    HEAD,
    LEAST,
    LENGTH,
    LIMIT,
    MATRIX,
    METRES,
    MOST_METRES,
    NEVER,
    NODE,
    OPENS,
    ROOM,
    SERVICE,
    WINDOWS,
    WORTH,
    Array,
    Facts,
    Rounds,
)
from routing.planner.search.chance import uniform
from routing.planner.search.compiled import compiled
from routing.planner.search.rounds import begin_at, through_leg


@compiled
def _keeps_time(
    travel: Array,
    table: Array,
    nodes: Array,
    windows: Array,
    rests: Array,
    breaks: int,
    gap: int,
    node: int,
    ready: Array,
) -> bool:
    for taken in range(breaks + 1):
        ready[taken] = table[gap - 1, FREE + 2 * taken]
    through_leg(rests, breaks, ready, travel[table[gap - 1, NODE], node])
    for taken in range(breaks + 1):
        begin = begin_at(windows, node, nodes[node, WINDOWS], ready[taken])
        ready[taken] = min(begin + nodes[node, SERVICE], NEVER)
    through_leg(rests, breaks, ready, travel[node, table[gap, NODE]])
    kept = False
    for taken in range(breaks + 1):
        kept = kept or ready[taken] <= table[gap, DUE + 2 * taken]
    return kept


@compiled
def _metres_with(metres: Array, table: Array, length: int, gap: int, node: int) -> int:
    """The metres that the way by `node` adds."""
    added = metres[table[gap - 1, NODE], node] + metres[node, table[gap, NODE]]
    if length > 0:
        added -= metres[table[gap - 1, NODE], table[gap, NODE]]
    return added


@compiled
def keeps_rules(facts: Facts, rounds: Rounds, nth: int, gap: int, node: int) -> bool:
    """Whether time and distance allow `node` at `gap`; cash is not looked at."""
    shift, table = facts.shifts[nth], rounds.table[nth]
    travel, length = facts.travel[shift[MATRIX]], rounds.sizes[nth, LENGTH]
    if shift[MOST_METRES] < NEVER:
        added = _metres_with(facts.metres[shift[MATRIX]], table, length, gap, node)
        if rounds.sizes[nth, METRES] + added > shift[MOST_METRES]:
            return False
    return _keeps_time(
        travel,
        table,
        facts.nodes,
        facts.windows,
        facts.rests[nth],
        shift[BREAKS],
        gap,
        node,
        rounds.ready[0],
    )


@compiled
def _disturbance(table: Array, nodes: Array, nth: int, gap: int, node: int, each: int) -> int:
    """What having `node` at `gap` disturbs, less what having it there mends."""
    if nodes[node, FORMER] != nth:
        return 0
    last, following, cost = table[gap, FORMER_TO], table[gap, FORMER_FROM], 0
    if nodes[node, BEFORE] == last:
        cost -= each
    if following >= 0:
        if nodes[following, BEFORE] == last:
            cost += each
        if nodes[following, BEFORE] == node:
            cost -= each
    return cost


@compiled
def plain_gap(
    travel: Array,
    table: Array,
    sizes: Array,
    nodes: Array,
    node: int,
    room: int,
    cheaper_than: int,
    blink: float,
    chance: Array,
) -> tuple[int, int]:
    """`_gap` for a candidate with one window in a round without breaks and other frills."""
    best, at, head, length = cheaper_than, -1, sizes[HEAD], sizes[LENGTH]
    opens, closes, service = nodes[node, OPENS], nodes[node, CLOSES], nodes[node, SERVICE]
    before, free = table[head - 1, NODE], table[head - 1, FREE]
    for gap in range(head, length + 2):
        if free > closes:
            break
        after = table[gap, NODE]
        out, on = travel[before, node], travel[node, after]
        cost = out + on - travel[before, after]
        if cost < best and free + out <= closes and table[gap, CARRIED] <= room:
            leave = max(free + out, opens) + service
            if leave + on <= table[gap, DUE] and not (blink > 0 and uniform(chance) < blink):
                best, at = cost, gap
        before, free = after, table[gap, FREE]
    return best, at


@compiled
def _gap(
    facts: Facts,
    rounds: Rounds,
    nth: int,
    node: int,
    room: int,
    cheaper_than: int,
    blink: float,
    chance: Array,
) -> tuple[int, int]:
    shift, table, nodes, windows = facts.shifts[nth], rounds.table[nth], facts.nodes, facts.windows
    travel, rests, ready, metres = (
        facts.travel[shift[MATRIX]],
        facts.rests[nth],
        rounds.ready[0],
        facts.metres[shift[MATRIX]],
    )
    length, breaks, disturbs = rounds.sizes[nth, LENGTH], shift[BREAKS], facts.disturbance
    spare = shift[MOST_METRES] - rounds.sizes[nth, METRES]
    counts_metres = shift[MOST_METRES] < NEVER
    best, at = cheaper_than, -1
    for gap in range(rounds.sizes[nth, HEAD], length + 2):
        before, after = table[gap - 1, NODE], table[gap, NODE]
        cost = travel[before, node] + travel[node, after] - travel[before, after]
        if disturbs > 0:
            cost += _disturbance(table, nodes, nth, gap, node, disturbs)
        if cost >= best or table[gap, CARRIED] > room:
            continue
        if not _keeps_time(travel, table, nodes, windows, rests, breaks, gap, node, ready):
            continue
        if counts_metres and _metres_with(metres, table, length, gap, node) > spare:
            continue
        if blink > 0 and uniform(chance) < blink:
            continue
        best, at = cost, gap
    return best, at


@compiled
def is_plain(facts: Facts) -> bool:
    """Whether there is one round, without breaks, distance and former order to look at."""
    one = len(facts.shifts) == 1 and facts.disturbance == 0
    return one and facts.shifts[0, BREAKS] == 0 and facts.shifts[0, MOST_METRES] == NEVER


@compiled
def best_place(
    facts: Facts,
    rounds: Rounds,
    among: Array,
    node: int,
    blink: float,
    chance: Array,
    found: Array,
) -> bool:
    """Write (cost, round, gap) of the cheapest place worth having to `found`; False if none is.

    Looks at the rounds marked in `among`. A gap is overlooked now and then, with the chance
    `blink`.
    """
    nodes, shifts, best = facts.nodes, facts.shifts, facts.nodes[node, WORTH]
    plain = nodes[node, WINDOWS] == 1 and facts.disturbance == 0
    found[1] = -1
    for nth in range(len(shifts)):
        if not among[nth] or nodes[node, LEAST] > rounds.sizes[nth, ROOM]:
            continue
        if not facts.may[nth, node]:
            continue
        price, room = facts.price[nth, node], NEVER
        if nodes[node, CASH] > 0:
            room = shifts[nth, LIMIT] - nodes[node, CASH]
        if plain and shifts[nth, BREAKS] == 0 and shifts[nth, MOST_METRES] == NEVER:
            cost, gap = plain_gap(
                facts.travel[shifts[nth, MATRIX]],
                rounds.table[nth],
                rounds.sizes[nth],
                nodes,
                node,
                room,
                best - price,
                blink,
                chance,
            )
        else:
            cost, gap = _gap(facts, rounds, nth, node, room, best - price, blink, chance)
        if gap >= 0:
            best = cost + price
            found[0], found[1], found[2] = best, nth, gap
    return bool(found[1] >= 0)


@compiled
def fits_last(facts: Facts, rounds: Rounds, nth: int, node: int) -> bool:
    """Whether a candidate can be the last stop of a round as it is."""
    gap, cash = rounds.sizes[nth, LENGTH] + 1, facts.nodes[node, CASH]
    if cash > 0 and rounds.table[nth, gap, CARRIED] + cash > facts.shifts[nth, LIMIT]:
        return False
    return keeps_rules(facts, rounds, nth, gap, node)
