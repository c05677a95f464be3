"""Several agents' rounds searched at once: cases may change hands when that is worth it.

Candidates are numbered in the fleet's order, 0 to n − 1; an *order* is the numbers of one round.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from routing.planner.problem import Candidate, Seconds, Shift
from routing.planner.search import arrays as a
from routing.planner.search.laid_out import (
    least_s,
    nearest_first,
    remember,
    rests_of,
    shift_row,
    windows_of,
)
from routing.planner.search.search import filled, improve
from routing.planner.stop import StopAfter
from routing.planner.terms import usual_worth_s, worth_of_s

# Between which temperatures is annealed: as shares of what a usual visit is worth, and, where all
# visits are musts, of the way to a near neighbor.
HOT, COLD = 0.3, 0.02
HOT_WAYS, COLD_WAYS = 4.0, 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Fleet:
    """Shifts that share candidates.

    `travel_s` is one matrix for all shifts, or one per shift (another vehicle, another speed).
    `may_serve[s, c]`: whether shift s may visit candidate c; skills and bars are looked at on top.
    `former` and `disturbance_s` are per shift what they are in a `Problem`. Deposits and distances
    are matters of one agent's round and not looked at here: a limit on cash is one on the whole
    round, and no shift may have a `max_distance_m`.
    """

    shifts: tuple[Shift, ...]
    candidates: tuple[Candidate, ...]
    travel_s: tuple[Seconds, ...]
    may_serve: NDArray[np.bool_]
    prize_value_s: int = 100
    former: tuple[tuple[UUID, ...], ...] = ()
    disturbance_s: int = 0

    def __post_init__(self) -> None:
        assert len(self.travel_s) in (1, len(self.shifts)), "one matrix for all, or one per shift"
        assert self.may_serve.shape == (len(self.shifts), len(self.candidates))
        assert all(shift.max_distance_m is None for shift in self.shifts)


def improve_fleet(
    fleet: Fleet, orders: Sequence[Sequence[int]], stop: StopAfter, seed: int = 1
) -> list[list[int]]:
    """Per shift the best order found until `stop`; together never worth less than `orders`.

    `orders` may be empty rounds, or any rounds that keep the rules; who is pinned stays where they
    are. The same fleet, orders and seed give the same rounds under `StopAfter(solutions=…)`.
    """
    started = perf_counter()
    if not fleet.candidates or not fleet.shifts:
        return [list(order) for order in orders]
    facts = _facts(fleet)
    return improve(filled(facts, orders, seed), stop, started, *_temperatures_s(fleet, facts))


def _facts(fleet: Fleet) -> a.Facts:
    count, shifts = len(fleet.candidates), fleet.shifts
    places = [candidate.place for candidate in fleet.candidates]
    for shift in shifts:
        places += [shift.start_place, 0 if shift.end_place is None else shift.end_place]
    travel_s = np.stack([matrix[np.ix_(places, places)] for matrix in fleet.travel_s])
    travel_s = travel_s.astype(np.int32)
    for nth, shift in enumerate(shifts):
        start, end = count + 2 * nth, count + 2 * nth + 1
        if shift.end_place is None:
            travel_s[:, :, end] = 0
        travel_s[:, start, end] = 0
    nodes = np.zeros((len(places), 10), dtype=np.int64)
    nodes[:count, a.SERVICE] = [candidate.service_s for candidate in fleet.candidates]
    nodes[:count, a.WORTH] = worth_of_s(fleet.candidates, fleet.prize_value_s)
    nodes[:count, a.CASH] = [candidate.expected_cash_minor for candidate in fleet.candidates]
    nodes[:count, a.PINNED] = [candidate.pin is not None for candidate in fleet.candidates]
    nodes[:, a.LEAST] = least_s(travel_s, nodes)
    begins = [candidate.begin_windows() for candidate in fleet.candidates]
    windows = windows_of([*begins, *([()] * (2 * len(shifts)))], nodes)
    numbers = {candidate.case_id: n for n, candidate in enumerate(fleet.candidates)}
    former = [[numbers[c] for c in order if c in numbers] for order in fleet.former]
    remember(nodes, former)
    rows = [
        shift_row(shift, count + 2 * nth, count + 2 * nth + 1, nth if len(travel_s) > 1 else 0)
        for nth, shift in enumerate(shifts)
    ]
    return a.Facts(
        travel=travel_s,
        metres=np.zeros((1, 1), dtype=np.int64),
        nodes=nodes,
        windows=windows,
        shifts=np.array(rows, dtype=np.int64),
        rests=rests_of(shifts),
        may=fleet.may_serve & _may(fleet),
        near=nearest_first(travel_s[0, :count, :count]),
        candidates=count,
        first_counter=len(places),
        disturbance=fleet.disturbance_s if any(former) else 0,
    )


def _may(fleet: Fleet) -> NDArray[np.bool_]:
    """Skills, bars, and whether there is any time at all: (shifts, candidates)."""
    return np.array(
        [
            [
                candidate.needs <= shift.skills
                and candidate.barred is None
                and bool(candidate.begin_windows())
                for candidate in fleet.candidates
            ]
            for shift in fleet.shifts
        ],
        dtype=np.bool_,
    )


def _temperatures_s(fleet: Fleet, facts: a.Facts) -> tuple[float, float]:
    """The first and the last: by the worth of a visit, or by the way to one if all are musts."""
    optional = [c for c in fleet.candidates if not c.must_visit]
    near = facts.near[:, :10]
    if optional or not near.size:
        usual_s = usual_worth_s(optional, fleet.prize_value_s)
        return HOT * usual_s, COLD * usual_s
    way_s = float(np.mean(facts.travel[0][np.arange(len(near))[:, None], near]))
    return HOT_WAYS * way_s + 1, COLD_WAYS * way_s + 1
