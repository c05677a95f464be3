"""Stops: stays of two minutes or longer, though the phone's error wanders."""

import numpy as np
import pytest

from tests.tracking.trails.walks import MORNING_S, Seen, Way

TOUR = [(400, 0, 300), (400, 350, 900), (-200, 350, 180), (-600, -300, 1500)]


def tour() -> Way:
    way = Way().wait(30)
    for x, y, stay_s in TOUR:
        way.go(x, y, 6).wait(stay_s)
    return way.go(0, 0, 6).wait(30)


@pytest.mark.parametrize("every_s", [2, 10, 30])
@pytest.mark.parametrize("noise_m", [0, 8, 15])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_stops_of_a_tour_are_found_with_their_times(
    every_s: float, noise_m: float, seed: int
) -> None:
    seen = tour().seen(every_s, noise_m, seed)
    seen.accuracies_m[:] = max(5, noise_m)
    trail = seen.trail()
    assert len(trail.stops) == len(TOUR)
    for stop, (x, y, stay_s) in zip(trail.stops, TOUR, strict=True):
        assert stop.dwell_s == pytest.approx(stay_s, abs=45 + every_s)
        lat, lon = stop.lat, stop.lon
        assert abs(lat - (-29.9 + y / 111_195)) * 111_195 < 12 + noise_m * 1.5
        assert abs(lon - (-71.25 + x / 96_395)) * 96_395 < 12 + noise_m * 1.5
    assert [stop.pings > stop.dwell_s / every_s - 1 for stop in trail.stops] == [True] * 4


def test_a_wandering_error_stays_one_stop_and_adds_no_distance() -> None:
    seen = Way().wait(7200).seen(5, noise_m=12)
    trail = seen.trail()
    assert len(trail.stops) == 1
    assert trail.summary.distance_m < 60
    raw_m = np.hypot(np.diff(seen.x), np.diff(seen.y)).sum()
    assert raw_m > 40 * trail.summary.distance_m


def test_shorter_than_two_minutes_is_no_stop() -> None:
    trail = Way().go(600, 0).wait(100).go(1200, 0).seen(5).trail()
    assert trail.stops == ()
    assert trail.summary.standing_s == 0


@pytest.mark.parametrize("mps", [0.3, 0.6, 1.2])
def test_somebody_who_strolls_makes_no_stop(mps: float) -> None:
    assert Way().go(600, 0, mps).seen(10, noise_m=3).trail().stops == ()


def test_neighbors_across_the_street_are_two_stops() -> None:
    way = Way().go(500, 0).wait(400).go(500, 70, 1.2).wait(400).go(900, 70)
    assert len(way.seen(10, noise_m=3).trail().stops) == 2


def test_no_stop_reaches_across_a_gap() -> None:
    trail = Way().wait(1800).seen(10).without(400, 1000).trail()
    assert [round(stop.dwell_s) for stop in trail.stops] == [400, 800]
    assert trail.summary.gap_s == 600


def test_the_radius_follows_the_stated_accuracy_within_limits() -> None:
    def radius_m(accuracy_m: float) -> float:
        t = MORNING_S + np.arange(0, 600, 10.0)
        return Seen(t, np.zeros(60), np.zeros(60), accuracy_m).trail().stops[0].radius_m

    assert radius_m(3) == 30
    assert 30 < radius_m(20) < 75
    assert radius_m(90) == 75
