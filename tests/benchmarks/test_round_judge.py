"""The judge of the rounds benchmark: what it refuses, what it counts, and what had to move."""

from dataclasses import replace
from uuid import UUID

import numpy as np
import pytest

from benchmarks._round_churn import churn, common, fewest_left_out
from benchmarks._round_events import Event
from benchmarks._round_judge import deposit, judge, net_value, travel_s
from routing.planner.problem import Candidate, DepositPoint, Problem, Shift, Window

STEP_S = 600


def on_a_line(*candidates: Candidate, **shift: object) -> Problem:
    """Home at place 0 and doors in a row, ten minutes apart; the counter is at place 5."""
    places = np.arange(6)
    matrix = (STEP_S * np.abs(places[:, None] - places)).astype(np.int32)
    hours = {"start_s": 0, "end_s": 30_000, "start_place": 0, "end_place": 0} | shift
    counter = DepositPoint("Bank", 5, (Window(0, 7_000), Window(9_000, 20_000)), 300, UUID(int=99))
    return Problem(Shift(**hours), candidates, matrix, deposits=(counter,))  # type: ignore[arg-type]


def door(place: int, score: float = 50, **more: object) -> Candidate:
    return Candidate(UUID(int=place), place, score, 900, **more)  # type: ignore[arg-type]


def test_a_round_is_worth_its_points_less_its_travel() -> None:
    problem = on_a_line(door(1), door(3))
    assert net_value(problem, [0, 1]) == 100 - 6 * STEP_S / 100
    assert net_value(problem, [1, 0]) == 100 - 6 * STEP_S / 100
    assert net_value(problem, []) == 0
    assert net_value(on_a_line(door(1), door(3), end_place=None), [0, 1]) == 100 - 18


@pytest.mark.parametrize(
    ("order", "problem"),
    [
        ([0, 0], on_a_line(door(1))),
        ([0], on_a_line(door(1), end_s=2 * STEP_S + 899)),
        ([0], on_a_line(door(1, windows=(Window(0, STEP_S - 1),)))),
        ([0], on_a_line(door(1, contact_hours=(Window(0, STEP_S + 899),)))),
        ([0], on_a_line(door(1, windows=()))),
        ([0], on_a_line(door(1), door(2, must_visit=True))),
        ([0, 1], on_a_line(door(1), door(2), end_s=3_599)),
        ([0], on_a_line(door(1, expected_cash_minor=101), cash_limit_minor=100)),
        (
            [0, 1],
            on_a_line(
                door(1, expected_cash_minor=60),
                door(2, expected_cash_minor=60),
                cash_limit_minor=100,
            ),
        ),
        (
            [0],
            on_a_line(door(1, expected_cash_minor=60), cash_limit_minor=100, cash_in_hand_minor=41),
        ),
    ],
)
def test_a_round_that_breaks_a_rule_is_worth_nothing(order: list[int], problem: Problem) -> None:
    assert net_value(problem, order) == -np.inf


@pytest.mark.parametrize(
    "problem",
    [
        on_a_line(door(1), end_s=2 * STEP_S + 900),
        on_a_line(door(1, windows=(Window(0, STEP_S),))),
        on_a_line(door(1, contact_hours=(Window(0, STEP_S + 900),))),
        on_a_line(door(1, windows=(Window(0, 100), Window(STEP_S, STEP_S)))),
        on_a_line(door(1, expected_cash_minor=100), cash_limit_minor=100),
        on_a_line(door(1), cash_limit_minor=100, cash_in_hand_minor=100),
    ],
)
def test_a_round_may_go_as_far_as_each_rule_allows(problem: Problem) -> None:
    assert net_value(problem, [0]) == 50 - 12


