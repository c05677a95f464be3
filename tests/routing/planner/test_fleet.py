from dataclasses import replace
from itertools import product
from uuid import UUID

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.planner.fleet import Fleet
from routing.planner.improve_fleet import improve_fleet
from routing.planner.problem import Candidate, Problem, Seconds, Shift
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
