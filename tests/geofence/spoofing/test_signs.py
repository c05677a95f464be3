"""Each sign by itself, on the smallest day that shows it, and the honest day beside it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from core.geometry import Floats, LatLon
from geofence.spoofing.clock import clock
from geofence.spoofing.course import Course, course
from geofence.spoofing.devices import devices
from geofence.spoofing.frozen import frozen
from geofence.spoofing.geocode_hits import geocode_hits
from geofence.spoofing.jitter import jitter
from geofence.spoofing.mock import mock
from geofence.spoofing.pace import pace
from geofence.spoofing.phone_day import PhoneDay, in_order, phone_day
from geofence.spoofing.repeats import repeats
from geofence.spoofing.replay import replay
from geofence.spoofing.rhythm import rhythm
from geofence.spoofing.suspicion import Suspicion, chance, judge
from geofence.spoofing.teleports import teleports
from tests.geofence.spoofing.acted_days import (
    PLANE,
    a_round,
    at,
    desk_day,
    frozen_day,
    honest_day,
    joined,
    replayed,
    two_phone_day,
    wander,
)


def track(x: Floats, y: Floats, every_s: float = 10.0, **columns: Floats) -> PhoneDay:
    """Pings on a plane at even times."""
    lat, lon = PLANE.latlon(np.asarray(x, float), np.asarray(y, float))
    plain = phone_day(ticks(len(lat), every_s), lat, lon)
    return replace(plain, **columns)  # type: ignore[arg-type]


def ticks(n: int, every_s: float = 10.0) -> Floats:
    """Even times."""
    return np.arange(n, dtype=np.float64) * every_s


def of(day: PhoneDay) -> Course:
    return course(in_order(day))


def codes(signs: list[Suspicion]) -> list[str]:
    return [sign.code for sign in signs]


def riding(n: int = 400, seed: int = 1) -> tuple[Floats, Floats]:
    """An honest ride at 4 to 12 m/s with an error that wanders."""
    rng = np.random.default_rng(seed)
    t_s = ticks(n)
    x = np.cumsum(rng.uniform(40, 120, n)) + 5 * wander(rng, t_s, 90)
    return x, 300 * np.sin(t_s / 200) + 5 * wander(rng, t_s, 90)


def test_the_phones_own_flag_is_a_sign_and_a_single_one_is_a_weak_sign() -> None:
    day = honest_day(1)
    assert mock(day) == []
    flags = np.zeros(len(day), bool)
    flags[5] = True
    assert not judge(mock(replace(day, mock=flags))).suspected
    flags[6:60] = True
    (sign,) = mock(replace(day, mock=flags))
    assert judge([sign]).suspected
    assert sign.began_s == day.t_s[5]


def jumps(places: int, *, accuracy_m: float = 8.0, stays: int = 20) -> PhoneDay:
    """At home, and for `stays` pings at each of so many places three kilometers away."""
    x = np.zeros(60 * places + 60)
    for place in range(places):
        x[60 * place + 30 : 60 * place + 30 + stays] = 3000 + 1000 * place
    return track(x, np.zeros(len(x)), accuracy_m=np.full(len(x), accuracy_m))


@pytest.mark.parametrize(
    ("day", "suspected"),
    [
        (jumps(4), True),
        (jumps(1), False),  # a Wi-Fi access point that has moved
        (jumps(4, accuracy_m=1500.0), False),  # cell towers
        (jumps(4, stays=1), False),  # spikes
        (jumps(3, accuracy_m=np.nan), False),
        (jumps(12, accuracy_m=np.nan), True),
    ],
)
def test_jumps_are_a_sign_when_they_lead_to_several_places(day: PhoneDay, suspected: bool) -> None:
    assert judge(teleports(of(day))).suspected is suspected


def test_two_tracks_in_one_flip_to_and_fro() -> None:
    one, other = riding(seed=1)[0], riding(seed=2)[0] + 9000
    x = np.where(np.arange(len(one)) % 2, one, other)
    (sign,) = teleports(of(track(x, np.zeros(len(x)), accuracy_m=np.full(len(x), 6.0))))
    assert sign.code == "two-places"


def test_two_phones_far_apart_are_a_sign_and_a_hand_over_is_none() -> None:
    day = two_phone_day(4)
    (sign,) = devices(of(day))
    assert sign.code == "two-devices"
    first = day.t_s[day.device == 0].min()
    short = (day.device == 0) | ((day.t_s > first + 3600) & (day.t_s < first + 3720))
    assert devices(of(at(day, np.flatnonzero(short)))) == []
    together = joined(
        honest_day(4), replace(honest_day(4), device=np.ones(len(honest_day(4)), int))
    )
    assert devices(of(together)) == []


def turned(*levels_s: float, live: bool = True) -> PhoneDay:
    """A ride whose phone's clock is off by each of these in turn."""
    x, y = riding()
    true_s = ticks(len(x))
    off_s: Floats = np.repeat(levels_s, -(-len(x) // len(levels_s)))[: len(x)]
    arrived = true_s + 1 if live else np.full(len(x), true_s[-1] + 60)
    lat, lon = PLANE.latlon(x, y)
    return phone_day(true_s - off_s, lat, lon, received_s=arrived)


@pytest.mark.parametrize(
    ("day", "suspected", "signs"),
    [
        (turned(0), False, 0),
        (turned(7200), False, 0),  # wrong all day
        (turned(3600, 0), False, 1),  # put right once
        (turned(0, 3600), False, 1),
        (turned(0, 3600, 0), True, 1),
        (turned(0, 3600, 0, live=False), False, 0),  # nobody can tell
    ],
)
def test_a_clock_that_is_turned_to_and_fro_is_a_sign(
    day: PhoneDay, suspected: bool, signs: int
) -> None:
    found = clock(of(day))
    assert len(found) == signs
    assert judge(found).suspected is suspected


def test_late_deliveries_turn_no_clock() -> None:
    x, y = riding()
    t_s = ticks(len(x))
    arrived = t_s + 1
    arrived[100:200] = t_s[200] + np.arange(100) * 0.2
    assert clock(of(track(x, y, received_s=arrived))) == []


@pytest.mark.parametrize(
    ("figures", "code"),
    [
        ({"accuracy_m": 7.3}, "frozen-accuracy"),
        ({"altitude_m": 41.5}, "frozen-altitude"),
        ({"speed_mps": 4.2}, "frozen-speed"),
        ({"heading_deg": 91.5}, "frozen-heading"),
    ],
)
def test_an_attribute_that_never_changes_on_the_way_is_a_sign(
    figures: dict[str, float], code: str
) -> None:
    found = frozen(of(frozen_day(1, **figures)))
    assert code in codes(found)
    assert judge([sign for sign in found if sign.code == code]).suspected


@pytest.mark.parametrize(
    "figures",
    [
        {"accuracy_m": 20.0},  # Wi-Fi
        {"accuracy_m": 5.0},  # steps
        {"altitude_m": 0.0}, {"altitude_m": -777.0}, {"speed_mps": 0.0}, {"heading_deg": 0.0},
        {"altitude_m": np.nan}, {"speed_mps": -1.0},
    ],
)  # fmt: skip
def test_what_a_phone_does_not_know_or_rounds_is_no_proof(figures: dict[str, float]) -> None:
    x, y = riding()
    day = replace(track(x, y), **{name: np.full(len(x), value) for name, value in figures.items()})
    assert not judge(frozen(of(day))).suspected


def test_a_few_sets_of_attributes_used_over_and_over_are_a_sign() -> None:
    x, y = riding()
    rng = np.random.default_rng(1)
    some = rng.uniform(3, 12, (3, 10))[:, np.arange(len(x)) % 10]
    day = track(x, y, accuracy_m=some[0], altitude_m=some[1], heading_deg=some[2])
    assert "copied-attributes" in codes(frozen(of(day)))


def test_a_speed_that_the_positions_contradict_is_a_sign() -> None:
    x, y = riding()
    rng = np.random.default_rng(1)
    stated = rng.uniform(0.1, 1.0, len(x))
    assert codes(frozen(of(track(x, y, speed_mps=stated)))) == ["speed-contradicts"]
    right = np.gradient(x, 10.0)
    assert frozen(of(track(x, y, speed_mps=np.hypot(right, np.gradient(y, 10.0))))) == []


def standing(noise: str, seed: int = 1) -> PhoneDay:
    """Eight stays of ten minutes, a few hundred meters apart."""
    rng = np.random.default_rng(seed)
    n = 8 * 70
    t_s = ticks(n)
    x = np.repeat(np.arange(8) * 400.0, 70)
    errors: dict[str, Callable[[], Floats]] = {
        "none": lambda: np.zeros(n),
        "white": lambda: rng.normal(0, 4, n),
        "wandering": lambda: 4 * wander(rng, t_s, 60) + rng.normal(0, 1.5, n),
        "two sources": lambda: np.where(np.arange(n) % 2, 8.0, -8.0) + rng.normal(0, 1, n),
    }
    y = errors[noise]()
    return track(x + errors[noise](), y, accuracy_m=np.round(rng.uniform(4, 9, n), 1))


@pytest.mark.parametrize(
    ("noise", "signs"),
    [
        ("none", ["fresh-repeats"]),
        ("white", ["white-noise"]),
        ("wandering", []),
        ("two sources", []),
    ],
)
def test_an_error_without_memory_or_none_at_all_is_a_sign(noise: str, signs: list[str]) -> None:
    day = of(standing(noise))
    assert codes([*jitter(day), *repeats(day)]) == signs


def test_a_phone_that_hands_out_its_last_fix_while_it_lies_still_is_hardly_odd() -> None:
    day = standing("none")
    cached = replace(day, accuracy_m=np.repeat(np.arange(4.0, 12.0), 70))
    (sign,) = repeats(of(cached))
    assert sign.code == "no-jitter"
    assert not judge([sign]).suspected
    assert judge([*repeats(of(day)), *rhythm(of(day))]).suspected


def test_an_app_that_rounds_to_a_meter_repeats_itself_honestly() -> None:
    day = standing("none")
    rounded = replace(day, lat=np.round(day.lat, 5), lon=np.round(day.lon, 5))
    assert codes(repeats(of(rounded))) == ["no-jitter"]


def test_a_motion_as_ruled_is_a_sign() -> None:
    steps = ticks(200, 80.0)
    assert codes(pace(of(track(steps, steps / 3)))) == ["ruled-line", "one-speed"]
    assert codes(pace(of(track(ticks(200, 6.0), np.zeros(200), every_s=5.0)))) == ["ruled-line"]
    assert pace(of(track(*riding()))) == []


def test_one_interval_all_day_says_little() -> None:
    found = rhythm(of(track(*riding())))
    assert codes(found) == ["metronome"]
    assert not judge(found).suspected
    assert rhythm(of(at(track(*riding()), np.arange(49)))) == []


def test_doors_met_on_their_very_point_are_a_sign() -> None:
    ride = a_round(2)
    lat, lon = PLANE.latlon(ride.doors[:, 0], ride.doors[:, 1])
    exact = [LatLon(float(a), float(b)) for a, b in zip(lat, lon, strict=True)]
    assert codes(geocode_hits(of(desk_day(2)), exact)) == ["geocode-hits"]
    assert codes(geocode_hits(of(desk_day(2, noise_m=3)), exact)) == ["geocode-hits"]
    assert geocode_hits(of(desk_day(2)), ride.geocodes) == []
    assert geocode_hits(of(honest_day(2)), exact) == []


@pytest.mark.parametrize("noise_m", [0.0, 3.0])
def test_a_track_sent_again_is_found_among_older_days_and_named(noise_m: float) -> None:
    older = [honest_day(7, day=day) for day in range(5)]
    copy = replayed(older[2], 7, noise_m=noise_m, days=9)
    (sign,) = replay(of(copy), older)
    shift_s = dict(sign.figures)["shift_s"]
    assert shift_s == pytest.approx(float(copy.t_s[0] - older[2].t_s[0]), abs=1)


def test_the_same_road_on_another_day_is_no_replay() -> None:
    days = [honest_day(7, day=day) for day in range(6)]
    assert replay(of(days[5]), days[:5]) == []


def test_signs_weigh_as_independent_evidence() -> None:
    weak = Suspicion("weak", "", 0, 1, 0.05)
    assert judge([]).score == pytest.approx(0.001)
    assert not judge([weak, weak]).suspected
    assert judge([weak, weak, weak]).suspected
    assert judge([weak]).score < judge([weak, weak]).score


@pytest.mark.parametrize(("share", "bound"), [(0.1, 1.0), (0.05, 1.0), (1.0, 0.1**30)])
def test_chance_bounds_how_likely_a_share_is(share: float, bound: float) -> None:
    assert chance(share, 0.1, 30) == pytest.approx(bound)


def test_pings_of_two_devices_are_ordered_by_device() -> None:
    day = in_order(two_phone_day(1))
    assert (np.diff(day.device) >= 0).all()
    assert all((np.diff(day.t_s[day.device == number]) > 0).all() for number in (0, 1))
