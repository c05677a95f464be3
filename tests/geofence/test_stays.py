"""Stays, whatever is near them."""

import numpy as np
import pytest

from geofence.stays import Stay, find_stays
from geofence.track import track_of
from tests.geofence.acted_pings import MORNING_S, PLANE, Go, Stand, Step, acted

COME = (Go(-400, 0), Go(0, 0))
LEAVE = Go(400, 0)


def stays(*steps: Step, every_s: float = 15, noise_m: float = 5) -> list[Stay]:
    found = find_stays(track_of(acted(*steps, every_s=every_s, noise_m=noise_m), PLANE))
    return [stay for stay in found if stay.dwell_s >= 60]


CASES: list[tuple[str, tuple[Step, ...], int]] = [
    ("a stand of seven minutes", (*COME, Stand(420), LEAVE), 1),
    ("a stand of ninety seconds", (*COME, Stand(90), LEAVE), 1),
    ("a red light of thirty seconds", (*COME, Stand(30), LEAVE), 0),
    ("walking by", (*COME, LEAVE), 0),
    ("a stroll of half a metre a second", (Go(-400, 0), Go(0, 0, 0.5), Go(400, 0, 0.5)), 0),
    ("a slow drift of a quarter metre a second", (Go(-100, 0), Go(100, 0, 0.25)), 0),
    ("two stands fifty metres apart", (*COME, Stand(300), Go(50, 0), Stand(300), LEAVE), 2),
    ("a silence within a stand", (*COME, Stand(120), Stand(600, True), Stand(120), LEAVE), 1),
]


@pytest.mark.parametrize(("steps", "count"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
@pytest.mark.parametrize("every_s", [5, 10, 30])
def test_stays_are_found(steps: tuple[Step, ...], count: int, every_s: float) -> None:
    assert len(stays(*steps, every_s=every_s)) == count


@pytest.mark.parametrize("every_s", [5, 10, 30])
def test_times_are_carried_to_the_moments_of_coming_and_leaving(every_s: float) -> None:
    arrival_s = 400 / 1.3
    (stay,) = stays(*COME, Stand(420), LEAVE, every_s=every_s, noise_m=3)
    assert stay.began_at - MORNING_S == pytest.approx(arrival_s, abs=15)
    assert stay.ended_at - MORNING_S == pytest.approx(arrival_s + 420, abs=15)


def test_a_stand_sampled_every_five_minutes_shows_in_a_single_ping() -> None:
    steps = (Go(-3_000, 0), Go(0, 0, 8), Stand(360), Go(3_000, 0, 8))
    stay = max(stays(*steps, every_s=300), key=lambda one: one.trust)
    assert stay.first == stay.last
    assert 0 < stay.trust < 1
    assert np.hypot(stay.spot.x, stay.spot.y) < 20


def test_a_stay_is_open_until_the_agent_is_seen_elsewhere() -> None:
    (standing,) = stays(*COME, Stand(420))
    (left,) = stays(*COME, Stand(420), LEAVE)
    assert (standing.closed, left.closed) == (False, True)


def test_a_stated_accuracy_far_too_good_does_not_break_a_stay() -> None:
    pings = acted(*COME, Stand(900), LEAVE, every_s=10, noise_m=15, accuracy_m=3)
    long = [s for s in find_stays(track_of(pings, PLANE)) if s.dwell_s >= 450]
    assert len(long) == 1
