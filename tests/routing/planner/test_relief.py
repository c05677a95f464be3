"""Visits that an agent leaves, and neighbors who take them: who gives way to whom."""

from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from routing.planner.audit import audit
from routing.planner.problem import Candidate, DepositPoint, Shift, Window
from routing.planner.relief import relieve
from routing.planner.skipped import SkipReason
from routing.planner.stop import StopAfter
from routing.planner.vacancy import Given, Vacancy, nearest_rounds
from tests.routing.planner.days import FIVE, MINUTE, NINE, case, days

SOME = StopAfter(solutions=300)
HOUR = 60 * MINUTE
ALL_DAY = (Window(0, 24 * HOUR),)


def vacancy(
    *cases: Candidate, at_s: tuple[int, ...], orphans: int, rounds: tuple[tuple[int, ...], ...],
    shifts: tuple[Shift, ...] | None = None, **facts: Any,
) -> Vacancy:  # fmt: skip
    """Cases at ``at_s`` along a street; all shifts start at 0 and end there at five."""
    place_s = np.array([0, *at_s])
    shifts = shifts or (Shift(NINE, FIVE, 0, 0),) * len(rounds)
    return Vacancy(
        shifts=shifts,
        candidates=cases,
        orphans=orphans,
        rounds=rounds,
        travel_s=(np.abs(place_s[:, None] - place_s).astype(np.int32),),
        may_serve=np.ones((len(shifts), len(cases)), dtype=np.bool_),
        **facts,
    )


ONE_HOUR = (Shift(NINE, NINE + HOUR, 0, 0),)


def test_who_has_time_takes_the_visit_and_gives_nothing_up() -> None:
    its = vacancy(case(1), case(2), at_s=(100, 200), orphans=1, rounds=((1,),))
    found = relieve(its, SOME)
    assert found.taken == (Given(0, 0),)
    assert (found.left, found.pushed_out, found.moved) == ((), (), ())
    assert found.changed == (0,)


def test_a_more_urgent_visit_takes_the_place_of_a_less_urgent_one() -> None:
    long = {"service_s": 50 * MINUTE}
    its = vacancy(
        case(1, score=90.0, **long), case(2, score=20.0, **long),
        at_s=(100, 120), orphans=1, rounds=((1,),), shifts=ONE_HOUR,
    )  # fmt: skip
    found = relieve(its, SOME)
    assert found.orders == ((0,),)
    (out,) = found.pushed_out
    assert (out.number, out.row) == (1, 0)
    assert out.skipped is not None
    assert out.skipped.reason is SkipReason.SHIFT_FULL


def test_a_visit_hardly_more_urgent_disturbs_nobody() -> None:
    long = {"service_s": 50 * MINUTE}
    its = vacancy(
        case(1, score=22.0, **long), case(2, score=20.0, **long),
        at_s=(100, 100), orphans=1, rounds=((1,),), shifts=ONE_HOUR,
    )  # fmt: skip
    found = relieve(its, SOME)
    assert (found.orders, found.changed) == (((1,),), ())
    assert [one.number for one in found.left] == [0]


def test_who_makes_way_goes_to_another_neighbor_with_time() -> None:
    long = {"service_s": 50 * MINUTE}
    shifts = (*ONE_HOUR, Shift(NINE, NINE + HOUR, 0, 0))
    its = vacancy(
        case(1, score=90.0, **long), case(2, score=20.0, **long),
        at_s=(100, 120), orphans=1, rounds=((1,), ()), shifts=shifts,
    )  # fmt: skip
    only_first = its.may_serve.copy()
    only_first[1, 0] = False
    found = relieve(replace(its, may_serve=only_first), SOME)
    assert (found.taken, found.moved) == ((Given(0, 0),), (Given(1, 1),))
    assert found.pushed_out == ()


def test_musts_and_the_stop_that_is_ridden_to_stay() -> None:
    long = {"service_s": 50 * MINUTE}
    for kept in (case(2, score=1.0, must_visit=True, **long), case(2, score=1.0, pin=0, **long)):
        its = vacancy(case(1, score=99.0, **long), kept, at_s=(100, 120), orphans=1,
                      rounds=((1,),), shifts=ONE_HOUR)  # fmt: skip
        assert relieve(its, SOME).orders == ((1,),)
    its = vacancy(case(1, score=99.0), case(2, pin=0), at_s=(100, 900), orphans=1, rounds=((1,),))
    assert relieve(its, SOME).orders == ((1, 0),)


