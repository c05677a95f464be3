"""Putting candidates into rounds: in an order of the moment, or best gain per second first.

Orders and blinks after Christiaens and Vanden Berghe (2020); with prizes, so that who is not worth
the detour stays out.
"""

from math import exp

import numpy as np

from routing.planner.search.arrays import (
    CASH,
    CLOSES,
    LEAST,
    LENGTH,
    LIMIT,
    MATRIX,
    NEVER,
    NODE,
    OPENS,
    REACH,
    ROOM,
    SERVICE,
    START,
    WINDOWS,
    WORTH,
    Array,
    Facts,
    Rounds,
)
from routing.planner.search.chance import below, uniform
from routing.planner.search.compiled import compiled
from routing.planner.search.counters import deposit_somewhere, may_deposit, tidy
from routing.planner.search.places import best_place, fits_last, is_plain, plain_gap
from routing.planner.search.rounds import measure, put

_BLINK, _BY_RATE, _EVERYBODY = 0.01, 0.1, 0.05
# A minute on top of every visit, so that gains per second do not explode for a neighbor.
_OVERHEAD = 60


@compiled
def recreate(
    facts: Facts, rounds: Rounds, dirty: Array, keys: Array, absent: int, chance: Array
) -> bool:
    """Fill the rounds up again; False if one cannot be made to keep the rules. Marks `dirty`.

    The first `absent` in `Rounds.absent` were so before the ruin.
    """
    found = np.zeros(3, dtype=np.int64)
    for nth in range(len(dirty)):
        if not dirty[nth]:
            continue
        if not measure(facts, rounds, nth):
            return False
        if may_deposit(facts, nth):
            luck = uniform(chance)
            if luck < 0.5 and not tidy(facts, rounds, nth, found):
                return False
            if luck < 0.35 and not deposit_somewhere(facts, rounds, nth, chance, found):
                measure(facts, rounds, nth)
    if len(facts.shifts) == 1 and uniform(chance) < _BY_RATE:
        by_rate(facts, rounds, dirty, keys, 0.3, _BLINK, chance)
    else:
        in_turn(facts, rounds, dirty, keys, absent, chance)
    for nth in range(len(dirty)):
        if dirty[nth] and may_deposit(facts, nth) and not tidy(facts, rounds, nth, found):
            return False
    return True


@compiled
def _enter(facts: Facts, rounds: Rounds, dirty: Array, slot: int, found: Array) -> None:
    """Put the absent candidate in `slot` where `found` says."""
    node, nth = rounds.absent[slot], found[1]
    put(rounds, nth, found[2], node)
    measure(facts, rounds, nth)
    rounds.place[node] = nth
    dirty[nth] = True
    rounds.left[0] -= 1
    rounds.absent[slot] = rounds.absent[rounds.left[0]]


@compiled
def _considered(facts: Facts, rounds: Rounds, absent: int, chance: Array) -> tuple[int, int]:
    """Sort those to be put in to the end of `Rounds.absent`; (their first slot, first fresh one).

    They are the fresh ones, from slot `absent` on, and of the others mostly those who live near
    one of them: the rest had no place before, and hardly has one now.
    """
    first, count = 0, rounds.left[0]
    if absent in (0, count) or uniform(chance) < _EVERYBODY:
        return first, absent
    around = rounds.absent[absent + below(chance, count - absent)]
    reach, travel = facts.nodes[around, REACH], facts.travel[0]
    first = absent
    slot = 0
    while slot < first:
        node = rounds.absent[slot]
        if travel[around, node] + travel[node, around] <= reach:
            first -= 1
            rounds.absent[slot], rounds.absent[first] = rounds.absent[first], node
        else:
            slot += 1
    return first, absent


@compiled
def _draw_turns(
    facts: Facts, rounds: Rounds, keys: Array, first: int, count: int, chance: Array
) -> None:
    """Write keys to sort the `count` absent from slot `first` on by: lots, worth, hours or ways."""
    kind, nodes = below(chance, 12), facts.nodes
    for slot in range(count):
        node = rounds.absent[first + slot]
        worth = nodes[node, WORTH]
        if kind < 4:
            keys[slot] = uniform(chance)
        elif kind < 7:
            keys[slot] = -worth * (0.6 + 0.8 * uniform(chance))
        elif kind < 9:
            rate = worth / (nodes[node, SERVICE] + _OVERHEAD)
            keys[slot] = -rate * (0.6 + 0.8 * uniform(chance))
        elif kind == 9:
            keys[slot] = nodes[node, CLOSES] - nodes[node, OPENS]
        elif kind == 10:
            keys[slot] = nodes[node, CLOSES]
        else:
            keys[slot] = -facts.travel[0, facts.shifts[0, START], node]


