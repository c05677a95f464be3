"""Detected visits: one line for each situation, and what must hold for every day."""

from collections.abc import Sequence
from uuid import UUID

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.geometry import LatLon
from geofence.detect import DetectedVisit, detect
from geofence.fence import Fence
from geofence.ping_window import PingWindow, ping_window
from geofence.place import ManualCheckIn
from tests.geofence.acted_pings import MORNING_S, PLANE, Go, Stand, Step, acted
from tests.geofence.simulated_day import Day, simulated_day

DOOR, NEXT, FAR = UUID(int=1), UUID(int=2), UUID(int=3)


def fence(fence_id: UUID, x: float, y: float) -> Fence:
    lat, lon = PLANE.latlon(np.array([x]), np.array([y]))
    return Fence(fence_id, LatLon(float(lat[0]), float(lon[0])), 50)


FENCES = (fence(DOOR, 0, 10), fence(NEXT, 45, 10), fence(FAR, 600, 10))
COME, LEAVE = (Go(-400, 0), Go(0, 0)), (Go(0, 0), Go(-400, 0))
AT_DOOR = (*COME, Go(0, 10))
RIDE = (Go(-900, 0), Go(900, 0, 8))

Seen = list[tuple[UUID, str]]
SITUATIONS: list[tuple[str, tuple[Step, ...], Seen]] = [
    ("ten minutes at the door", (*AT_DOOR, Stand(600), *LEAVE), [(DOOR, "verified")]),
    ("ten minutes next door", (*COME, Go(45, 10), Stand(600), *LEAVE), [(NEXT, "verified")]),
    ("a short word at the door", (*AT_DOOR, Stand(75), *LEAVE), [(DOOR, "probable")]),
    ("walks past", (*COME, Go(400, 0)), []),
    ("walks past slowly", (Go(-400, 0), Go(400, 0, 0.5)), []),
    ("drives past", RIDE, []),
    ("a red light before the door", (Go(-900, 0), Go(0, 0, 8), Stand(40), Go(900, 0, 8)), []),
    ("waits at the corner", (Go(-400, 0), Go(-75, 0), Stand(240), Go(-400, 0)), []),
    ("tea on the next street", (Go(-400, -90), Go(0, -90), Stand(900), Go(-400, -90)), []),
    (
        "waits at the corner, then comes",
        (Go(-400, 0), Go(-75, 0), Stand(240), Go(0, 0), Go(0, 10), Stand(600), *LEAVE),
        [(DOOR, "verified")],
    ),
    (
        "comes back in the afternoon",
        (*AT_DOOR, Stand(600), *LEAVE, Stand(5_400), *AT_DOOR, Stand(600), *LEAVE),
        [(DOOR, "verified"), (DOOR, "verified")],
    ),
    (
        "door to door",
        (*AT_DOOR, Stand(600), Go(45, 0), Go(45, 10), Stand(600), *LEAVE),
        [(DOOR, "verified"), (NEXT, "verified")],
    ),
    (
        "a phone that dozes at the door",
        (*AT_DOOR, Stand(90), Stand(600, True), Stand(90), *LEAVE),
        [(DOOR, "probable")],
    ),
]


def seen(visits: Sequence[DetectedVisit]) -> Seen:
    return [(visit.fence_ids[0], visit.verdict.level.value) for visit in visits]


@pytest.mark.parametrize(
    ("steps", "expected"), [s[1:] for s in SITUATIONS], ids=[s[0] for s in SITUATIONS]
)
@pytest.mark.parametrize("every_s", [10, 30])
def test_situation(steps: tuple[Step, ...], expected: Seen, every_s: float) -> None:
    assert seen(detect(acted(*steps, every_s=every_s), FENCES, {DOOR, NEXT, FAR})) == expected


def test_mock_positions_are_seen_and_never_believed() -> None:
    pings = acted(*AT_DOOR, Stand(600), *LEAVE, mock=True)
    assert seen(detect(pings, FENCES, {DOOR})) == [(DOOR, "unverified")]


@pytest.mark.parametrize("accuracy_m", [3, 0, 60])
def test_a_jump_to_the_door_and_back_is_no_visit(accuracy_m: float) -> None:
    """Whatever accuracy it states: the agent sits at tea 300 m away."""
    pings = acted(Go(-400, 0), Go(300, 0), Stand(1_200), Go(-400, 0), every_s=10)
    lat, lon, accuracy = pings.lat.copy(), pings.lon.copy(), pings.accuracy_m.copy()
    lat[90:94], lon[90:94] = FENCES[0].center
    accuracy[90:94] = accuracy_m
    jumped = ping_window(pings.t_s, lat, lon, accuracy)
    assert detect(jumped, FENCES, {DOOR}) == ()


