"""Times, cash and metres along a round: `routing.planner.timetable` in machine code."""

from routing.planner.search.arrays import (
    BEFORE,
    BREAKS,
    CARRIED,
    CASH,
    DUE,
    EARLIEST,
    FORMER,
    FORMER_FROM,
    FORMER_TO,
    FREE,
    FROM,
    HEAD,
    IN_HAND,
    LASTS,
    LATEST,
    LENGTH,
    LIMIT,
    MATRIX,
    METRES,
    MOST_METRES,
    NEVER,
    NODE,
    PINNED,
    ROOM,
    SERVICE,
    TO,
    WINDOWS,
    WORTH,
    Array,
    Facts,
    Rounds,
)
from routing.planner.search.compiled import compiled


@compiled
def begin_at(windows: Array, node: int, count: int, ready: int) -> int:
    """The first time from `ready` on at which a visit may begin, or `NEVER`."""
    for nth in range(count):
        if ready <= windows[node, nth, 1]:
            return max(ready, windows[node, nth, 0])
    return NEVER


@compiled
def ready_by(windows: Array, node: int, count: int, begin_by: int) -> int:
    """How late one may be ready and still begin by `begin_by`; −`NEVER` if that is hopeless."""
    for nth in range(count - 1, -1, -1):
        if windows[node, nth, 0] <= begin_by:
            return min(begin_by, windows[node, nth, 1])
    return -NEVER


@compiled
def through_leg(rests: Array, breaks: int, ready: Array, travel: int) -> None:
    """Turn when a leg may begin into when it is over, per number of breaks taken."""
    rested = NEVER
    before = ready[0]
    ready[0] = before + travel
    for taken in range(breaks):
        here = NEVER
        if before <= rests[taken, LATEST]:
            here = before + travel
        rested = max(min(here, rested), rests[taken, EARLIEST]) + rests[taken, LASTS]
        before = ready[taken + 1]
        ready[taken + 1] = min(before + travel, rested)


@compiled
def leave_by(rests: Array, breaks: int, due: Array, travel: int) -> None:
    """The mirror of `through_leg`: from when a leg must be over to when it must begin."""
    rested_by = -NEVER
    after = due[breaks]
    due[breaks] = after - travel
    for taken in range(breaks - 1, -1, -1):
        by = max(after, rested_by)
        after = due[taken]
        due[taken] = after - travel
        rested_by = -NEVER
        if rests[taken, EARLIEST] + rests[taken, LASTS] <= by:
            rested_by = by - rests[taken, LASTS]
            due[taken] = max(due[taken], min(rested_by - travel, rests[taken, LATEST]))


@compiled
def measure(facts: Facts, rounds: Rounds, nth: int) -> bool:
    """Bring everything about a round up to date; False if it breaks a rule."""
    shift, length, table = facts.shifts[nth], rounds.sizes[nth, LENGTH], rounds.table[nth]
    travel, nodes = facts.travel[shift[MATRIX]], facts.nodes
    if shift[BREAKS] == 0:
        kept = _times(travel, table, nodes, facts.windows, length, shift[FROM], shift[TO])
    else:
        kept = _times_with_breaks(
            travel, table, nodes, facts.windows, length, shift, facts.rests[nth], rounds.ready[0]
        )
    rounds.sizes[nth, HEAD] = _head(table, nodes, length, facts.candidates)
    rounds.sizes[nth, ROOM] = _room(table, length, shift[BREAKS])
    if shift[MOST_METRES] < NEVER:
        rounds.sizes[nth, METRES] = _metres(facts.metres[shift[MATRIX]], table, length)
        kept = kept and rounds.sizes[nth, METRES] <= shift[MOST_METRES]
    if shift[LIMIT] < NEVER:
        kept = (
            _carry(table, nodes, length, facts.first_counter, shift[IN_HAND], shift[LIMIT]) and kept
        )
    if facts.disturbance > 0:
        _recall(table, nodes, length, nth)
    return kept


@compiled
def _times(
    travel: Array,
    table: Array,
    nodes: Array,
    windows: Array,
    length: int,
    from_s: int,
    to_s: int,
) -> bool:
    free, before, kept = from_s, table[0, NODE], True
    table[0, FREE] = free
    for position in range(1, length + 1):
        node = table[position, NODE]
        ready = free + travel[before, node]
        begin = begin_at(windows, node, nodes[node, WINDOWS], ready)
        kept = kept and begin < NEVER
        free = begin + nodes[node, SERVICE]
        table[position, FREE] = free
        before = node
    after, due = table[length + 1, NODE], to_s
    if length > 0:
        kept = kept and free + travel[before, after] <= to_s
    table[length + 1, DUE] = due
    for position in range(length, 0, -1):
        node = table[position, NODE]
        by = due - travel[node, after] - nodes[node, SERVICE]
        due = ready_by(windows, node, nodes[node, WINDOWS], by)
        table[position, DUE] = due
        after = node
    return kept


