"""What a phone made up is cut, whatever accuracy it states; what somebody did is not."""

from collections.abc import Callable

import numpy as np
import pytest

from tests.tracking.trails.walks import MORNING_S, Seen, Way
from tracking.trails.day_pings import day_pings
from tracking.trails.trail import trail_of


def standing() -> Way:
    return Way().wait(1200)


def walking() -> Way:
    return Way().go(1200, 0, 1.4)


def riding() -> Way:
    return Way().go(6000, 0, 6)


@pytest.mark.parametrize("way", [standing, walking, riding])
@pytest.mark.parametrize(("every_s", "count"), [(5, 1), (5, 4), (10, 1), (10, 3), (15, 1), (15, 2)])
def test_a_confident_lie_of_some_pings_is_cut(
    way: Callable[[], Way], every_s: float, count: int
) -> None:
    seen = way().seen(every_s, noise_m=4)
    truth = seen.trail().summary.distance_m
    seen.lie(slice(30, 30 + count), 40, 200)
    # It stays at one spot while the agent goes on.
    seen.x[30 : 30 + count], seen.y[30 : 30 + count] = seen.x[30], seen.y[30]
    summary = seen.trail().summary
    assert summary.outliers == count
    assert summary.distance_m == pytest.approx(truth, abs=30)


@pytest.mark.parametrize("count", [6, 9, 11])
def test_a_long_lie_is_cut_while_nobody_could_have_stayed(count: int) -> None:
    seen = standing().seen(10).lie(slice(30, 30 + count), 0, 200)
    assert seen.trail().summary.outliers == count


@pytest.mark.parametrize("way", [standing, walking])
def test_a_lie_among_pings_that_come_once_a_minute_and_not_quite_on_time_is_cut(
    way: Callable[[], Way],
) -> None:
    seen = way().seen(60)
    seen.t_s += np.linspace(0, 8, len(seen.t_s)) % 1.7
    assert seen.lie(slice(8, 9), 0, 200).trail().summary.outliers == 1


@pytest.mark.parametrize("every_s", [10, 20, 30, 60])
def test_a_visit_of_two_minutes_is_never_a_spike(every_s: float) -> None:
    for start_s in range(600, 600 + int(every_s), 5):
        way = Way().wait(start_s).go(0, 300, 9).wait(121).go(0, 0, 9).wait(600)
        assert way.seen(every_s).trail().summary.outliers == 0


def test_several_lies_in_a_row_that_agree_in_nothing_are_cut() -> None:
    seen = standing().seen(10)
    for row, (x, y) in enumerate([(200, 0), (-150, 120), (0, -260), (90, 90)], 40):
        seen.lie(slice(row, row + 1), x, y)
    summary = seen.trail().summary
    assert (summary.outliers, summary.distance_m) == (4, 0)


def test_of_a_lie_and_a_brief_truth_the_lie_is_cut() -> None:
    seen = standing().seen(10).lie(slice(0, 1), 0, 200).lie(slice(6, 7), 0, 200)
    summary = seen.trail().summary
    assert summary.outliers in (1, 2)
    assert summary.pings - summary.outliers >= len(seen.t_s) - 2
    assert seen.trail().stops[0].pings >= len(seen.t_s) - 2


def test_a_jump_that_stays_is_no_spike() -> None:
    seen = standing().seen(15).lie(slice(40, None), 0, 200)
    summary = seen.trail().summary
    assert summary.outliers == 0
    assert summary.distance_m == pytest.approx(200, abs=1)


def test_a_visit_of_two_minutes_a_short_ride_away_is_no_spike() -> None:
    way = Way().wait(600).go(0, 200, 7).wait(130).go(0, 0, 7).wait(600)
    trail = way.seen(10).trail()
    assert trail.summary.outliers == 0
    assert len(trail.stops) == 3


@pytest.mark.parametrize("mps", [1.2, 4, 9])
@pytest.mark.parametrize("every_s", [5, 15, 30])
def test_somebody_who_turns_round_in_a_dead_end_is_believed(mps: float, every_s: float) -> None:
    way = Way().go(1000, 0, mps).go(0, 0, mps)
    summary = way.seen(every_s).trail().summary
    assert summary.outliers == 0
    # Between two pings nobody sees the last few metres before the turn.
    assert summary.distance_m == pytest.approx(way.length_m, abs=2 * mps * (every_s + 10))


def test_a_round_of_the_block_is_believed() -> None:
    way = Way().go(150, 0, 8).go(150, 150, 8).go(0, 150, 8).go(0, 0, 8).go(-400, 0, 8)
    assert way.seen(5).trail().summary.outliers == 0


def test_a_stale_first_position_far_away_is_cut() -> None:
    seen = riding().seen(15).lie(slice(0, 2), 30_000, 0)
    summary = seen.trail().summary
    assert (summary.outliers, len(seen.trail().gaps)) == (2, 0)


def test_a_stale_position_after_a_silence_is_cut() -> None:
    seen = standing().seen(10).without(300, 900)
    seen.lie(slice(31, 32), 50_000, 0)
    assert seen.trail().summary.outliers == 1


def test_null_island_is_cut() -> None:
    columns = riding().seen(10).columns()
    columns[1][20:23], columns[2][20:23] = 0.0, 0.0
    summary = trail_of(day_pings(*columns, now_s=np.inf)).summary
    assert summary.outliers == 3
    assert summary.distance_m == pytest.approx(6000, rel=0.01)


def test_where_no_vehicle_could_have_gone_is_a_gap_and_no_way() -> None:
    seen = standing().seen(15).lie(slice(40, None), 8_000, 0)
    trail = seen.trail()
    assert trail.summary.outliers == 0
    assert trail.summary.distance_m == 0
    assert [(gap.is_jump, round(gap.distance_m)) for gap in trail.gaps] == [(True, 8000)]


def test_pings_from_everywhere_end_in_something_small_and_soon() -> None:
    rng = np.random.default_rng(5)
    t = MORNING_S + np.arange(0.0, 25_000.0, 5.0)
    seen = Seen(t, rng.normal(0, 3e4, 5000), rng.normal(0, 3e4, 5000))
    assert seen.trail().summary.outliers > 4900