@compiled
def in_turn(
    facts: Facts, rounds: Rounds, dirty: Array, keys: Array, absent: int, chance: Array
) -> None:
    """Absent candidates in an order drawn by lot, each where it is cheapest.

    The first `absent` had no place in the rounds that are not `dirty`, so only others are tried.
    """
    first, fresh = _considered(facts, rounds, absent, chance)
    count, found = rounds.left[0] - first, np.zeros(3, dtype=np.int64)
    everywhere = np.ones(len(dirty), dtype=np.bool_)
    nodes = facts.nodes
    _draw_turns(facts, rounds, keys, first, count, chance)
    order = np.argsort(keys[:count])
    turn = rounds.absent[first : first + count][order]
    # One plain round is most of what is searched: its arrays are taken out of the loop.
    travel, table, sizes = facts.travel[facts.shifts[0, MATRIX]], rounds.table[0], rounds.sizes[0]
    one_plain, limit, may = is_plain(facts), facts.shifts[0, LIMIT], facts.may
    rounds.left[0] = first
    for nth in range(count):
        node, slot = turn[nth], rounds.left[0]
        rounds.absent[slot] = node
        rounds.left[0] += 1
        if one_plain and nodes[node, WINDOWS] == 1:
            if nodes[node, LEAST] > sizes[ROOM] or not may[0, node]:
                continue
            room = limit - nodes[node, CASH] if nodes[node, CASH] > 0 else NEVER
            worth = nodes[node, WORTH] - facts.price[0, node]
            cost, gap = plain_gap(travel, table, sizes, nodes, node, room, worth, _BLINK, chance)
            if gap < 0:
                continue
            found[0], found[1], found[2] = cost, 0, gap
        else:
            among = everywhere if first + order[nth] >= fresh else dirty
            if not best_place(facts, rounds, among, node, _BLINK, chance, found):
                continue
        _enter(facts, rounds, dirty, slot, found)


@compiled
def by_rate(
    facts: Facts,
    rounds: Rounds,
    dirty: Array,
    keys: Array,
    noise: float,
    blink: float,
    chance: Array,
) -> None:
    """Absent candidates by gain per second, best first, until nobody is worth the detour.

    `noise` blurs the gains, so that the same hole is not always filled the same way.
    """
    count, found = rounds.left[0], np.zeros(3, dtype=np.int64)
    keys[:count] = 1.0
    if noise > 0:
        for slot in range(count):
            keys[slot] = exp(noise * (2 * uniform(chance) - 1))
    # Who does not fit now will not fit later: they move behind the first `left` slots.
    left, best = count, np.zeros(3, dtype=np.int64)
    everywhere = np.ones(len(dirty), dtype=np.bool_)
    while left > 0:
        pick, top, slot = -1, 0.0, 0
        while slot < left:
            node = rounds.absent[slot]
            if not best_place(facts, rounds, everywhere, node, blink, chance, found):
                left -= 1
                rounds.absent[slot], rounds.absent[left] = rounds.absent[left], node
                keys[slot] = keys[left]
                continue
            seconds = facts.nodes[node, SERVICE] + max(found[0], 0) + _OVERHEAD
            rate = (facts.nodes[node, WORTH] - found[0]) / seconds * keys[slot]
            if rate > top:
                pick, top = slot, rate
                best[:] = found
            slot += 1
        if pick < 0:
            return
        left -= 1
        # The slot behind the rest is free for whoever is last of all.
        node = rounds.absent[pick]
        rounds.absent[pick], keys[pick] = rounds.absent[left], keys[left]
        rounds.absent[left] = node
        _enter(facts, rounds, dirty, left, best)


@compiled
def append_nearest(facts: Facts, rounds: Rounds, nth: int) -> None:
    """Always on to the nearest in time that still fits at the end of the round."""
    found = np.zeros(3, dtype=np.int64)
    dirty = np.zeros(len(facts.shifts), dtype=np.bool_)
    travel = facts.travel[facts.shifts[nth, MATRIX]]
    while True:
        nearest, leg, gap = -1, NEVER, rounds.sizes[nth, LENGTH] + 1
        last = rounds.table[nth, gap - 1, NODE]
        for slot in range(rounds.left[0]):
            node = rounds.absent[slot]
            is_nearer = travel[last, node] < leg and facts.may[nth, node]
            if is_nearer and fits_last(facts, rounds, nth, node):
                nearest, leg = slot, travel[last, node]
        if nearest < 0:
            return
        found[0], found[1], found[2] = 0, nth, gap
        _enter(facts, rounds, dirty, nearest, found)
