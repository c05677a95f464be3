from time import perf_counter

import pytest

from routing.planner.stop import StopAfter


def test_solutions_are_counted_evenly() -> None:
    four = StopAfter(solutions=4)
    assert [four.share(perf_counter(), n) for n in range(6)] == [0, 0.25, 0.5, 0.75, 1, 1]


@pytest.mark.parametrize("stop", [StopAfter(solutions=0), StopAfter(seconds=0)])
def test_nothing_is_looked_at_without_budget(stop: StopAfter) -> None:
    assert stop.share(perf_counter(), 0) == 1


def test_seconds_run_from_the_start_that_is_given() -> None:
    hour = StopAfter(seconds=3_600)
    assert 0.5 <= hour.share(perf_counter() - 1_800, 10**6) < 0.51
    assert hour.share(perf_counter() - 3_600, 0) == 1


def test_whichever_comes_first_ends_the_search() -> None:
    both = StopAfter(seconds=3_600, solutions=3)
    assert both.share(perf_counter(), 2) == 2 / 3
    assert both.share(perf_counter(), 3) == 1
    assert both.share(perf_counter() - 3_600, 2) == 1


def test_an_end_may_be_brought_forward_by_the_time_for_what_follows() -> None:
    assert StopAfter(seconds=1.0, solutions=5).before(0.25) == StopAfter(0.75, 5)
    assert StopAfter(solutions=5).before(0.25) == StopAfter(solutions=5)


def test_a_search_must_end() -> None:
    with pytest.raises(AssertionError):
        StopAfter()
