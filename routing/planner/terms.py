"""A problem as arrays: what the timetable, the insertion tests and the solver calculate with.

Candidates are numbered in the problem's order, 0 to n − 1; n is the start, n + 1 the end, and the
counters for deposits follow. An *order* is the numbers of a round's visits, one after the other;
*calls* are an order with its deposits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

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

    The column of an open end in `travel_s` is 0, and so is that of `distance_m`, whole metres. A
    visit or a deposit may begin in one of its `windows`. `opens_s` and `closes_s` are the same for
    candidates as (n, most windows), rows padded with windows that never open. `worth_s` is what a
    visit is worth in seconds of travel, with `MUST_VISIT_S` on top for a must-visit. Travel times
    are 32 bits wide: widen them before you add.
    """

    problem: Problem
    travel_s: NDArray[np.int32]
    distance_m: Ints | None
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
        return int(self.travel_s[before, after])

    def expected_minor(self, number: int) -> int:
        """The cash expected of a candidate; none of a counter."""
        return self.problem.candidates[number].expected_cash_minor if number < self.count else 0

    def travel_of_s(self, calls: Sequence[int]) -> int:
        """Seconds of travel of a round, from its start to its end."""
        return sum(self.leg_s(a, b) for a, b in pairwise([self.start, *calls, self.end]))

    def distance_of_m(self, calls: Sequence[int]) -> int | None:
        """Metres of a round, from its start to its end; None where they are not known."""
        if self.distance_m is None:
            return None
        legs = pairwise([self.start, *calls, self.end])
        return sum(int(self.distance_m[a, b]) for a, b in legs)

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


def terms(problem: Problem) -> Terms:
    """Lay `problem` out in arrays and lists."""
    shift, candidates, end = problem.shift, problem.candidates, len(problem.candidates) + 1
    places = [c.place for c in candidates] + [shift.start_place, shift.end_place or 0]
    places += [point.place for point in problem.deposits]
    travel_s = problem.travel_s[np.ix_(places, places)].astype(np.int32)
    distance_m = None
    if problem.distance_m is not None:
        distance_m = np.rint(problem.distance_m[np.ix_(places, places)]).astype(np.int64)
    for ways in (travel_s,) if distance_m is None else (travel_s, distance_m):
        if shift.end_place is None:
            ways[:, end] = 0
        ways[end - 1, end] = 0  # who visits nobody stays where they are
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
        travel_s=travel_s,
        distance_m=distance_m,
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
