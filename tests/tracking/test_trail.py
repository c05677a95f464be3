"""Trails: what is drawn of a day's pings."""

import numpy as np
import pytest

from tracking.trail import GAP_S, Trail, trail

NOWHERE = Trail((), 0.0, None, None)
STEP_DEG = 0.001
STEP_M = 111.195  # of latitude, on the sphere of core.geometry


def walked(*t_s: float, accuracy_m: float = 5.0) -> Trail:
    """Northwards, a step with each ping."""
    n = len(t_s)
    lat = -29.9 + STEP_DEG * np.arange(n, dtype=np.float64)
    lon = -71.25 + 0.0001 * (
        np.arange(n, dtype=np.float64) % 2
    )  # a little zigzag, so that no point is on a line
    return trail(np.array(t_s), lat, lon, np.full(n, accuracy_m))


def test_a_walk_without_gaps_is_one_line_as_long_as_its_steps() -> None:
    found = walked(0, 60, 120)
    assert len(found.lines) == 1
    assert found.lines[0][0] == (-71.25, -29.9)
    assert found.distance_m == pytest.approx(2 * STEP_M, rel=0.01)
    assert (found.from_s, found.to_s) == (0, 120)


def test_a_gap_makes_two_lines_and_is_not_walked() -> None:
    found = walked(0, 60, 61 + GAP_S, 121 + GAP_S)
    assert [len(line) for line in found.lines] == [2, 2]
    assert found.distance_m == pytest.approx(2 * STEP_M, rel=0.01)


def test_a_lonely_ping_between_gaps_is_no_line() -> None:
    found = walked(0, 1000, 1060, 5000)
    assert [len(line) for line in found.lines] == [2]
    assert (found.from_s, found.to_s) == (1000, 1060)


def test_coarse_pings_are_left_out_and_unknown_accuracy_is_not() -> None:
    assert walked(0, 60, accuracy_m=101) == NOWHERE
    assert len(walked(0, 60, accuracy_m=float("nan")).lines) == 1


def test_fewer_than_two_pings_are_no_trail() -> None:
    assert walked() == walked(0) == walked(0, 1000) == NOWHERE


def test_points_that_nobody_would_see_are_left_out_but_the_length_stays() -> None:
    lat = np.linspace(-29.9, -29.8, 1000)
    found = trail(np.arange(1000.0), lat, np.full(1000, -71.25), np.full(1000, 5.0))
    assert len(found.lines[0]) == 2
    assert found.distance_m == pytest.approx(100 * STEP_M, rel=0.001)