def test_the_plan_alone_makes_no_visit() -> None:
    """The planned customer is skipped; the agent has tea 120 m from there, and says otherwise."""
    pings = acted(Go(-400, 0), Go(-120, 0), Stand(900), Go(-400, 0))
    claim = ManualCheckIn(DOOR, MORNING_S + 600)
    assert detect(pings, FENCES, {DOOR}, [claim]) == ()


def test_an_unplanned_visit_is_told_too_and_proven_with_a_check_in() -> None:
    pings = acted(*AT_DOOR, Stand(600), *LEAVE)
    claim = ManualCheckIn(DOOR, MORNING_S + 500)
    assert seen(detect(pings, FENCES, {FAR})) == [(DOOR, "probable")]
    assert seen(detect(pings, FENCES, {FAR}, [claim])) == [(DOOR, "verified")]


def test_a_house_with_many_customers_is_one_place() -> None:
    block = (fence(DOOR, 0, 10), fence(NEXT, 0, 10), fence(FAR, 600, 10))
    (visit,) = detect(acted(*AT_DOOR, Stand(600), *LEAVE), block)
    assert visit.fence_ids == (DOOR, NEXT)


def test_no_fences_or_no_pings_is_no_visit() -> None:
    pings = acted(*AT_DOOR, Stand(600), *LEAVE)
    assert detect(pings, ()) == ()
    assert detect(pings.at(slice(0, 0)), FENCES) == ()


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_handful_of_pings_is_no_visit_and_no_crash(count: int) -> None:
    assert detect(acted(*AT_DOOR, Stand(600), *LEAVE).at(slice(0, count)), FENCES) == ()


@pytest.mark.parametrize("every_s", [10, 30, 60])
@pytest.mark.parametrize(("noise_m", "at_least"), [(5, 20), (15, 19), (40, 15)])
def test_ten_minutes_at_a_lone_door_show_through_noise(
    every_s: float, noise_m: float, at_least: int
) -> None:
    """Twenty days each; the fence is 50 m, so noise of 40 m leaves some of them unproven."""
    days = [
        acted(
            *AT_DOOR, Stand(600), *LEAVE, every_s=every_s, noise_m=noise_m,
            accuracy_m=1.5 * noise_m, seed=seed,
        )
        for seed in range(20)
    ]  # fmt: skip
    told = [detect(pings, (FENCES[0],), {DOOR}) for pings in days]
    assert sum(len(visits) == 1 for visits in told) >= at_least


DAY = simulated_day(seed=3, setting="urban", sampling_s=30)


def visits_of(day: Day, pings: PingWindow) -> tuple[DetectedVisit, ...]:
    return detect(pings, day.fences, day.planned, day.check_ins)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 5))
def test_any_order_of_arrival_gives_the_same_visits(seed: int, bursts: int) -> None:
    """Shuffled, repeated, and in bursts that come late, twice and in any order."""
    rng = np.random.default_rng(seed)
    n = len(DAY.arrived[0])
    parts = np.array_split(rng.permutation(n), bursts)
    rng.shuffle(parts)
    rows = np.concatenate([*parts, rng.choice(n, n // 3), parts[0]])
    again = ping_window(*(column[rows] for column in DAY.arrived))
    assert visits_of(DAY, again) == visits_of(DAY, DAY.pings)


def test_the_order_of_fences_and_check_ins_changes_nothing() -> None:
    turned = detect(DAY.pings, DAY.fences[::-1], DAY.planned, DAY.check_ins[::-1])
    assert turned == visits_of(DAY, DAY.pings)


@pytest.mark.parametrize("seed", range(4))
def test_a_window_from_the_begin_of_a_visit_gives_the_later_visits_of_the_whole_day(
    seed: int,
) -> None:
    day = simulated_day(seed, "open", 15)
    whole = visits_of(day, day.pings)
    begin_s = whole[2].began_at - 5
    window = visits_of(day, day.pings.at(day.pings.t_s >= begin_s))
    settled_s = begin_s + 10_800
    expected = [visit for visit in whole if visit.began_at >= settled_s]
    later = [visit for visit in window if visit.began_at >= settled_s]
    assert len(expected) >= 3
    assert [visit.fence_ids for visit in later] == [visit.fence_ids for visit in expected]
    for a, b in zip(later, expected, strict=True):
        assert (a.began_at, a.ended_at) == pytest.approx((b.began_at, b.ended_at), abs=0.01)
        assert a.posterior == pytest.approx(b.posterior, abs=1e-6)
        assert a.verdict.level == b.verdict.level