@compiled
def _times_with_breaks(
    travel: Array,
    table: Array,
    nodes: Array,
    windows: Array,
    length: int,
    shift: Array,
    rests: Array,
    ready: Array,
) -> bool:
    breaks = shift[BREAKS]
    ready[:] = NEVER
    ready[0] = shift[FROM]
    for taken in range(breaks + 1):
        table[0, FREE + 2 * taken] = ready[taken]
    for position in range(1, length + 1):
        node = table[position, NODE]
        through_leg(rests, breaks, ready, travel[table[position - 1, NODE], node])
        for taken in range(breaks + 1):
            begin = begin_at(windows, node, nodes[node, WINDOWS], ready[taken])
            ready[taken] = min(begin + nodes[node, SERVICE], NEVER)
            table[position, FREE + 2 * taken] = ready[taken]
    through_leg(rests, breaks, ready, travel[table[length, NODE], table[length + 1, NODE]])
    kept = length == 0
    for taken in range(breaks + 1):
        # A break still to come at the end needs no taking if the round ends before it is due.
        due = shift[TO] if taken == breaks else min(shift[TO], rests[taken, LATEST])
        kept = kept or ready[taken] <= due
        table[length + 1, DUE + 2 * taken] = due
    for taken in range(breaks + 1):
        ready[taken] = table[length + 1, DUE + 2 * taken]
    for position in range(length, 0, -1):
        node = table[position, NODE]
        leave_by(rests, breaks, ready, travel[node, table[position + 1, NODE]])
        for taken in range(breaks + 1):
            by = ready[taken] - nodes[node, SERVICE]
            ready[taken] = ready_by(windows, node, nodes[node, WINDOWS], by)
            table[position, DUE + 2 * taken] = ready[taken]
    return kept


@compiled
def _head(table: Array, nodes: Array, length: int, candidates: int) -> int:
    head = 1
    for position in range(1, length + 1):
        node = table[position, NODE]
        if nodes[node, PINNED]:
            head = position + 1
        elif node < candidates:
            break
    return head


@compiled
def _room(table: Array, length: int, breaks: int) -> int:
    most = -NEVER
    for gap in range(1, length + 2):
        from_s, to_s = table[gap - 1, FREE], table[gap, DUE]
        for taken in range(1, breaks + 1):
            from_s = min(from_s, table[gap - 1, FREE + 2 * taken])
            to_s = max(to_s, table[gap, DUE + 2 * taken])
        most = max(most, to_s - from_s)
    return most


@compiled
def _metres(metres: Array, table: Array, length: int) -> int:
    total = 0
    if length > 0:
        for position in range(1, length + 2):
            total += metres[table[position - 1, NODE], table[position, NODE]]
    return total


@compiled
def _carry(
    table: Array, nodes: Array, length: int, first_counter: int, in_hand: int, limit: int
) -> bool:
    """Add the cash up between deposits; False if more is carried than may be."""
    first, cash, expected, kept = 1, in_hand, 0, True
    for position in range(1, length + 2):
        node = table[position, NODE]
        if position <= length and node < first_counter:
            cash += nodes[node, CASH]
            expected += nodes[node, CASH]
            continue
        kept = kept and (cash <= limit or expected == 0)
        for gap in range(first, position + 1):
            table[gap, CARRIED] = cash
        first, cash, expected = position + 1, 0, 0
    return kept


@compiled
def _recall(table: Array, nodes: Array, length: int, nth: int) -> None:
    """Note the former stops around each gap."""
    last = -1
    for gap in range(1, length + 2):
        node = table[gap, NODE]
        table[gap, FORMER_TO] = last
        if gap <= length and nodes[node, FORMER] == nth:
            last = node
    following = -1
    for gap in range(length + 1, 0, -1):
        node = table[gap, NODE]
        if gap <= length and nodes[node, FORMER] == nth:
            following = node
        table[gap, FORMER_FROM] = following


@compiled
def value(facts: Facts, rounds: Rounds, nth: int) -> int:
    """What a round is worth less its travel, its prices and what it disturbs, in seconds.

    Who is left out is paid for by all rounds together: being here in the old place earns it back.
    """
    return _value(
        facts.travel[facts.shifts[nth, MATRIX]],
        rounds.table[nth],
        facts.nodes,
        rounds.sizes[nth, LENGTH],
        nth,
        facts.disturbance,
        facts.price[nth],
    )


@compiled
def _value(
    travel: Array,
    table: Array,
    nodes: Array,
    length: int,
    nth: int,
    disturbance: int,
    price: Array,
) -> int:
    total, last, before = 0, -1, table[0, NODE]
    for position in range(1, length + 1):
        node = table[position, NODE]
        total += nodes[node, WORTH] - travel[before, node]
        if node < len(price):
            total -= price[node]
        if disturbance > 0 and nodes[node, FORMER] == nth:
            if nodes[node, BEFORE] == last:
                total += disturbance
            last = node
        before = node
    if length > 0:
        total -= travel[before, table[length + 1, NODE]]
    return total


@compiled
def put(rounds: Rounds, nth: int, gap: int, node: int) -> None:
    """Insert `node` before the stop at `gap`."""
    table, length = rounds.table[nth], rounds.sizes[nth, LENGTH]
    for position in range(length + 1, gap - 1, -1):
        table[position + 1, NODE] = table[position, NODE]
    table[gap, NODE] = node
    rounds.sizes[nth, LENGTH] = length + 1


@compiled
def take(rounds: Rounds, nth: int, position: int) -> None:
    """Remove the stop at `position`."""
    table, length = rounds.table[nth], rounds.sizes[nth, LENGTH]
    for at in range(position, length + 1):
        table[at, NODE] = table[at + 1, NODE]
    rounds.sizes[nth, LENGTH] = length - 1
