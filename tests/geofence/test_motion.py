"""Speeds tell walking from standing, and only phones that measure them are believed."""

import numpy as np
import pytest

from core.geometry import Floats
from geofence.motion import WALKED, motion, walking
from tests.geofence.simulated_day import PLANE, simulated_day

EVERY_S = 10.0


def day_of_walks(seed: int = 1, sigma_m: float = 6.0) -> tuple[Floats, Floats, Floats, Floats]:
    """Ten minutes at a door, two minutes' walk to the next, eight times: times, positions with
    errors that remember themselves, and the true speed."""
    rng = np.random.default_rng(seed)
    t = np.arange(0, 8 * 720, EVERY_S)
    true_mps = np.where(t % 720 < 600, 0.0, 1.3)
    east = np.cumsum(true_mps) * EVERY_S
    error = rng.normal(0, sigma_m, (2, len(t)))
    for i in range(1, len(t)):
        error[:, i] = 0.9 * error[:, i - 1] + (1 - 0.9**2) ** 0.5 * error[:, i]
    return t, east + error[0], error[1], true_mps


def measured(true_mps: Floats, error_mps: float = 0.25, seed: int = 2) -> Floats:
    rng = np.random.default_rng(seed)
    return np.hypot(
        true_mps + rng.normal(0, error_mps, len(true_mps)), rng.normal(0, error_mps, len(true_mps))
    )


def test_measured_speeds_tell_walking_from_standing() -> None:
    t, x, y, true_mps = day_of_walks()
    tells = motion(t, x, y, measured(true_mps))
    inner = np.convolve(true_mps, np.ones(3) / 3, "same")
    assert (tells[inner > 1.2] > 0).mean() > 0.95
    assert (tells[inner == 0] < 0).mean() > 0.95
    walks = walking(t, tells)
    assert walks[inner > 1.2].mean() > 0.95
    assert walks[inner == 0].mean() < 0.05


def test_the_evidence_of_one_ping_is_limited() -> None:
    t, x, y, true_mps = day_of_walks()
    wild = measured(true_mps)
    wild[5] = 300.0
    tells = motion(t, x, y, wild)
    assert -2.4 < tells.min() < tells.max() < 3.6


@pytest.mark.parametrize("app", ["says nothing", "always 0", "frozen", "divides distance by time"])
def test_apps_that_do_not_measure_speed_are_not_believed(app: str) -> None:
    t, x, y, _ = day_of_walks(sigma_m=20.0)
    derived = np.hypot(np.diff(x, prepend=x[0]), np.diff(y, prepend=y[0])) / EVERY_S
    speed = {
        "says nothing": np.full(len(t), np.nan),
        "always 0": np.zeros(len(t)),
        "frozen": np.full(len(t), 1.2),
        "divides distance by time": derived,
    }[app]
    assert not motion(t, x, y, speed).any()


def test_a_phone_is_believed_by_the_hour() -> None:
    """It measures in the first half of the day, and says 0 in the second."""
    t, x, y, true_mps = day_of_walks()
    t2, x2, y2, _ = day_of_walks(seed=3)
    t = np.concatenate((t, t2 + t[-1] + 10_800))
    x, y = np.concatenate((x, x2)), np.concatenate((y, y2))
    tells = motion(t, x, y, np.concatenate((measured(true_mps), np.zeros(len(t2)))))
    assert (tells[: len(t2)] != 0).mean() > 0.95
    assert not tells[len(t2) :].any()


def test_what_is_told_of_a_ping_does_not_depend_on_pings_two_hours_away() -> None:
    day = simulated_day(4, "urban", 15)
    x, y = PLANE.xy(day.pings.lat, day.pings.lon)
    t, speed = day.pings.t_s, day.pings.speed_mps
    whole = motion(t, x, y, speed)
    assert whole.any()
    late = t >= t[0] + 5_400
    settled = t[late] >= t[0] + 5_400 + 7_200
    assert settled.any()
    part = motion(t[late], x[late], y[late], speed[late])
    assert part[settled] == pytest.approx(whole[late][settled], abs=1e-6)


def test_one_loud_ping_between_quiet_ones_is_no_walk() -> None:
    t = np.arange(0, 100, 5.0)
    tells = np.full(len(t), -1.5)
    tells[8] = 3.4
    assert not walking(t, tells).any()
    tells[9] = 3.4
    assert walking(t, tells).nonzero()[0].tolist() == [8, 9]
    assert WALKED < 2 * 3.4 - 1.5
