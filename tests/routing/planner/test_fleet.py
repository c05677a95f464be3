from dataclasses import replace
from itertools import product
from uuid import UUID

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.planner.audit import audit
from routing.planner.fleet import Fleet
from routing.planner.improve_fleet import improve_fleet
from routing.planner.plan import lay_out
from routing.planner.problem import Candidate, DepositPoint, Problem, Seconds, Shift, Window
from routing.planner.solver import plan
from routing.planner.stop import StopAfter
from routing.planner.terms import terms
from routing.planner.timetable import timetable
from tests.routing.planner.days import FIVE, NINE, case, days

SOME = StopAfter(solutions=300)


def _line(*at_s: int) -> Seconds:
    place_s = np.array(at_s)
    ways_s: Seconds = np.abs(place_s[:, None] - place_s).astype(np.int32)
    return ways_s


def _fleet(*shifts: Shift, cases: tuple[Candidate, ...], at_s: tuple[int, ...]) -> Fleet:
    may_serve = np.ones((len(shifts), len(cases)), dtype=np.bool_)
    return Fleet(shifts, cases, (_line(0, *at_s),), may_serve)


def test_two_agents_part_the_street_between_them() -> None:
    cases = tuple(case(n) for n in range(1, 5))
    shifts = (Shift(NINE, FIVE, 0, 0), Shift(NINE, FIVE, 5, 5))
    fleet = _fleet(*shifts, cases=cases, at_s=(100, 200, 3_800, 3_900, 4_000))
    assert [sorted(order) for order in improve_fleet(fleet, [[2], [1, 0]], SOME)] == [
        [0, 1],
        [2, 3],
    ]


def test_who_may_not_serve_or_lacks_the_skill_does_not() -> None:
    cases = (case(1), case(2, needs=frozenset({"hindi"})), case(3, barred="moved away"))
    shifts = (Shift(NINE, FIVE, 0), Shift(NINE, FIVE, 0, skills=frozenset({"hindi"})))
    fleet = _fleet(*shifts, cases=cases, at_s=(100, 200, 300))
    fleet = replace(fleet, may_serve=np.array([[True, True, True], [False, True, True]]))
    assert improve_fleet(fleet, [[], []], SOME) == [[0], [1]]


def test_each_shift_goes_by_its_own_matrix() -> None:
    cases = (case(1, score=10.0),)
    shifts = (Shift(NINE, FIVE, 0), Shift(NINE, FIVE, 0))
    slow, fast = _line(0, 900), _line(0, 300)
    fleet = Fleet(shifts, cases, (slow, fast), np.ones((2, 1), dtype=np.bool_))
    assert improve_fleet(fleet, [[0], []], SOME) == [[], [0]]


def test_a_visit_by_another_agent_is_worth_its_price_or_is_not_made() -> None:
    cases = (case(1, score=10.0), case(2, score=10.0))
    shifts = (Shift(NINE, FIVE, 0), Shift(NINE, FIVE, 3))
    fleet = _fleet(*shifts, cases=cases, at_s=(100, 900, 1_000))
    for price_s, expected in ((100, [[0], [1]]), (850, [[0, 1], []])):
        price = np.array([[0, 0], [price_s, price_s]])
        assert improve_fleet(replace(fleet, price_s=price), [[0, 1], []], SOME) == expected


def test_cash_is_handed_in_on_the_way_where_there_is_a_counter() -> None:
    cases = tuple(case(n, expected_cash_minor=60) for n in (1, 2))
    shift = Shift(NINE, FIVE, 0, 0, cash_limit_minor=100)
    fleet = _fleet(shift, cases=cases, at_s=(100, 300, 200))
    counter = DepositPoint("bank", 3, (Window(0, 86_400),), 60, UUID(int=9))
    assert [len(order) for order in improve_fleet(fleet, [[]], SOME)] == [1]
    with_counter = replace(fleet, deposits=(counter,))
    for start in ([], [0, 1], [1, 0]):
        (order,) = improve_fleet(with_counter, [start], SOME)
        assert sorted(order) == [0, 1]


def test_a_shift_goes_no_farther_than_it_may_and_the_others_as_far_as_they_like() -> None:
    cases = (case(1), case(2))
    shifts = (Shift(NINE, FIVE, 0, 0, max_distance_m=700), Shift(NINE, FIVE, 0, 0))
    ways = _line(0, 300, 600)
    may_serve = np.array([[True, True], [False, False]])
    near = Fleet(shifts, cases, (ways,), may_serve, distance_m=(ways,))
    assert improve_fleet(near, [[], []], SOME) == [[0], []]
    both = replace(near, may_serve=np.ones((2, 2), dtype=np.bool_))
    first, second = improve_fleet(both, [[], []], SOME)
    assert sorted(first + second) == [0, 1]


