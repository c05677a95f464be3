"""Ruin and recreate with simulated annealing, so many steps at a time."""

from math import log

import numpy as np

from routing.planner.search.arrays import LENGTH, NODE, Array, Facts, Rounds
from routing.planner.search.chance import uniform
from routing.planner.search.compiled import compiled
from routing.planner.search.recreate import append_nearest, by_rate, in_turn, recreate
from routing.planner.search.rounds import measure, value
from routing.planner.search.ruin import ruin

# Up to so many candidates are compared with each other when rounds are first filled.
_FEW = 500


@compiled
def settle(facts: Facts, rounds: Rounds, values: Array) -> bool:
    """Bring rounds up to date that were only written down; False if one breaks a rule."""
    kept = True
    rounds.place[:] = -1
    for nth in range(len(facts.shifts)):
        kept = measure(facts, rounds, nth) and kept
        values[nth] = value(facts, rounds, nth)
        for position in range(1, rounds.sizes[nth, LENGTH] + 1):
            if rounds.table[nth, position, NODE] < facts.candidates:
                rounds.place[rounds.table[nth, position, NODE]] = nth
    _list_absent(rounds)
    return kept


@compiled
def fill(facts: Facts, rounds: Rounds, values: Array, chance: Array) -> None:
    """Add candidates, best gain per second first, until nobody is worth the detour."""
    settle(facts, rounds, values)
    dirty = np.zeros(len(facts.shifts), dtype=np.bool_)
    keys = np.zeros(facts.candidates)
    if facts.candidates <= _FEW:
        by_rate(facts, rounds, dirty, keys, 0.0, 0.0, chance)
    else:
        in_turn(facts, rounds, dirty, keys, 0, chance)
    settle(facts, rounds, values)


@compiled
def go_on_to_nearest(facts: Facts, rounds: Rounds, values: Array) -> None:
    """The nearest-neighbour rounds, one after the other."""
    settle(facts, rounds, values)
    for nth in range(len(facts.shifts)):
        append_nearest(facts, rounds, nth)
    settle(facts, rounds, values)


@compiled
def anneal(
    facts: Facts,
    rounds: Rounds,
    values: Array,
    best_stops: Array,
    best_length: Array,
    best_values: Array,
    chance: Array,
    steps: int,
    hot: float,
    cooling: float,
) -> None:
    """So many steps from `rounds`, the temperature `hot` at first and times `cooling` each step.

    `rounds` stay the current ones, settled, with `values` for each; better ones than
    `best_stops` are copied there.
    """
    count, candidates = len(facts.shifts), facts.candidates
    dirty = np.zeros(count, dtype=np.bool_)
    gone = np.zeros(rounds.table.shape[:2], dtype=np.bool_)
    keys = np.zeros(candidates)
    kept_stops, kept_length = rounds.table[:, :, NODE].copy(), rounds.sizes[:, LENGTH].copy()
    temperature, current, best = hot, values.sum(), best_values.sum()
    for _ in range(steps):
        temperature *= cooling
        dirty[:] = False
        absent = rounds.left[0]
        ruin(facts, rounds, gone, dirty, chance)
        done = recreate(facts, rounds, dirty, keys, absent, chance)
        tried = current
        for nth in range(count):
            if dirty[nth]:
                tried += value(facts, rounds, nth) - values[nth]
        if not done or tried < current + temperature * log(1 - uniform(chance)):
            _go_back(facts, rounds, dirty, kept_stops, kept_length)
            continue
        current = tried
        for nth in range(count):
            if dirty[nth]:
                values[nth] = value(facts, rounds, nth)
                write_down(rounds, nth, kept_stops, kept_length)
        if current > best:
            best = current
            best_values[:] = values
            for nth in range(count):
                write_down(rounds, nth, best_stops, best_length)


@compiled
def write_down(rounds: Rounds, nth: int, stops: Array, length: Array) -> None:
    """Copy a round's stops."""
    length[nth] = rounds.sizes[nth, LENGTH]
    for position in range(length[nth] + 2):
        stops[nth, position] = rounds.table[nth, position, NODE]


@compiled
def _go_back(facts: Facts, rounds: Rounds, dirty: Array, stops: Array, length: Array) -> None:
    """Undo what happened to the dirty rounds."""
    candidates = facts.candidates
    for nth in range(len(dirty)):
        if dirty[nth]:
            for position in range(1, rounds.sizes[nth, LENGTH] + 1):
                if rounds.table[nth, position, NODE] < candidates:
                    rounds.place[rounds.table[nth, position, NODE]] = -1
    for nth in range(len(dirty)):
        if dirty[nth]:
            rounds.sizes[nth, LENGTH] = length[nth]
            for position in range(length[nth] + 2):
                rounds.table[nth, position, NODE] = stops[nth, position]
            measure(facts, rounds, nth)
            for position in range(1, length[nth] + 1):
                if stops[nth, position] < candidates:
                    rounds.place[stops[nth, position]] = nth
    _list_absent(rounds)


@compiled
def _list_absent(rounds: Rounds) -> None:
    count = 0
    for node in range(len(rounds.place)):
        if rounds.place[node] < 0:
            rounds.absent[count] = node
            count += 1
    rounds.left[0] = count
