"""The search as the planner calls it: from terms to arrays, in small portions until time is up."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from routing.planner.search import anneal as machine
from routing.planner.search.arrays import END, LENGTH, NODE, Array, Facts, Rounds, empty_rounds
from routing.planner.search.chance import seeded
from routing.planner.stop import StopAfter

# First and last temperature, as shares of what a usual stop is worth.
_HOT, _COLD = 0.5, 0.07
# How long a portion takes; the clock is looked at between portions only.
_PORTION_S = 0.001
_FIRST_PORTION = 20


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """Facts with rounds that are being searched, what each is worth, and the state of chance."""

    facts: Facts
    rounds: Rounds
    values: Array
    chance: Array

    @property
    def value_s(self) -> int:
        return int(self.values.sum())

    def orders(self) -> list[list[int]]:
        """Per round the nodes of its stops."""
        return [
            self.rounds.table[nth, 1 : size + 1, NODE].tolist()
            for nth, size in enumerate(self.rounds.sizes[:, LENGTH].tolist())
        ]


def begin(facts: Facts, orders: Sequence[Sequence[int]], seed: int) -> Search:
    """A search that begins with the rounds `orders` (nodes), which keep the rules."""
    rounds = empty_rounds(facts)
    for nth, order in enumerate(orders):
        rounds.table[nth, 1 : len(order) + 1, NODE] = order
        rounds.table[nth, len(order) + 1, NODE] = facts.shifts[nth, END]
        rounds.sizes[nth, LENGTH] = len(order)
    search = Search(facts, rounds, np.zeros(len(facts.shifts), dtype=np.int64), seeded(seed))
    kept = machine.settle(facts, rounds, search.values)
    assert kept, "a search begins with rounds that keep the rules"
    return search


def filled(facts: Facts, orders: Sequence[Sequence[int]], seed: int) -> Search:
    """`begin`, and everybody put in who is worth the detour."""
    search = begin(facts, orders, seed)
    machine.fill(facts, search.rounds, search.values, search.chance)
    return search


def nearest(facts: Facts, orders: Sequence[Sequence[int]], seed: int) -> Search:
    """`begin`, and on to the nearest in time as long as anybody fits."""
    search = begin(facts, orders, seed)
    machine.go_on_to_nearest(facts, search.rounds, search.values)
    return search


def improve(search: Search, stop: StopAfter, started: float, scale_s: float) -> list[list[int]]:
    """Per round the best stops found until `stop`; together never worth less than at first.

    `scale_s` is what a usual stop is worth, in seconds of travel.
    """
    facts, rounds, values = search.facts, search.rounds, search.values
    if not facts.candidates:
        return search.orders()
    stops, length = rounds.table[:, :, NODE].copy(), rounds.sizes[:, LENGTH].copy()
    best = values.copy()
    tried, portion, rate = 0, _FIRST_PORTION, 0.0
    while (share := stop.share(started, tried)) < 1:
        if stop.solutions is not None:
            portion = min(portion, stop.solutions - tried)
        began = perf_counter()
        # Counted in solutions, a step is a known share of the way; else it is as it was last.
        step = rate
        if stop.seconds is None:
            assert stop.solutions is not None
            step = 1 / stop.solutions
        machine.anneal(
            facts, rounds, values, stops, length, best, search.chance, portion,
            scale_s * _HOT * (_COLD / _HOT) ** share, (_COLD / _HOT) ** step,
        )  # fmt: skip
        tried += portion
        each_s = max((perf_counter() - began) / portion, 1e-7)
        if stop.seconds:
            rate = each_s / stop.seconds
        portion = max(1, min(int(_PORTION_S / each_s), 4 * portion))
    return [stops[nth, 1 : size + 1].tolist() for nth, size in enumerate(length.tolist())]
