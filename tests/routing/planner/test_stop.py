from itertools import islice
from time import perf_counter

import pytest

from routing.planner.stop import StopAfter


def test_solutions_are_counted_evenly() -> None:
    assert list(StopAfter(solutions=4).shares(perf_counter())) == [0, 0.25, 0.5, 0.75]


@pytest.mark.parametrize("stop", [StopAfter(solutions=0), StopAfter(seconds=0)])
def test_nothing_is_looked_at_without_budget(stop: StopAfter) -> None:
    assert list(stop.shares(perf_counter())) == []


def test_seconds_run_from_the_start_that_is_given() -> None:
    hour = StopAfter(seconds=3_600)
    (share,) = islice(hour.shares(perf_counter() - 1_800), 1)
    assert 0.5 <= share < 0.51
    assert list(hour.shares(perf_counter() - 3_600)) == []


def test_whichever_comes_first_ends_the_search() -> None:
    both = StopAfter(seconds=3_600, solutions=3)
    assert len(list(both.shares(perf_counter()))) == 3
    assert list(both.shares(perf_counter() - 3_600)) == []


def test_a_search_must_end() -> None:
    with pytest.raises(AssertionError):
        StopAfter()
