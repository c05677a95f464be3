"""A problem as arrays: what the timetable, the insertion tests and the solver calculate with.

Candidates are numbered in the problem's order, 0 to n − 1; n is the start, n + 1 the end, and the
counters for deposits follow. An *order* is the numbers of a round's visits, one after the other;
*calls* are an order with its deposits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from routing.planner.problem import Candidate, Problem, RestBreak, Window, begin_windows

# Later than any day, yet far from overflow when travel times are added to it.
NEVER_S = 2**40

# What a must-visit is worth on top of its score: more travel than any round of others could save.
MUST_VISIT_S = 10**9

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """Seconds throughout, by number.

    `places` are the rows of the problem's matrices. A visit or a deposit may begin in one of its
    `windows`. `opens_s` and `closes_s` are the same for candidates as (n, most windows), rows
    padded with windows that never open. `worth_s` is what a visit is worth in seconds of travel,
    with `MUST_VISIT_S` on top for a must-visit.
    """

    problem: Problem
    places: Ints
    service_s: list[int]
    worth_s: list[int]
    opens_s: Ints
    closes_s: Ints
    windows: tuple[tuple[Window, ...], ...]

    @property
    def count(self) -> int:
        """n: how many candidates there are."""
        return len(self.problem.candidates)

    @property
    def start(self) -> int:
        return self.count

    @property
    def end(self) -> int:
        return self.count + 1

    @property
    def counters(self) -> range:
        """The numbers of the counters for deposits."""
        return range(self.count + 2, self.count + 2 + len(self.problem.deposits))

    @property
    def rests_due(self) -> tuple[RestBreak, ...]:
        return self.problem.shift.rests_due

    def pins(self, calls: Sequence[int]) -> int:
        """How many calls there are up to the last pin."""
        pinned = (at for at, number in enumerate(calls, start=1) if self.is_pinned(number))
        return max(pinned, default=0)

    def is_pinned(self, number: int) -> bool:
        return number < self.count and self.problem.candidates[number].pin is not None

    def leg_s(self, before: int, after: int) -> int:
        """The way from one number to another."""
        if after == self.end and (before == self.start or self.problem.shift.end_place is None):
            return 0
        return int(self.problem.travel_s[self.places[before], self.places[after]])

    def ways_s(self, befores: Ints, afters: Ints) -> Ints:
        """`leg_s` for arrays of numbers that broadcast to each other."""
        return self._ways(self.problem.travel_s, befores, afters)

    def ways_m(self, befores: Ints, afters: Ints) -> Ints:
        """The same in whole metres; only where they are known."""
        assert self.problem.distance_m is not None, "metres are known"
        return self._ways(self.problem.distance_m, befores, afters)

    def _ways(self, matrix: NDArray[Any], befores: Ints, afters: Ints) -> Ints:
        ways = matrix[self.places[befores], self.places[afters]]
        if ways.dtype.kind == "f":
            ways = np.rint(np.minimum(ways, NEVER_S))
        # The way to an open end is no way, and who visits nobody stays where they are.
        stays = (afters == self.end) & (
            (befores == self.start) | (self.problem.shift.end_place is None)
        )
        return np.where(stays, 0, ways).astype(np.int64)

    def expected_minor(self, number: int) -> int:
        """The cash expected of a candidate; none of a counter."""
        return self.problem.candidates[number].expected_cash_minor if number < self.count else 0

    def travel_of_s(self, calls: Sequence[int]) -> int:
        """Seconds of travel of a round, from its start to its end."""
        return sum(self.leg_s(a, b) for a, b in pairwise([self.start, *calls, self.end]))

    def distance_of_m(self, calls: Sequence[int]) -> int | None:
        """Metres of a round, from its start to its end; None where they are not known."""
        if self.problem.distance_m is None:
            return None
        return int(self.ways_m(np.array([self.start, *calls]), np.array([*calls, self.end])).sum())

    def net_s(self, calls: Sequence[int]) -> int:
        """What a round is worth less its travel and what it disturbs: what planning is for."""
        worth_s = sum(self.worth_s[number] for number in calls)
        return worth_s - self.travel_of_s(calls) - self.disturbance_of_s(calls)

    @property
    def former(self) -> list[int]:
        """The candidates of the round that stands, in its order."""
        numbers = {c.case_id: number for number, c in enumerate(self.problem.candidates)}
        return [numbers[case_id] for case_id in self.problem.former if case_id in numbers]

    def disturbance_of_s(self, calls: Sequence[int]) -> int:
        """What it costs that former stops are left out or follow others than before."""
        if not self.problem.disturbance_s or not self.problem.former:
            return 0
        former = self.former
        kept = [number for number in calls if number in set(former)]
        same = set(pairwise([-1, *former])) & set(pairwise([-1, *kept]))
        return self.problem.disturbance_s * (len(former) - len(same))


def worth_of_s(candidates: Sequence[Candidate], prize_value_s: int) -> list[int]:
    """What visits are worth in seconds of travel, with `MUST_VISIT_S` on top for a must-visit."""
    return [round(c.score * prize_value_s) + MUST_VISIT_S * c.must_visit for c in candidates]


def usual_worth_s(candidates: Sequence[Candidate], prize_value_s: int) -> float:
    """What a usual visit is worth, in seconds of travel; more than nothing."""
    return max(1.0, prize_value_s * sum(c.score for c in candidates) / max(1, len(candidates)))


def terms(problem: Problem) -> Terms:
    """Lay `problem` out in arrays and lists."""
    shift, candidates = problem.shift, problem.candidates
    places = [c.place for c in candidates] + [shift.start_place, shift.end_place or 0]
    places += [point.place for point in problem.deposits]
    windows = tuple(c.begin_windows() for c in candidates)
    most = max((len(its) for its in windows), default=0) or 1
    opens_s = np.full((len(candidates), most), NEVER_S, dtype=np.int64)
    closes_s = np.full((len(candidates), most), -NEVER_S, dtype=np.int64)
    counters = tuple(begin_windows(p.hours, p.hours, p.service_s) for p in problem.deposits)
    for number, its in enumerate(windows):
        for column, window in enumerate(its):
            opens_s[number, column], closes_s[number, column] = window.from_s, window.to_s
    return Terms(
        problem=problem,
        places=np.array(places, dtype=np.int64),
        service_s=[
            *(c.service_s for c in candidates),
            0,
            0,
            *(p.service_s for p in problem.deposits),
        ],
        worth_s=[
            *worth_of_s(candidates, problem.prize_value_s),
            *([0] * (2 + len(counters))),
        ],
        opens_s=opens_s,
        closes_s=closes_s,
        windows=(*windows, (), (), *counters),
    )
