"""Whole simulated days: how many visits are found, and how far their verdicts can be trusted.

The bars stand a good way below what was measured (see the docstrings), so that they fall when
something breaks and not with the seed.
"""

import pytest

from geofence.detect import DetectedVisit, detect
from geofence.verdict import Level
from tests.geofence.simple_rules import (
    any_ping_in_fence,
    dwell_at_nearest,
    hysteresis_and_nearest,
)
from tests.geofence.simulated_day import Day, Found, f1, score, simulated_day

DAYS = range(100, 108)


def told(visits: tuple[DetectedVisit, ...]) -> list[Found]:
    return [(frozenset(v.fence_ids), v.began_at, v.ended_at) for v in visits]


def found_in(day: Day) -> tuple[DetectedVisit, ...]:
    return detect(day.pings, day.fences, day.planned, day.check_ins)


@pytest.mark.parametrize("sampling_s", [10, 30])
@pytest.mark.parametrize(("setting", "bar"), [("open", 0.74), ("urban", 0.66), ("canyon", 0.52)])
def test_visits_are_found_far_better_than_by_simple_rules(
    setting: str, bar: float, sampling_s: float
) -> None:
    """Measured on 40 days each: open 0.87, urban 0.81, canyon 0.70."""
    days = [simulated_day(seed, setting, sampling_s) for seed in DAYS]
    ours = f1([score(told(found_in(day)), day) for day in days])
    rules = [
        f1([score(rule(day), day) for day in days])
        for rule in (any_ping_in_fence, dwell_at_nearest, hysteresis_and_nearest)
    ]
    assert ours >= bar
    assert ours >= max(rules) + 0.1


def test_verified_is_right_and_unverified_means_it() -> None:
    """Measured on 150 days: 98 % of the verified, 84 % of the probable, 48 % of the rest."""
    right = dict.fromkeys(Level, 0)
    all_told = dict.fromkeys(Level, 0)
    for seed in DAYS:
        day = simulated_day(seed, "urban", 15)
        for visit in found_in(day):
            all_told[visit.verdict.level] += 1
            right[visit.verdict.level] += score(told((visit,)), day)[0]
    assert all_told[Level.VERIFIED] >= 20
    assert right[Level.VERIFIED] >= 0.92 * all_told[Level.VERIFIED]
    assert right[Level.UNVERIFIED] <= 0.65 * all_told[Level.UNVERIFIED]
