"""What it would take to add each candidate at each position of a round: all at once, in NumPy.

A position is the leg it would split: 0 is before the first stop, k after the last of k stops.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.planner.deposits import carried_minor
from routing.planner.terms import NEVER_S, Ints, Terms
from routing.planner.timetable import deadlines, departures


@dataclass(frozen=True, slots=True, eq=False)
class Insertions:
    """Arrays (candidates, positions).

    `detour_s` is the travel added. `late_s` is by how much the candidate's own last window is
    missed, `short_s` by how much the rest of the round would miss its times (beyond any day where
    the window is missed), `over_minor` by how much the cash limit would be passed and `over_m` the
    distance. Each is 0 or less where all is well.
    """

    detour_s: Ints
    late_s: Ints
    short_s: Ints
    over_minor: Ints
    over_m: Ints

    @property
    def fits(self) -> NDArray[np.bool_]:
        return (self.short_s <= 0) & (self.over_minor <= 0) & (self.over_m <= 0)

    def cheapest(self) -> tuple[Ints, Ints]:
        """Per candidate the smallest detour that fits (`NEVER_S` if none does) and its position."""
        detour_s = np.where(self.fits, self.detour_s, NEVER_S)
        return detour_s.min(axis=1), detour_s.argmin(axis=1)


def insertions(terms: Terms, calls: Sequence[int], numbers: Sequence[int] | Ints) -> Insertions:
    """Try each of the candidates `numbers` at each position of `calls`, which keep all rules.

    Exact: what fits here has a timetable, what does not has none. Nothing fits before a pin.
    """
    befores = np.array([terms.start, *calls])
    afters = np.array([*calls, terms.end])
    free_s = np.array(departures(terms, calls), dtype=np.int64)
    due_s = np.array(deadlines(terms, calls), dtype=np.int64)
    column = np.asarray(numbers, dtype=np.int64)[:, None]
    out_s, on_s = terms.ways_s(befores, column), terms.ways_s(column, afters)
    opens_s, closes_s = terms.opens_s[column[:, 0]], terms.closes_s[column[:, 0]]
    service_s = np.array([terms.service_s[n] for n in numbers], dtype=np.int64)[:, None]

    ready_s = _through_leg(terms, list(free_s.T), out_s)
    leave_s = [_earliest_begin(opens_s, closes_s, ready) + service_s for ready in ready_s]
    next_s = _through_leg(terms, leave_s, on_s)
    short_s = np.min([by - due for by, due in zip(next_s, due_s.T, strict=True)], axis=0)
    late_s = np.min(ready_s, axis=0) - closes_s.max(axis=1)[:, None]
    late_s[:, : terms.pins(calls)] = short_s[:, : terms.pins(calls)] = NEVER_S
    return Insertions(
        detour_s=out_s + on_s - terms.ways_s(befores, afters),
        late_s=late_s,
        short_s=short_s,
        over_minor=_over_minor(terms, calls, numbers),
        over_m=_over_m(terms, calls, column),
    )


def _through_leg(terms: Terms, free_s: list[Ints], travel_s: Ints) -> list[Ints]:
    """`readiness` for arrays: earliest readiness after a leg, per number of breaks taken."""
    ready_s = [free + travel_s for free in free_s]
    rested_s: Ints | None = None
    for taken, rest in enumerate(terms.rests_due, start=1):
        here_s = np.maximum(free_s[taken - 1] + travel_s, rest.earliest_s) + rest.length_s
        here_s = np.where(free_s[taken - 1] <= rest.latest_s, here_s, NEVER_S)
        if rested_s is not None:
            here_s = np.minimum(here_s, np.maximum(rested_s, rest.earliest_s) + rest.length_s)
        ready_s[taken] = np.minimum(ready_s[taken], here_s)
        rested_s = here_s
    return ready_s


def _earliest_begin(opens_s: Ints, closes_s: Ints, ready_s: Ints) -> Ints:
    """`earliest_begin` for arrays."""
    begin_s = np.full_like(ready_s, NEVER_S)
    for opens, closes in zip(opens_s.T[:, :, None], closes_s.T[:, :, None], strict=True):
        at_s = np.where(ready_s <= closes, np.maximum(ready_s, opens), NEVER_S)
        begin_s = np.minimum(begin_s, at_s)
    return begin_s


def _over_minor(terms: Terms, calls: Sequence[int], numbers: Sequence[int] | Ints) -> Ints:
    limit_minor, gaps = terms.problem.shift.cash_limit_minor, len(calls) + 1
    if limit_minor is None:
        return np.zeros((len(numbers), gaps), dtype=np.int64)
    expected_minor = np.array([terms.expected_minor(int(n)) for n in numbers], dtype=np.int64)
    over_minor = expected_minor[:, None] + np.array(carried_minor(terms, calls)) - limit_minor
    return np.where(expected_minor[:, None] > 0, over_minor, 0)


def _over_m(terms: Terms, calls: Sequence[int], column: Ints) -> Ints:
    most_m = terms.problem.shift.max_distance_m
    if most_m is None:
        return np.zeros((len(column), len(calls) + 1), dtype=np.int64)
    befores, afters = np.array([terms.start, *calls]), np.array([*calls, terms.end])
    detour_m = terms.ways_m(befores, column) + terms.ways_m(column, afters)
    return detour_m - terms.ways_m(befores, afters) + ((terms.distance_of_m(calls) or 0) - most_m)
