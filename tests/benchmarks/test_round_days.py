"""The days of the rounds benchmark: made as they are said to be, the same for the same seed."""

import math
from dataclasses import replace

import numpy as np
import pytest

from benchmarks._deposit_days import deposit_day
from benchmarks._field_days import HOUR_S, City, field_day, field_nodes, grid_city
from benchmarks._raw_streets import unsimplified
from benchmarks._round_churn import churn
from benchmarks._round_events import (
    KINDS,
    Event,
    UnderWay,
    event,
    rest_of_day,
)
from benchmarks._round_judge import judge
from benchmarks._round_peers import urgency_insertion
from routing.planner.problem import Problem
from streets.raw import RawStreets, Way

DAYS = 60


@pytest.fixture(scope="module")
def city() -> City:
    return grid_city(side=40)


@pytest.fixture(scope="module")
def days(city: City) -> list[Problem]:
    return [field_day(city, seed) for seed in range(DAYS)]


def test_a_seed_makes_one_day(city: City) -> None:
    for make in (field_day, deposit_day):
        again, same, other = make(city, 3), make(city, 3), make(city, 4)
        assert again.candidates == same.candidates
        assert again.shift == same.shift
        assert (again.travel_s == same.travel_s).all()
        assert again.candidates != other.candidates


def test_field_days_follow_the_recipe(days: list[Problem]) -> None:
    candidates = [candidate for day in days for candidate in day.candidates]
    score = np.array([candidate.score for candidate in candidates])
    assert len(candidates) == 50 * DAYS
    assert score.min() >= 1
    assert score.max() == 100
    assert np.mean(score == 100) == pytest.approx(0.02, abs=0.005)
    buckets = np.bincount([(c.dpd or 0) // 30 for c in candidates])[1:] / len(candidates)
    assert buckets == pytest.approx([0.3, 0.25, 0.2, 0.15, 0.1], abs=0.03)
    assert np.mean([c.promise_due for c in candidates]) == pytest.approx(0.08, abs=0.02)
    service_s = [c.service_s for c in candidates]
    assert 900 <= min(service_s) <= 910
    assert 1_190 <= max(service_s) <= 1_200
    narrow = [c.windows[0] for c in candidates if c.windows[0].to_s < 86_400]
    assert len(narrow) / len(candidates) == pytest.approx(0.25, abs=0.03)
    assert {w.to_s - w.from_s for w in narrow} == {2 * HOUR_S}
    assert {w.from_s // HOUR_S for w in narrow} == set(range(9, 17))
    assert {c.contact_hours[0].from_s for c in candidates} == {8 * HOUR_S}
    assert {c.contact_hours[0].to_s for c in candidates} == {19 * HOUR_S}
    assert {(d.shift.start_s, d.shift.end_s) for d in days} == {(9 * HOUR_S, 9 * HOUR_S + 29_700)}
    open_ = np.mean([day.shift.end_place is None for day in days])
    assert open_ == pytest.approx(0.3, abs=3 * math.sqrt(0.21 / DAYS))
    assert {day.prize_value_s for day in days} == {100}


def test_three_cases_in_five_are_near_their_middle(city: City) -> None:
    shares = []
    for seed in range(DAYS):
        nodes = field_nodes(city, seed, 50)[:-1]
        x_m, y_m = city.x_m[nodes], city.y_m[nodes]
        near = np.hypot(x_m - np.median(x_m), y_m - np.median(y_m)) < 2_000
        shares.append(near.mean())
    assert 0.55 < np.median(shares) < 0.9  # and some of the others by chance


def test_deposit_days_are_field_days_with_more_cash_than_may_be_carried(city: City) -> None:
    for seed in range(10):
        day, plain = deposit_day(city, seed), field_day(city, seed)
        limit_minor = day.shift.cash_limit_minor
        assert limit_minor is not None
        assert sum(c.expected_cash_minor for c in day.candidates) > 2 * limit_minor
        assert max(c.expected_cash_minor for c in day.candidates) <= limit_minor
        assert 0 <= day.shift.cash_in_hand_minor <= limit_minor / 2
        assert 3 <= len(day.deposits) <= 4
        assert day.travel_s.shape == (51 + len(day.deposits),) * 2
        assert (day.travel_s[:51, :51] == plain.travel_s).all()
        bare = [replace(c, expected_cash_minor=0) for c in day.candidates]
        assert bare == list(plain.candidates)


def under_way(city: City, seed: int) -> UnderWay:
    day = field_day(city, seed)
    order = urgency_insertion(day, 0)
    ends_s = judge(day).departures_s(order)
    return UnderWay(day, field_nodes(city, seed, 50), order, ends_s, len(order) // 3)


@pytest.mark.parametrize("kind", KINDS)
def test_after_an_event_the_rest_of_the_day_is_what_is_left(city: City, kind: str) -> None:
    day = under_way(city, 5)
    happened = event(day, kind, city, np.random.default_rng(1))
    rest = rest_of_day(day, happened, city.travel_s, 600)
    done = {day.problem.candidates[n].case_id for n in day.order[: day.done]}
    left = [day.problem.candidates[n].case_id for n in day.left]
    known = [candidate.case_id for candidate in rest.candidates]
    assert not done & set(known)
    gone = kind == "promise moved to another day"
    assert list(rest.former) == [case for case in left if not gone or case != happened.subject]
    assert len(known) == 50 - day.done - gone + (kind == "urgent case added")
    assert rest.shift.start_s == happened.now_s
    assert rest.disturbance_s == 600
    here = day.problem.candidates[day.order[day.done - 1]].place
    for at, candidate in enumerate(rest.candidates):
        if candidate.case_id.int <= 50:
            was = day.problem.candidates[candidate.case_id.int - 1].place
            ways_s = rest.travel_s[rest.shift.start_place, at], day.problem.travel_s[here, was]
            assert ways_s[0] == ways_s[1]


def test_a_day_that_goes_as_planned_needs_no_stop_moved(city: City) -> None:
    day = under_way(city, 6)
    nothing = Event("as planned", day.departures_s[day.done - 1], day.problem.shift.end_s)
    rest = rest_of_day(day, nothing, city.travel_s, 600)
    number = {candidate.case_id: n for n, candidate in enumerate(rest.candidates)}
    former = [number[case_id] for case_id in rest.former]
    assert churn(judge(rest), former, nothing) == (0, 0, len(day.left))


def test_raw_streets_keep_each_numbered_node_and_the_length_of_bends() -> None:
    nodes = {1: (0.0, 0.0), -1: (0.001, 0.0), 2: (0.001, 0.001), 3: (0.002, 0.001)}
    ways = [
        Way((1, -1, 2), "residential", "", math.nan, forward=True, backward=True),
        Way((2, 3), "residential", "", math.nan, forward=True, backward=True),
        Way((3, 1), "residential", "", math.nan, forward=False, backward=True),
    ]
    graph = unsimplified(RawStreets("Bend", nodes, ways))
    assert graph.node_count == 3
    ends = list(zip(graph.edge_from.tolist(), graph.edge_to.tolist(), strict=True))
    assert ends == [(0, 1), (1, 0), (1, 2), (2, 1), (0, 2)]
    assert graph.edge_length_m[:2] == pytest.approx(222.4, abs=0.1)


def test_raw_streets_drop_what_leads_nowhere_and_back() -> None:
    nodes = {n: (0.001 * n, 0.0) for n in range(1, 5)}
    ways = [
        Way((1, 2, 3), "residential", "", math.nan, forward=True, backward=True),
        Way((3, 4), "residential", "", math.nan, forward=True, backward=False),
    ]
    assert unsimplified(RawStreets("Trap", nodes, ways)).node_count == 3