@settings(deadline=None, max_examples=40)
@given(days(most=5, pins=False), st.integers(1, 3))
def test_rounds_of_a_fleet_pass_the_audit_with_deposits_and_distances(
    problem: Problem, agents: int
) -> None:
    fleet = Fleet(
        (problem.shift,) * agents,
        problem.candidates,
        (problem.travel_s,),
        np.ones((agents, len(problem.candidates)), dtype=np.bool_),
        problem.prize_value_s,
        deposits=problem.deposits,
        distance_m=() if problem.distance_m is None else (problem.distance_m,),
    )
    for heat in ((1.0, 0.0), (0.5, 0.2)):
        for nth, order in enumerate(improve_fleet(fleet, [[]] * agents, SOME, heat=heat)):
            alone = fleet.alone(nth, order)
            assert audit(alone, lay_out(terms(alone), range(len(order)))) == []


def test_nobody_and_nothing_stay_as_they_are() -> None:
    empty = _fleet(Shift(NINE, FIVE, 0), cases=(), at_s=())
    assert improve_fleet(empty, [[]], SOME) == [[]]
    assert improve_fleet(_fleet(cases=(case(1),), at_s=(60,)), [], SOME) == []


def test_the_same_seed_gives_the_same_rounds() -> None:
    chance = np.random.default_rng(5)
    at_s = tuple(int(s) for s in chance.integers(0, 5_000, 30))
    cases = tuple(case(n, score=float(chance.integers(1, 100))) for n in range(1, 31))
    fleet = _fleet(*[Shift(NINE, NINE + 9_000, 0)] * 3, cases=cases, at_s=at_s)
    start: list[list[int]] = [[], [], []]
    first = improve_fleet(fleet, start, SOME, seed=3)
    assert improve_fleet(fleet, start, SOME, seed=3) == first
    assert any(improve_fleet(fleet, start, SOME, seed=s) != first for s in (4, 5, 6))


@settings(deadline=None, max_examples=60)
@given(days(most=5, pins=False), st.integers(1, 3))
def test_rounds_of_a_fleet_keep_their_times_and_share_no_case(
    problem: Problem, agents: int
) -> None:
    shift = replace(problem.shift, max_distance_m=None, cash_limit_minor=None)
    fleet = Fleet(
        (shift,) * agents,
        problem.candidates,
        (problem.travel_s,),
        np.ones((agents, len(problem.candidates)), dtype=np.bool_),
        problem.prize_value_s,
    )
    orders = improve_fleet(fleet, [[]] * agents, SOME)
    its = terms(Problem(shift, problem.candidates, problem.travel_s, problem.prize_value_s))
    assert all(timetable(its, order) is not None for order in orders)
    visited = [number for order in orders for number in order]
    assert len(set(visited)) == len(visited)
    assert sum(its.net_s(order) for order in orders) >= 0


@settings(deadline=None, max_examples=40)
@given(days(most=4, pins=False))
def test_one_agent_alone_is_planned_as_well_as_by_plan(problem: Problem) -> None:
    shift = replace(problem.shift, max_distance_m=None)
    alone = Problem(shift, problem.candidates, problem.travel_s, problem.prize_value_s)
    fleet = Fleet(
        (shift,),
        problem.candidates,
        (problem.travel_s,),
        np.ones((1, len(problem.candidates)), dtype=np.bool_),
        problem.prize_value_s,
    )
    (order,) = improve_fleet(fleet, [[]], StopAfter(solutions=500))
    numbers = {c.case_id: n for n, c in enumerate(problem.candidates)}
    made = plan(alone, StopAfter(solutions=500))
    its = terms(alone)
    assert its.net_s(order) == its.net_s([numbers[s.candidate.case_id] for s in made.stops])


def test_former_rounds_are_kept_per_agent() -> None:
    cases = (case(1), case(2))
    shifts = (Shift(NINE, FIVE, 0), Shift(NINE, FIVE, 0))
    fleet = _fleet(*shifts, cases=cases, at_s=(300, 600))
    former = ((UUID(int=2),), (UUID(int=1),))
    kept = replace(fleet, former=former, disturbance_s=2_000)
    assert improve_fleet(kept, [[1], [0]], SOME) == [[1], [0]]
    assert improve_fleet(fleet, [[1], [0]], SOME) in [
        list(map(list, pair)) for pair in product([(), (0, 1)], repeat=2)
    ]
