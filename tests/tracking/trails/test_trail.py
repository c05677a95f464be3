"""Trails: a day's way in lines, gaps and figures."""

import numpy as np
import pytest

from tests.tracking.trails.walks import MORNING_S, Seen, Way
from tracking.trails.day_pings import day_pings
from tracking.trails.outliers import GAP_S
from tracking.trails.trail import instants, trail_of


def test_a_ride_without_gaps_is_one_stretch_as_long_as_its_way() -> None:
    way = Way().go(800, 0).go(800, 600).go(0, 600)
    trail = way.seen(5, noise_m=3).trail()
    assert trail.stretches == ((0, len(trail.t_s) - 1),)
    assert trail.summary.distance_m == pytest.approx(way.length_m, rel=0.03)
    assert trail.summary.mean_speed_mps == pytest.approx(5, rel=0.03)
    assert trail.summary.max_speed_mps == pytest.approx(5, rel=0.25)


def test_a_straight_way_keeps_its_whole_length() -> None:
    assert Way().go(11_000, 0, 11).seen(1).trail().summary.distance_m == pytest.approx(11_000)


def test_a_silence_longer_than_five_minutes_is_a_gap_and_not_gone() -> None:
    seen = Way().go(6000, 0).seen(10).without(300, 310 + GAP_S)
    trail = seen.trail()
    assert len(trail.stretches) == 2
    (gap,) = trail.gaps
    assert (gap.began_s, gap.ended_s) == (MORNING_S + 300, MORNING_S + 610)
    assert gap.distance_m == pytest.approx(5 * 310, rel=0.001)
    assert not gap.is_jump
    assert trail.summary.distance_m == pytest.approx(6000 - 5 * 310, rel=0.001)


def test_a_silence_of_five_minutes_is_no_gap() -> None:
    assert Way().go(6000, 0).seen(10).without(300, 300 + GAP_S).trail().gaps == ()


def test_moving_standing_and_gaps_are_the_whole_time() -> None:
    way = Way().go(900, 0).wait(500).go(900, 900).wait(240).go(0, 0).wait(800).go(700, 0)
    summary = way.seen(7, noise_m=6).without(900, 1300).trail().summary
    assert summary.first_ping_s is not None
    assert summary.last_ping_s is not None
    parts = summary.moving_s + summary.standing_s + summary.gap_s
    assert parts == pytest.approx(summary.last_ping_s - summary.first_ping_s)
    assert min(summary.moving_s, summary.standing_s, summary.gap_s) > 0


def test_coarse_pings_are_left_out_and_counted_and_unknown_accuracy_is_not() -> None:
    seen = Way().go(600, 0).seen(10)
    seen.accuracies_m[5:8] = 101
    seen.accuracies_m[9] = np.nan
    trail = seen.trail()
    assert (trail.summary.coarse, len(trail.t_s)) == (3, len(seen.t_s) - 3)


def test_an_agent_who_changes_phones_has_one_trail() -> None:
    seen = Way().go(3000, 0).seen(10)
    columns = seen.columns()
    columns[5][30:] = 1
    trail = trail_of(day_pings(*columns, now_s=np.inf))
    assert trail.summary.devices == 2
    assert trail.gaps == ()
    assert trail.summary.distance_m == pytest.approx(3000, rel=0.001)


@pytest.mark.parametrize("count", [0, 1])
def test_a_day_of_no_or_one_ping_has_no_way(count: int) -> None:
    t = MORNING_S + np.arange(float(count))
    trail = Seen(t, np.zeros(count), np.zeros(count)).trail()
    assert trail.summary.pings == count
    assert trail.summary.distance_m == trail.summary.moving_s == 0
    assert trail.summary.mean_speed_mps is None
    assert trail.summary.max_speed_mps is None
    assert len(trail.stretches) == count


def test_instants_are_told_in_utc_to_the_millisecond() -> None:
    assert instants(np.array([0.0, 1_795_000_000.25])) == [
        "1970-01-01T00:00:00.000Z",
        "2026-11-18T11:06:40.250Z",
    ]
