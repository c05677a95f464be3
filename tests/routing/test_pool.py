from collections.abc import Iterator
from concurrent.futures import Executor

import pytest

from routing.pool import plan_each, planning_pool
from routing.problem import Problem
from routing.solver import plan
from routing.stop import StopAfter
from tests.routing.days import case, day

FEW = StopAfter(solutions=5)


def _days(count: int) -> dict[str, Problem]:
    cases = [case(n) for n in range(1, 5)]
    return {f"agent {n}": day(*cases, at_s=[60 * n, 300, 600, 900]) for n in range(count)}


@pytest.fixture(scope="module")
def pool() -> Iterator[Executor]:
    with planning_pool(2) as made:
        yield made


def test_every_problem_comes_back_with_the_plan_it_would_get_here(pool: Executor) -> None:
    problems = _days(5)
    plans = dict(plan_each(pool, problems, FEW, seed=3))
    assert plans == {key: plan(problem, FEW, seed=3) for key, problem in problems.items()}


def test_a_caller_who_stops_listening_leaves_the_pool_usable(pool: Executor) -> None:
    listening = plan_each(pool, _days(8), FEW)
    next(listening)
    listening.close()  # type: ignore[attr-defined]
    assert len(list(plan_each(pool, _days(2), FEW))) == 2


def test_what_a_child_process_raises_reaches_the_caller(pool: Executor) -> None:
    broken = day(case(9), at_s=[60])  # its place is not in the matrix
    with pytest.raises(IndexError):
        list(plan_each(pool, {"agent": broken}, FEW))


def test_no_problems_are_no_plans(pool: Executor) -> None:
    assert list(plan_each(pool, {}, FEW)) == []
