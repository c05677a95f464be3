"""Several agents' rounds searched at once by ruin and recreate, in compiled code."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from routing.planner.deposits import with_deposits
from routing.planner.fleet import Fleet
from routing.planner.problem import begin_windows
from routing.planner.search import arrays as a
from routing.planner.search.laid_out import (
    NO_METRES,
    least_s,
    nearest_first,
    reach_s,
    remember,
    rests_of,
    shift_row,
    windows_of,
)
from routing.planner.search.search import filled, improve
from routing.planner.stop import StopAfter
from routing.planner.terms import terms, usual_worth_s, worth_of_s

# Between which temperatures is annealed: as shares of what a usual visit is worth, and, where all
# visits are musts, of the way to a near neighbor.
HOT, COLD = 0.3, 0.02
HOT_WAYS, COLD_WAYS = 4.0, 0.1

WHOLE = (1.0, 0.0)
"""The `heat` of a search that begins with nothing and is not gone on with."""


def improve_fleet(
    fleet: Fleet,
    orders: Sequence[Sequence[int]],
    stop: StopAfter,
    seed: int = 1,
    heat: tuple[float, float] = WHOLE,
) -> list[list[int]]:
    """Per shift the best order found until `stop`; together never worth less than `orders`.

    `orders` may be empty rounds, or any rounds that keep the rules; who is pinned stays where they
    are. `heat` is how hot the search is at first and at last, of 1 (as for empty rounds) to 0 (when
    all is said and done); a search may so go on where another ended. The same fleet, orders and
    seed give the same rounds under `StopAfter(solutions=…)`.
    """
    started = perf_counter()
    if not fleet.candidates or not fleet.shifts:
        return [list(order) for order in orders]
    facts = _facts(fleet)
    hot_s, cold_s = _temperatures_s(fleet, facts)
    first_s, last_s = (hot_s**share * cold_s ** (1 - share) for share in heat)
    search = filled(facts, _with_deposits(fleet, facts, orders), seed)
    found = improve(search, stop, started, first_s, last_s)
    return [[node for node in order if node < facts.candidates] for order in found]


def _facts(fleet: Fleet) -> a.Facts:
    count, shifts = len(fleet.candidates), fleet.shifts
    begins = [candidate.begin_windows() for candidate in fleet.candidates]
    counters = [begin_windows(p.hours, p.hours, p.service_s) for p in fleet.deposits]
    matrices, rows = _matrices(fleet)
    nodes = np.zeros((len(rows.places), a.COLUMNS), dtype=np.int64)
    nodes[:count, a.SERVICE] = [candidate.service_s for candidate in fleet.candidates]
    nodes[rows.first_counter :, a.SERVICE] = [point.service_s for point in fleet.deposits]
    nodes[:count, a.WORTH] = worth_of_s(fleet.candidates, fleet.prize_value_s)
    nodes[:count, a.CASH] = [candidate.expected_cash_minor for candidate in fleet.candidates]
    nodes[:count, a.PINNED] = [candidate.pin is not None for candidate in fleet.candidates]
    nodes[:, a.LEAST] = least_s(matrices, nodes)
    windows = windows_of([*begins, *([()] * (2 * len(shifts))), *counters], nodes)
    numbers = {candidate.case_id: n for n, candidate in enumerate(fleet.candidates)}
    former = [[numbers[c] for c in order if c in numbers] for order in fleet.former]
    remember(nodes, former)
    near = nearest_first(matrices[0, :count, :count])
    nodes[:count, a.REACH] = reach_s(matrices[0], near)
    price_s = fleet.price_s
    return a.Facts(
        travel=matrices,
        metres=_metres(fleet, rows),
        nodes=nodes,
        windows=windows,
        shifts=np.array(
            [
                shift_row(shift, rows.start(nth), rows.end(nth), rows.matrix[nth])
                for nth, shift in enumerate(shifts)
            ],
            dtype=np.int64,
        ),
        rests=rests_of(shifts),
        may=fleet.may_serve & _may(fleet, np.array([bool(its) for its in begins])),
        price=np.zeros(fleet.may_serve.shape, np.int64) if price_s is None else price_s,
        near=near,
        candidates=count,
        first_counter=rows.first_counter,
        disturbance=fleet.disturbance_s if any(former) else 0,
    )


@dataclass(frozen=True, slots=True)
class _Rows:
    """Which place each node stands for, and which of the different matrices each shift goes by."""

    candidates: int
    places: list[int]
    first_counter: int
    matrix: list[int]

    def start(self, nth: int) -> int:
        return self.candidates + 2 * nth

    def end(self, nth: int) -> int:
        return self.start(nth) + 1


def _matrices(fleet: Fleet) -> tuple[a.Array, _Rows]:
    """Travel between nodes, each of the fleet's matrices once."""
    places = [candidate.place for candidate in fleet.candidates]
    for shift in fleet.shifts:
        places += [shift.start_place, 0 if shift.end_place is None else shift.end_place]
    first_counter = len(places)
    places += [point.place for point in fleet.deposits]
    kinds = list({id(matrix): matrix for matrix in fleet.travel_s})
    each = [kinds.index(id(matrix)) for matrix in fleet.travel_s]
    matrix = each if len(each) == len(fleet.shifts) else each * len(fleet.shifts)
    rows = _Rows(len(fleet.candidates), places, first_counter, matrix)
    found = [fleet.travel_s[each.index(kind)][np.ix_(places, places)] for kind in range(len(kinds))]
    travel_s = np.stack(found).astype(np.int32)
    _no_way_to_nowhere(travel_s, fleet, rows)
    return travel_s, rows


