"""Small days in a one-street town: places are seconds apart along a line, the start is at 0."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import numpy as np
from hypothesis import strategies as st

from routing.planner.problem import (
    UNREACHABLE_S,
    Candidate,
    DepositPoint,
    Problem,
    RestBreak,
    Shift,
    Window,
)
from routing.planner.terms import Terms

NINE, TEN, NOON, FIVE = (hour * 3_600 for hour in (9, 10, 12, 17))
MINUTE = 60


def case(number: int, **facts: Any) -> Candidate:
    """The case at place `number` (1 and up): urgency 50, ten minutes, any time of the day."""
    standard: dict[str, Any] = {"place": number, "score": 50.0, "service_s": 10 * MINUTE}
    return Candidate(case_id=UUID(int=number), **(standard | facts))


def day(*cases: Candidate, at_s: Sequence[int], **shift: Any) -> Problem:
    """Cases at ``at_s[0]``, ``at_s[1]``… for a shift from nine to five, back to the start."""
    place_s = np.array([0, *at_s])
    standard = {"start_s": NINE, "end_s": FIVE, "start_place": 0, "end_place": 0}
    return Problem(
        shift=Shift(**(standard | shift)),
        candidates=cases,
        travel_s=np.abs(place_s[:, None] - place_s).astype(np.int32),
    )


def cut_off(problem: Problem, place: int) -> Problem:
    """The same day with no way to or from `place`."""
    travel_s = problem.travel_s.copy()
    travel_s[place, :] = travel_s[:, place] = UNREACHABLE_S
    travel_s[place, place] = 0
    return replace(problem, travel_s=travel_s)


def _windows(latest_s: int) -> st.SearchStrategy[tuple[Window, ...]]:
    moments = st.integers(0, latest_s)
    window = st.builds(lambda a, b: Window(min(a, b), max(a, b)), moments, moments)
    return st.lists(window, min_size=0, max_size=3).map(tuple) | st.just((Window(0, 10**5),))


@st.composite
def days(draw: st.DrawFn, most: int = 5, pins: bool = True) -> Problem:
    """Days of about 1,000 s with everything in them: windows, break, pins, musts, cash, skills."""
    count = draw(st.integers(0, most))
    seconds = st.integers(0, 200)
    at = np.array(
        draw(st.lists(st.tuples(seconds, seconds), min_size=count + 4, max_size=count + 4))
    )
    # A street grid with one-way detours: the triangle inequality holds, symmetry does not.
    step = at[None, :, :] - at[:, None, :]
    travel_s = np.abs(step).sum(axis=2) + np.maximum(step[:, :, 0], 0) // 2
    candidates = tuple(
        Candidate(
            case_id=UUID(int=n + 1),
            place=n,
            score=draw(st.integers(1, 100)) / draw(st.sampled_from([1, 7])),
            service_s=draw(st.integers(0, 200)),
            windows=draw(_windows(1_200)),
            contact_hours=draw(_windows(1_500)),
            must_visit=draw(st.integers(0, 5)) == 0,
            pin=draw(st.sampled_from([None, None, None, 1, 2])) if pins else None,
            needs=draw(st.sampled_from([frozenset(), frozenset(), frozenset({"hindi"})])),
            expected_cash_minor=draw(st.integers(0, 100)),
            barred=draw(st.sampled_from([None] * 9 + ["at the customer's wish"])),
        )
        for n in range(count)
    )
    earliest_s, later_s = draw(st.integers(0, 900)), draw(st.integers(0, 400))
    rest = RestBreak(earliest_s, earliest_s + later_s, draw(st.integers(1, 200)))
    over_s = rest.latest_s + rest.length_s + draw(st.integers(0, 200))
    second = RestBreak(over_s, over_s + draw(st.integers(0, 200)), draw(st.integers(1, 100)))
    shift = Shift(
        start_s=draw(st.integers(0, 300)),
        end_s=draw(st.integers(300, 1_400)),
        start_place=count,
        end_place=draw(st.sampled_from([None, count, count + 1])),
        rest_breaks=draw(st.sampled_from([(), (rest,), (rest, second)])),
        skills=draw(st.sampled_from([frozenset(), frozenset({"hindi"})])),
        cash_in_hand_minor=draw(st.integers(0, 50)),
        cash_limit_minor=draw(st.sampled_from([None, 40, 150])),
    )
    metres = np.rint(travel_s * draw(st.sampled_from([3.0, 7.5]))).astype(np.int64)
    if draw(st.booleans()):
        shift = replace(shift, max_distance_m=draw(st.integers(0, 6_000)))
    deposits = tuple(
        DepositPoint(
            name=f"counter {n}",
            place=count + 2 + n,
            hours=draw(_windows(1_500)),
            service_s=draw(st.integers(0, 100)),
            key=UUID(int=1_000 + n),
        )
        for n in range(draw(st.sampled_from([0, 0, 1, 2])))
    )
    former = draw(st.permutations([c.case_id for c in candidates]))
    problem = Problem(
        shift,
        candidates,
        travel_s.astype(np.int32),
        draw(st.sampled_from([1, 100])),
        deposits=deposits,
        distance_m=metres,
        former=tuple(former[: draw(st.integers(0, count))]),
        disturbance_s=draw(st.sampled_from([0, 0, 30, 300])),
    )
    return cut_off(problem, 0) if count and draw(st.integers(0, 4)) == 0 else problem


def cash_is_kept(terms: Terms, calls: Sequence[int]) -> bool:
    """Whether no visit that expects cash brings more than may be carried."""
    shift, carried = terms.problem.shift, terms.problem.shift.cash_in_hand_minor
    for number in calls:
        carried = 0 if number in terms.counters else carried + terms.expected_minor(number)
        over = shift.cash_limit_minor is not None and carried > shift.cash_limit_minor
        if over and terms.expected_minor(number):
            return False
    return True
