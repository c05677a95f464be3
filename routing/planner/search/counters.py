"""Deposits on the way: where a counter is worth its detour, and which ones are not needed."""

from routing.planner.search.arrays import (
    CASH,
    IN_HAND,
    LENGTH,
    LIMIT,
    MATRIX,
    NEVER,
    NODE,
    Array,
    Facts,
    Rounds,
)
from routing.planner.search.chance import uniform
from routing.planner.search.compiled import compiled
from routing.planner.search.places import keeps_rules
from routing.planner.search.rounds import measure, put, take


@compiled
def may_deposit(facts: Facts, nth: int) -> bool:
    """Whether there are counters that this round could have a use for."""
    return len(facts.nodes) > facts.first_counter and facts.shifts[nth, LIMIT] < NEVER


@compiled
def best_counter(facts: Facts, rounds: Rounds, nth: int, gap: int, found: Array) -> bool:
    """Write (detour, counter) of the cheapest counter for `gap` to `found`; False if none fits."""
    travel, table = facts.travel[facts.shifts[nth, MATRIX]], rounds.table[nth]
    before, after = table[gap - 1, NODE], table[gap, NODE]
    found[0], found[1] = NEVER, -1
    if before >= facts.first_counter or after >= facts.first_counter:
        return False
    for counter in range(facts.first_counter, len(facts.nodes)):
        detour = travel[before, counter] + travel[counter, after] - travel[before, after]
        if detour < found[0] and keeps_rules(facts, rounds, nth, gap, counter):
            found[0], found[1] = detour, counter
    return bool(found[1] >= 0)


@compiled
def deposit_somewhere(facts: Facts, rounds: Rounds, nth: int, chance: Array, found: Array) -> bool:
    """Add a deposit at a gap that is cheap, with some luck; False if none fits."""
    best, at, counter = float(NEVER), -1, -1
    for gap in range(1, rounds.sizes[nth, LENGTH] + 2):
        if best_counter(facts, rounds, nth, gap, found):
            blurred = (found[0] + 60) * (0.1 + uniform(chance))
            if blurred < best:
                best, at, counter = blurred, gap, found[1]
    if at < 0:
        return False
    put(rounds, nth, at, counter)
    return measure(facts, rounds, nth)


@compiled
def _stretch(facts: Facts, rounds: Rounds, nth: int, position: int) -> tuple[int, int]:
    """The first and the last position of the two stretches that a deposit lies between."""
    table, length = rounds.table[nth], rounds.sizes[nth, LENGTH]
    first = last = position
    while first > 1 and table[first - 1, NODE] < facts.first_counter:
        first -= 1
    while last < length and table[last + 1, NODE] < facts.first_counter:
        last += 1
    return first, last


@compiled
def _cash(facts: Facts, rounds: Rounds, nth: int, first: int, last: int) -> int:
    """The cash expected from position `first` to `last`."""
    total = 0
    for position in range(first, last + 1):
        total += facts.nodes[rounds.table[nth, position, NODE], CASH]
    return total


@compiled
def tidy(facts: Facts, rounds: Rounds, nth: int, found: Array) -> bool:
    """Drop deposits that are not needed, move the others to better gaps; False if that failed."""
    position = 1
    while position <= rounds.sizes[nth, LENGTH]:
        if rounds.table[nth, position, NODE] < facts.first_counter:
            position += 1
            continue
        first, last = _stretch(facts, rounds, nth, position)
        earlier = facts.shifts[nth, IN_HAND] if first == 1 else 0
        expected = _cash(facts, rounds, nth, first, last)
        if expected == 0 or earlier + expected <= facts.shifts[nth, LIMIT]:
            take(rounds, nth, position)
            if not measure(facts, rounds, nth):
                return False
            continue
        if not _move(facts, rounds, nth, position, found):
            return False
        position += 1
    return True


@compiled
def _move(facts: Facts, rounds: Rounds, nth: int, position: int, found: Array) -> bool:
    """Take the deposit at `position` to the cheapest gap that serves as well."""
    counter, limit = rounds.table[nth, position, NODE], facts.shifts[nth, LIMIT]
    first, last = _stretch(facts, rounds, nth, position)
    in_hand = facts.shifts[nth, IN_HAND] if first == 1 else 0
    total = _cash(facts, rounds, nth, first, last)
    take(rounds, nth, position)
    measure(facts, rounds, nth)
    travel, table = facts.travel[facts.shifts[nth, MATRIX]], rounds.table[nth]
    before, after = table[position - 1, NODE], table[position, NODE]
    best = travel[before, counter] + travel[counter, after] - travel[before, after]
    at, carried = position, 0
    for gap in range(first, last + 1):
        if gap > first:
            carried += facts.nodes[table[gap - 1, NODE], CASH]
        if carried > 0 and in_hand + carried > limit:
            break
        if total - carried > limit:
            continue
        if best_counter(facts, rounds, nth, gap, found) and found[0] < best:
            best, at, counter = found[0], gap, found[1]
    put(rounds, nth, at, counter)
    return measure(facts, rounds, nth)
