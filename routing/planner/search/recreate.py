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

_BLINK, _BY_RATE = 0.01, 0.1
# A minute on top of every visit, so that gains per second do not explode for a neighbor.
_OVERHEAD = 60


@compiled
def recreate(facts: Facts, rounds: Rounds, dirty: Array, keys: Array, chance: Array) -> bool:
    """Fill the rounds up again; False if one cannot be made to keep the rules. Marks `dirty`."""
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
        in_turn(facts, rounds, dirty, keys, chance)
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
def in_turn(facts: Facts, rounds: Rounds, dirty: Array, keys: Array, chance: Array) -> None:
    """Each absent candidate once, in an order drawn by lot, where it is cheapest."""
    count, found = rounds.left[0], np.zeros(3, dtype=np.int64)
    kind, nodes = below(chance, 12), facts.nodes
    for slot in range(count):
        node = rounds.absent[slot]
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
    turn = rounds.absent[:count][np.argsort(keys[:count])]
    # One plain round is most of what is searched: its arrays are taken out of the loop.
    travel, table, sizes = facts.travel[facts.shifts[0, MATRIX]], rounds.table[0], rounds.sizes[0]
    one_plain, limit, may = is_plain(facts), facts.shifts[0, LIMIT], facts.may
    rounds.left[0] = 0
    for node in turn:
        slot = rounds.left[0]
        rounds.absent[slot] = node
        rounds.left[0] += 1
        if one_plain and nodes[node, WINDOWS] == 1:
            if nodes[node, LEAST] > sizes[ROOM] or not may[0, node]:
                continue
            room = limit - nodes[node, CASH] if nodes[node, CASH] > 0 else NEVER
            cost, gap = plain_gap(
                travel, table, sizes, nodes, node, room, nodes[node, WORTH], _BLINK, chance
            )
            if gap < 0:
                continue
            found[0], found[1], found[2] = cost, 0, gap
        elif not best_place(facts, rounds, node, _BLINK, chance, found):
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
    while left > 0:
        pick, top, slot = -1, 0.0, 0
        while slot < left:
            node = rounds.absent[slot]
            if not best_place(facts, rounds, node, blink, chance, found):
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