def test_a_deposit_frees_the_hands_and_keeps_to_the_hours_of_the_counter() -> None:
    cash = {"expected_cash_minor": 80}
    problem = on_a_line(door(1, **cash), door(4, **cash), cash_limit_minor=100)
    assert net_value(problem, [0, 1]) == -np.inf
    assert net_value(problem, [0, deposit(0), 1]) == 100 - 10 * STEP_S / 100
    late = replace(problem, shift=replace(problem.shift, start_s=19_000))
    assert net_value(late, [0, deposit(0), 1]) == -np.inf  # the bank has shut by then
    noon = replace(problem, shift=replace(problem.shift, start_s=4_000))
    last_s = 9_000 + 300 + STEP_S + 900 + 4 * STEP_S  # it opens again at 9,000
    assert net_value(replace(noon, shift=replace(noon.shift, end_s=last_s)), [0, -1, 1]) == 40
    too_soon = replace(noon, shift=replace(noon.shift, end_s=last_s - 1))
    assert net_value(too_soon, [0, deposit(0), 1]) == -np.inf


def test_who_carries_too_much_may_hand_it_in_first() -> None:
    problem = on_a_line(
        door(4, expected_cash_minor=80), cash_limit_minor=100, cash_in_hand_minor=200
    )
    assert net_value(problem, [0]) == -np.inf
    assert net_value(problem, [deposit(0), 0]) == 50 - 60


def test_the_judge_refuses_rules_that_it_does_not_know() -> None:
    with pytest.raises(AssertionError):
        judge(on_a_line(door(1, pin=1)))
    with pytest.raises(AssertionError):
        judge(on_a_line(door(1, needs=frozenset({"gold"}))))


def test_the_way_to_an_open_end_takes_no_time() -> None:
    assert travel_s(on_a_line(door(2), end_place=None))[0].tolist() == [0, 1200, 0, 1800]


@pytest.mark.parametrize(
    ("former", "order", "same"),
    [
        ([1, 2, 3], [1, 2, 3], 3),
        ([1, 2, 3], [9, 1, 8, 2, 3], 3),
        ([1, 2, 3], [3, 1, 2], 2),
        ([1, 2, 3], [3, 2, 1], 1),
        ([1, 2, 3, 4], [1, 3], 2),
        ([], [1], 0),
    ],
)
def test_stops_in_the_same_order_have_not_moved(
    former: list[int], order: list[int], same: int
) -> None:
    assert common(former, order) == same


def test_as_few_stops_as_possible_need_to_move() -> None:
    doors = [door(place) for place in (1, 2, 3, 4)]
    whole_s = 4 * (STEP_S + 900) + 4 * STEP_S
    assert fewest_left_out(judge(on_a_line(*doors, end_s=whole_s)), [0, 1, 2, 3], None) == 0
    assert fewest_left_out(judge(on_a_line(*doors, end_s=whole_s - 1)), [0, 1, 2, 3], None) == 1
    assert fewest_left_out(judge(on_a_line(*doors, end_s=2_100)), [0, 1, 2, 3], None) == 3
    assert fewest_left_out(judge(on_a_line(*doors, end_s=100)), [0, 1, 2, 3], None) == 4
    # Its own visit fits in on the way, if one other makes room.
    assert fewest_left_out(judge(on_a_line(*doors, end_s=whole_s)), [0, 1, 3], 2) == 0
    assert fewest_left_out(judge(on_a_line(*doors, end_s=whole_s - 1)), [0, 1, 3], 2) == 1
    closed = replace(doors[2], windows=(Window(0, 10),))
    shut = judge(on_a_line(doors[0], doors[1], closed, doors[3]))
    assert fewest_left_out(shut, [0, 1, 3], 2) is None


def test_churn_counts_stops_that_moved_less_those_that_had_to() -> None:
    doors = [door(place) for place in (1, 2, 3, 4)]
    problem = replace(on_a_line(*doors), former=tuple(d.case_id for d in doors))
    late = Event("late", 0, 30_000)
    assert churn(judge(problem), [0, 1, 2, 3], late) == (0, 0, 4)
    assert churn(judge(problem), [1, 2, 0], late) == (2, 0, 4)
    short = replace(problem, shift=replace(problem.shift, end_s=2_100))
    assert churn(judge(short), [0], late) == (3, 3, 4)
    assert churn(judge(short), [], late) == (4, 3, 4)
    about = Event("window", 0, 30_000, doors[2].case_id, doors[2], fitted_in=True)
    assert churn(judge(problem), [2, 0, 1, 3], about) == (0, 0, 3)
