"""A problem as arrays: what the timetable, the insertion tests and the solver calculate with.

Candidates are numbered in the problem's order, 0 to n − 1; n is the start and n + 1 the end. An
*order* is the numbers of a round's stops, one after the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.planner.problem import Problem, RestBreak, Window

# Later than any day, yet far from overflow when travel times are added to it.
NEVER_S = 2**40

# What a must-visit is worth on top of its score: more travel than any round of others could save.
MUST_VISIT_S = 10**9

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """Seconds throughout.

    `travel_s` is (n + 2, n + 2); the column of an open end is 0. `opens_s` and `closes_s` are
    (n, most windows): when a visit may begin, rows padded with windows that never open. `worth_s`
    is what a visit is worth in seconds of travel, with `MUST_VISIT_S` on top for a must-visit.
    Lists hold what plain loops read one by one, which they do three times as fast as from arrays:
    `leg_s[a][b]` is `travel_s[a, b]`.
    """

    problem: Problem
    travel_s: Ints
    leg_s: list[list[int]]
    service_s: list[int]
    worth_s: list[int]
    opens_s: Ints
    closes_s: Ints
    windows: tuple[tuple[Window, ...], ...]

    @property
    def count(self) -> int:
        """n: how many candidates there are."""
        return len(self.windows)

    @property
    def start(self) -> int:
        return self.count

    @property
    def end(self) -> int:
        return self.count + 1

    @property
    def rests_due(self) -> tuple[RestBreak, ...]:
        return self.problem.shift.rests_due

    def pins(self, order: Sequence[int]) -> int:
        """How many stops at the head of `order` are pinned there."""
        candidates = self.problem.candidates
        free = (at for at, number in enumerate(order) if candidates[number].pin is None)
        return next(free, len(order))

    def cash_headroom_minor(self, order: Sequence[int]) -> int | None:
        """How much more cash may be expected on the round; None without a limit."""
        headroom_minor = self.problem.shift.cash_headroom_minor
        if headroom_minor is None:
            return None
        candidates = self.problem.candidates
        return headroom_minor - sum(candidates[number].expected_cash_minor for number in order)

    def travel_of_s(self, order: Sequence[int]) -> int:
        """Seconds of travel of a round, from its start to its end."""
        legs = zip([self.start, *order], [*order, self.end], strict=True)
        return sum(self.leg_s[a][b] for a, b in legs)

    def net_s(self, order: Sequence[int]) -> int:
        """What a round is worth less its travel: what the planner makes as large as it can."""
        return sum(self.worth_s[number] for number in order) - self.travel_of_s(order)


def terms(problem: Problem) -> Terms:
    """Lay `problem` out in arrays and lists."""
    shift, candidates = problem.shift, problem.candidates
    places = [c.place for c in candidates] + [shift.start_place, shift.end_place or 0]
    travel_s = problem.travel_s[np.ix_(places, places)].astype(np.int64)
    if shift.end_place is None:
        travel_s[:, -1] = 0
    travel_s[-2, -1] = 0  # who visits nobody stays where they are
    windows = tuple(c.begin_windows() for c in candidates)
    most = max((len(its) for its in windows), default=0) or 1
    opens_s = np.full((len(candidates), most), NEVER_S, dtype=np.int64)
    closes_s = np.full((len(candidates), most), -NEVER_S, dtype=np.int64)
    for number, its in enumerate(windows):
        for column, window in enumerate(its):
            opens_s[number, column], closes_s[number, column] = window.from_s, window.to_s
    return Terms(
        problem=problem,
        travel_s=travel_s,
        leg_s=travel_s.tolist(),
        service_s=[c.service_s for c in candidates],
        worth_s=[
            round(c.score * problem.prize_value_s) + MUST_VISIT_S * c.must_visit for c in candidates
        ],
        opens_s=opens_s,
        closes_s=closes_s,
        windows=windows,
    )