def test_nobody_takes_what_they_may_not_or_lack_the_skill_for() -> None:
    its = vacancy(case(1), case(2, needs=frozenset({"hindi"})), case(3), at_s=(100, 100, 200),
                  orphans=2, rounds=((2,),))  # fmt: skip
    may = its.may_serve.copy()
    may[0, 0] = False
    found = relieve(replace(its, may_serve=may), SOME)
    assert [(one.number, one.row) for one in found.left] == [(0, None), (1, 0)]
    assert found.left[1].skipped is not None
    assert found.left[1].skipped.reason is SkipReason.MISSING_SKILL


def test_a_round_that_is_late_already_is_not_held_to_what_it_cannot_do() -> None:
    late = case(2, windows=(Window(NINE - HOUR, NINE - 1),))
    its = vacancy(case(1), late, case(3), at_s=(100, 200, 300), orphans=1, rounds=((1, 2),))
    found = relieve(its, SOME)
    assert set(found.orders[0]) == {0, 2}
    assert [one.number for one in found.pushed_out] == [1]


def test_the_distance_of_a_shift_is_kept() -> None:
    its = vacancy(case(1, score=9.0), case(2), at_s=(2_000, 200), orphans=1, rounds=((1,),),
                  shifts=(Shift(NINE, FIVE, 0, 0, max_distance_m=3_000),))  # fmt: skip
    its = replace(its, distance_m=(its.travel_s[0].astype(np.float64),))
    found = relieve(its, SOME)
    assert found.orders == ((1,),)
    assert found.left[0].skipped is not None
    assert found.left[0].skipped.reason is SkipReason.OVER_DISTANCE


def test_a_deposit_on_the_way_makes_room_for_cash() -> None:
    counter = DepositPoint("Bank", 3, ALL_DAY, 5 * MINUTE, case(9).case_id)
    cash = {"expected_cash_minor": 800}
    its = vacancy(
        case(1, **cash), case(2, **cash), at_s=(100, 200, 150), orphans=1, rounds=((1,),),
        shifts=(Shift(NINE, FIVE, 0, 0, cash_limit_minor=1_000),), deposits=((counter,),),
    )  # fmt: skip
    found = relieve(its, SOME)
    assert found.taken == (Given(0, 0),)
    assert len(found.plans[0].deposits) == 1
    assert relieve(replace(its, deposits=()), SOME).taken == ()


def test_rounds_that_pass_by_are_the_nearest() -> None:
    orphans = np.array([[0.0, 0.0], [100.0, 0.0]])
    far, near, nothing = np.array([[900.0, 0.0]]), np.array([[50.0, 10.0]]), np.zeros((0, 2))
    assert nearest_rounds(orphans, [far, nothing, near]) == [2, 0]
    assert nearest_rounds(orphans, [far, nothing, near], most=1) == [2]
    assert nearest_rounds(nothing, [near]) == []


@given(days(most=5), st.integers(1, 3), st.data())
def test_whatever_happens_plans_keep_the_rules_and_no_visit_is_lost_or_doubled(
    problem: Any, agents: int, data: st.DataObject
) -> None:
    count = len(problem.candidates)
    orphans = data.draw(st.integers(0, count))
    row = [data.draw(st.integers(0, agents - 1)) for _ in range(orphans, count)]
    rounds = tuple(
        tuple(n for n in range(orphans, count) if row[n - orphans] == agent)
        for agent in range(agents)
    )
    metres = () if problem.distance_m is None else (problem.distance_m,)
    its = Vacancy(
        shifts=(problem.shift,) * agents,
        candidates=tuple(
            replace(one, pin=None) if n < orphans else one
            for n, one in enumerate(problem.candidates)
        ),
        orphans=orphans,
        rounds=rounds,
        travel_s=(problem.travel_s,),
        may_serve=np.ones((agents, count), dtype=np.bool_),
        distance_m=metres,
        deposits=(problem.deposits,) * agents,
    )
    found = relieve(its, StopAfter(solutions=30))
    placed = [number for order in found.orders for number in order]
    out = [one.number for one in (*found.left, *found.pushed_out)]
    assert sorted([*placed, *out]) == list(range(count))
    for nth, (order, plan) in enumerate(zip(found.orders, found.plans, strict=True)):
        made_of, numbers = its.problem_of(nth, order)
        broken = [
            violation
            for violation in audit(made_of, plan)
            if violation.rule not in ("must_visits_are_kept", "pins_come_first")
        ]
        assert broken == []
        assert [stop.candidate for stop in plan.stops] == [its.candidates[n] for n in order]
        assert set(order) <= set(numbers)
