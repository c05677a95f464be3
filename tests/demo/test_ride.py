"""A phone's motion: along a line over time, and with errors like a phone's."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.geometry import LatLon, distance_m
from demo.ride import LEAST_ERROR_M, MOST_ERROR_M, Noise, Ride, moved, ride

HERE = LatLon(-29.9, -71.25)
CORNER, END = moved(HERE, 300, 0), moved(HERE, 300, 400)
L_SHAPED = (HERE, CORNER, END)


def a_ride(travel_s: float = 100.0, seed: int = 1) -> Ride:
    return ride(L_SHAPED, travel_s, np.random.default_rng(seed))


def off_the_line_m(position: LatLon) -> float:
    """How far a position is from the two legs of `L_SHAPED`."""
    around = distance_m(HERE, position) + distance_m(position, CORNER) - 300
    after = distance_m(CORNER, position) + distance_m(position, END) - 400
    return min(around, after)


@given(seed=st.integers(0, 2**32), travel_s=st.floats(40, 600), share=st.floats(0, 1.2))
def test_a_rider_is_always_on_the_way(seed: int, travel_s: float, share: float) -> None:
    way = a_ride(travel_s, seed)
    assert off_the_line_m(way.at(share * way.duration_s).position) < 0.5


def test_a_ride_begins_and_ends_where_it_should_and_takes_about_as_long() -> None:
    way = a_ride(100)
    assert distance_m(way.at(-5).position, HERE) < 0.01
    assert distance_m(way.at(way.duration_s + 5).position, END) < 0.01
    assert way.at(way.duration_s + 5).speed_mps == 0
    assert 90 <= way.duration_s <= 160


@given(seed=st.integers(0, 2**32), travel_s=st.floats(0, 20))
def test_nobody_is_faster_than_a_town_allows(seed: int, travel_s: float) -> None:
    way = a_ride(travel_s, seed)
    seconds = np.linspace(0, way.duration_s, 50)
    assert max(way.at(s).speed_mps for s in seconds.tolist()) <= 25.1


def test_a_rider_heads_along_the_street() -> None:
    way = ride((HERE, CORNER), 60, np.random.default_rng(3))
    moment = way.at(way.duration_s / 2)
    assert moment.heading_deg == pytest.approx(90, abs=0.5)
    assert moment.speed_mps == pytest.approx(300 / way.duration_s, rel=0.01)


@given(share=st.floats(0, 1), pause_s=st.floats(1, 3000))
def test_a_pause_delays_all_that_follows_and_moves_nobody(share: float, pause_s: float) -> None:
    way = a_ride()
    paused = way.with_pause(share, pause_s)
    begins_s = share * way.duration_s
    here = way.at(begins_s).position
    assert paused.duration_s == pytest.approx(way.duration_s + pause_s)
    assert distance_m(paused.at(begins_s + pause_s / 2).position, here) < 0.01
    assert paused.at(begins_s + pause_s / 2).speed_mps == 0
    later_s = (begins_s + way.duration_s) / 2 + 1e-6
    expected = way.at(later_s).position
    assert distance_m(paused.at(later_s + pause_s).position, expected) < 0.05


def test_a_way_of_one_point_is_no_ride() -> None:
    assert ride((HERE, HERE), 30, np.random.default_rng(1)).duration_s == 0


def test_the_same_seed_rides_the_same_way() -> None:
    assert np.array_equal(a_ride(seed=5).t_s, a_ride(seed=5).t_s)
    assert not np.array_equal(a_ride(seed=5).t_s, a_ride(seed=6).t_s)


def errors_m(seed: int, step_s: float, count: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    """(errors in metres as (n, 2), stated accuracies) of a phone that lies on a table."""
    noise = Noise(np.random.default_rng(seed))
    measured = [noise.over(HERE, step_s) for _ in range(count)]
    scale = 111_195.0 * np.array([1, math.cos(math.radians(HERE.lat))])
    errors = (np.array([p for p, _ in measured]) - np.array(HERE)) * scale
    return errors, np.array([accuracy for _, accuracy in measured])


@pytest.mark.parametrize("seed", range(4))
def test_errors_are_as_large_as_in_streets_and_accuracy_tells_the_truth(seed: int) -> None:
    errors, accuracy = errors_m(seed, step_s=600)
    assert LEAST_ERROR_M * 0.9 < errors.std() < MOST_ERROR_M * 1.1
    within = (np.hypot(*errors.T) < accuracy).mean()
    assert within == pytest.approx(0.68, abs=0.06)


def test_errors_wander_rather_than_jump() -> None:
    errors, _ = errors_m(1, step_s=10)
    one_apart = np.corrcoef(errors[:-1, 0], errors[1:, 0])[0, 1]
    assert one_apart == pytest.approx(math.exp(-10 / 60), abs=0.05)


def test_two_looks_at_the_same_instant_agree() -> None:
    noise = Noise(np.random.default_rng(2))
    looks = [noise.over(HERE, elapsed_s)[0] for elapsed_s in (60, 0, 0)]
    for a, b in itertools.pairwise(looks):
        assert distance_m(a, b) < 0.01