def _metres(fleet: Fleet, rows: _Rows) -> a.Array:
    metres: a.Array
    if all(shift.max_distance_m is None for shift in fleet.shifts):
        return NO_METRES
    each = rows.matrix if len(fleet.distance_m) > 1 else [0]
    kinds = [fleet.distance_m[each.index(kind)] for kind in range(max(each) + 1)]
    metres = np.stack([np.rint(kind[np.ix_(rows.places, rows.places)]) for kind in kinds])
    metres = np.minimum(metres, a.NEVER).astype(np.int64)
    _no_way_to_nowhere(metres, fleet, rows)
    return metres


def _no_way_to_nowhere(ways: a.Array, fleet: Fleet, rows: _Rows) -> None:
    """The way to an open end is no way, and who visits nobody stays where they are."""
    for nth, shift in enumerate(fleet.shifts):
        if shift.end_place is None:
            ways[:, :, rows.end(nth)] = 0
        ways[:, rows.start(nth), rows.end(nth)] = 0


def _may(fleet: Fleet, ever: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Skills, bars, and whether there is any time at all: (shifts, candidates)."""
    at_all = ever & np.array([candidate.barred is None for candidate in fleet.candidates])
    asking = [n for n, candidate in enumerate(fleet.candidates) if candidate.needs]
    may = np.tile(at_all, (len(fleet.shifts), 1))
    for nth, shift in enumerate(fleet.shifts):
        may[nth, [n for n in asking if not fleet.candidates[n].needs <= shift.skills]] = False
    return may


def _with_deposits(
    fleet: Fleet, facts: a.Facts, orders: Sequence[Sequence[int]]
) -> list[list[int]]:
    """`orders` as nodes, with the deposits that they need."""
    if not fleet.deposits:
        return [list(order) for order in orders]
    found = []
    for nth, order in enumerate(orders):
        calls = with_deposits(terms(fleet.alone(nth, order)), range(len(order)))
        assert calls is not None, "a search begins with rounds that keep the rules"
        first = len(order) + 2
        found.append(
            [order[c] if c < len(order) else facts.first_counter + c - first for c in calls]
        )
    return found


def _temperatures_s(fleet: Fleet, facts: a.Facts) -> tuple[float, float]:
    """The first and the last: by the worth of a visit, or by the way to one if all are musts."""
    optional = [c for c in fleet.candidates if not c.must_visit]
    near = facts.near[:, :10]
    if optional or not near.size:
        usual_s = usual_worth_s(optional, fleet.prize_value_s)
        return HOT * usual_s, COLD * usual_s
    way_s = float(np.mean(facts.travel[0][np.arange(len(near))[:, None], near]))
    return HOT_WAYS * way_s + 1, COLD_WAYS * way_s + 1
