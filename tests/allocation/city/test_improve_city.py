"""A made-up city improved as a whole: worth more, by the rules, and the same again."""

from concurrent.futures import Executor, Future
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from allocation.choices import NOBODY
from allocation.city.city_day import CityDay, Ways, sector_of, visitors
from allocation.city.improve_city import Schedule, improve_city
from allocation.city.improve_sector import audited, first_rounds, improve_sector
from allocation.city.room import Room
from allocation.problem import Integers
from routing.planner.problem import Shift
from routing.planner.stop import StopAfter
from tests.routing.planner.days import NINE, case

AGENTS, CASES = 12, 96
SOME = StopAfter(solutions=200)


class Here(Executor):
    """Runs what is submitted at once, in this process."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


def _ways(points: np.ndarray) -> Any:
    def between(_agents: Integers, places: Integers) -> Ways:
        at = points[places]
        apart_m = np.hypot(*(at[:, None, axis] - at[None, :, axis] for axis in (0, 1)))
        return Ways((np.ceil(apart_m / 5).astype(np.int32),))

    return between


@pytest.fixture(scope="module")
def day() -> CityDay:
    rng = np.random.default_rng(7)
    points = rng.uniform(0, 20_000, (CASES + AGENTS, 2))
    shifts = tuple(Shift(NINE, NINE + 3 * 3_600, CASES + n, CASES + n) for n in range(AGENTS))
    candidates = tuple(
        replace(case(n + 1, score=float(rng.integers(1, 100))), place=n) for n in range(CASES)
    )
    return CityDay(
        shifts, candidates, rng.integers(0, AGENTS, CASES), np.ones((AGENTS, CASES), bool), points
    )


def _alone(day: CityDay) -> list[list[int]]:
    nobody: list[list[int]] = [[] for _ in day.shifts]
    whole = sector_of(day, nobody, np.arange(AGENTS), np.arange(CASES), _ways(day.points))
    return first_rounds(whole, SOME, 1).orders


def _improved(day: CityDay, orders: list[list[int]], seconds: float = 1.0) -> list[list[int]]:
    best = orders
    for at in improve_city(
        day, orders, _ways(day.points), Here(), 1, seconds, schedule=Schedule(passes=3)
    ):
        best = [list(order) for order in at.orders]
        assert at.done <= at.total
    assert at.done == at.total
    return best


def _worth_s(day: CityDay, orders: list[list[int]]) -> float:
    """The value of rounds that are audited on the way."""
    total_s = 0.0
    for agent, order in enumerate(orders):
        rows = np.array([agent]), np.array(order, dtype=np.int64)
        alone = sector_of(day, orders, *rows, _ways(day.points))
        plan = audited(alone.fleet, 0, range(len(order)))
        total_s += plan.net_value * day.prize_value_s
        total_s -= day.price_s * sum(day.owner[case] not in (agent, NOBODY) for case in order)
    return total_s


def test_a_city_improved_together_is_worth_more_than_agents_alone(day: CityDay) -> None:
    first = _alone(day)
    better = _improved(day, first)
    assert _worth_s(day, better) > 1.1 * _worth_s(day, first)
    visits = [case for order in better for case in order]
    assert len(visits) == len(set(visits))


def test_the_dearer_a_relation_the_fewer_cases_change_hands(day: CityDay) -> None:
    first = _alone(day)
    moved = []
    for price_s in (0, 2_000, 10**6):
        priced = replace(day, price_s=price_s)
        better = _improved(priced, first)
        assert _worth_s(priced, better) >= _worth_s(priced, first)
        visitor = visitors(CASES, better)
        moved.append(int(((visitor != NOBODY) & (visitor != day.owner)).sum()))
    assert moved[0] > moved[1] > moved[2] == 0


def test_who_may_not_own_a_case_does_not_visit_it(day: CityDay) -> None:
    may = np.random.default_rng(3).random((AGENTS, CASES)) < 0.3
    may[day.owner, np.arange(CASES)] = True
    better = _improved(replace(day, may_own=may), _alone(day), 0.5)
    assert all(may[agent, case] for agent, order in enumerate(better) for case in order)


def test_without_time_the_rounds_are_at_least_as_good_as_before(day: CityDay) -> None:
    first = _alone(day)
    assert _worth_s(day, _improved(day, first, 0.0)) >= _worth_s(day, first)


def test_a_sector_gives_the_same_again_and_leaves_room(day: CityDay) -> None:
    limit_s = 9 * 1_200
    room = Room(
        work_s=np.full(CASES, 1_200),
        limit_s=np.full(AGENTS, limit_s),
        most_cases=np.full(AGENTS, CASES),
        kept_s=np.zeros(AGENTS, dtype=np.int64),
        kept_cases=np.zeros(AGENTS, dtype=np.int64),
    )
    rows = np.arange(AGENTS), np.arange(CASES)
    sector = sector_of(replace(day, room=room), _alone(day), *rows, _ways(day.points))
    one, other = (improve_sector(sector, SOME, 5, (0.5, 0.0)) for _ in range(2))
    assert one == other
    assert one != improve_sector(sector, SOME, 6, (0.5, 0.0))
    after = np.where((seen := visitors(CASES, one.orders)) != NOBODY, seen, day.owner)
    owned, before = (np.bincount(each, minlength=AGENTS) for each in (after, day.owner))
    assert (owned <= np.maximum(before, limit_s // 1_200)).all()


def test_a_city_without_cases_or_agents_stays_as_it_is(day: CityDay) -> None:
    nobody: list[list[int]] = [[] for _ in day.shifts]
    idle = replace(
        day, candidates=(), owner=day.owner[:0], may_own=day.may_own[:, :0], points=day.points
    )
    assert _improved(idle, nobody, 0.1) == nobody
