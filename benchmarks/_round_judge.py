"""What a round is worth, worked out from nothing but the problem: the judge of all planners.

A round is a list of numbers in the order of the day: n for a visit to the n-th candidate, and
``deposit(k)`` for handing in the cash carried at the k-th counter. It knows the rules of field days
(shift, hours, ends, cash limit, counters); it refuses to judge a problem with other rules.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.planner.problem import Problem

Round = list[int]
Hours = tuple[tuple[int, int], ...]


def deposit(counter: int) -> int:
    """How a round names a deposit at this counter; its own inverse."""
    return -1 - counter


def travel_s(problem: Problem) -> NDArray[np.int64]:
    """Between candidates, then the start, the end, and the counters. To an open end it is 0."""
    shift = problem.shift
    end = shift.start_place if shift.end_place is None else shift.end_place
    counters = [counter.place for counter in problem.deposits]
    places = [*(c.place for c in problem.candidates), shift.start_place, end, *counters]
    matrix = problem.travel_s[np.ix_(places, places)].astype(np.int64)
    if shift.end_place is None:
        matrix[:, len(problem.candidates) + 1] = 0
    return matrix


def visit_hours(problem: Problem, number: int) -> Hours:
    """When the visit may begin: in a window, and so that it ends within contact hours."""
    candidate = problem.candidates[number]
    both = (
        (max(window.from_s, legal.from_s), min(window.to_s, legal.to_s - candidate.service_s))
        for window in candidate.windows
        for legal in candidate.contact_hours
    )
    return tuple(sorted(hours for hours in both if hours[0] <= hours[1]))


def counter_hours(problem: Problem, counter: int) -> Hours:
    """When a deposit may begin so that it ends before the counter closes."""
    point = problem.deposits[counter]
    both = ((open_.from_s, open_.to_s - point.service_s) for open_ in point.hours)
    return tuple(sorted(hours for hours in both if hours[0] <= hours[1]))


@dataclass(frozen=True, slots=True, eq=False)
class Judge:
    """A problem in lists. `net_value` is what the benchmark compares."""

    problem: Problem
    leg_s: list[list[int]]
    hours: list[Hours]
    service_s: list[int]

    def net_value(self, order: Sequence[int]) -> float:
        """Score points less travel; minus infinity for a round that breaks a rule."""
        spent_s = self.travel_of_s(order)
        if spent_s is None:
            return -np.inf
        candidates = self.problem.candidates
        points = sum(candidates[number].score for number in order if number >= 0)
        return points - spent_s / self.problem.prize_value_s

    def travel_of_s(self, order: Sequence[int]) -> int | None:
        """Seconds under way; None for a round that breaks a rule."""
        visits = [number for number in order if number >= 0]
        if len(set(visits)) != len(visits) or not self._cash_is_kept(order):
            return None
        if any(c.must_visit for n, c in enumerate(self.problem.candidates) if n not in visits):
            return None
        if not order:
            return 0
        count, shift = len(self.problem.candidates), self.problem.shift
        at, now_s, spent_s = count, shift.start_s, 0
        for number in order:
            row = number if number >= 0 else count + 2 + deposit(number)
            spent_s += self.leg_s[at][row]
            begin_s = earliest_begin(self.hours[row], now_s + self.leg_s[at][row])
            if begin_s is None:
                return None
            now_s, at = begin_s + self.service_s[row], row
        now_s += self.leg_s[at][count + 1]
        return spent_s + self.leg_s[at][count + 1] if now_s <= shift.end_s else None

    def departures_s(self, order: Sequence[int]) -> list[int]:
        """When each stop of a round that keeps its hours ends."""
        count, ends = len(self.problem.candidates), list[int]()
        at, now_s = count, self.problem.shift.start_s
        for number in order:
            row = number if number >= 0 else count + 2 + deposit(number)
            begin_s = earliest_begin(self.hours[row], now_s + self.leg_s[at][row])
            assert begin_s is not None, "a planned round keeps its hours"
            now_s, at = begin_s + self.service_s[row], row
            ends.append(now_s)
        return ends

    def _cash_is_kept(self, order: Sequence[int]) -> bool:
        shift, carried_minor = self.problem.shift, self.problem.shift.cash_in_hand_minor
        for number in order:
            if number < 0:
                carried_minor = 0
                continue
            expected_minor = self.problem.candidates[number].expected_cash_minor
            carried_minor += expected_minor
            limit_minor = shift.cash_limit_minor
            if limit_minor is not None and expected_minor and carried_minor > limit_minor:
                return False
        return True


def judge(problem: Problem) -> Judge:
    """The judge of this problem's rounds."""
    plain = not problem.shift.rest_breaks and problem.shift.max_distance_m is None
    plain &= all(c.pin is None and not c.needs and not c.barred for c in problem.candidates)
    assert plain, "the judge knows no such rule"
    count, counters = len(problem.candidates), len(problem.deposits)
    return Judge(
        problem=problem,
        leg_s=travel_s(problem).tolist(),
        hours=[visit_hours(problem, n) for n in range(count)]
        + [(), ()]
        + [counter_hours(problem, k) for k in range(counters)],
        service_s=[c.service_s for c in problem.candidates]
        + [0, 0]
        + [point.service_s for point in problem.deposits],
    )


def net_value(problem: Problem, order: Sequence[int]) -> float:
    """`Judge.net_value` for a single round."""
    return judge(problem).net_value(order)


def earliest_begin(hours: Hours, ready_s: int) -> int | None:
    """The first time from `ready_s` on at which one may begin; None when it is too late."""
    return next((max(from_s, ready_s) for from_s, to_s in hours if ready_s <= to_s), None)
