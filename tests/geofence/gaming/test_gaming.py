"""Claims that the pings, or the colleagues, contradict."""

from dataclasses import replace

import numpy as np
import pytest

from core.ids import new_id
from geofence.gaming.away import ReceiptClaim, beyond_m
from geofence.gaming.locked_doors import Outcomes, too_often
from geofence.gaming.on_the_way import CheckInClaim, Stay, on_the_way
from geofence.spoofing.phone_day import PhoneDay, in_order, phone_day
from tests.geofence.spoofing.acted_days import PLANE

CASE = new_id()


def a_ride(*, stops_at_s: float = np.inf, every_s: float = 10.0) -> PhoneDay:
    """Ten minutes at 8 m/s, until it stops."""
    t_s = np.arange(0, 600, every_s)
    lat, lon = PLANE.latlon(8.0 * np.minimum(t_s, stops_at_s), np.zeros(len(t_s)))
    return in_order(phone_day(t_s, lat, lon, accuracy_m=np.full(len(t_s), 8.0)))


CLAIM = CheckInClaim(new_id(), CASE, 300.0)


def test_a_check_in_in_mid_ride_was_made_on_the_way() -> None:
    (made,) = on_the_way(a_ride(), [CLAIM], [])
    assert made.check_in == CLAIM
    assert made.before_mps == pytest.approx(8.0)
    assert made.after_mps == pytest.approx(8.0)


@pytest.mark.parametrize(
    ("day", "stays"),
    [
        (a_ride(stops_at_s=300), []),  # arrives and taps
        (a_ride(every_s=90), []),  # too few pings to tell
        (replace(a_ride(), accuracy_m=np.full(60, 900.0)), []),  # cell towers
        (a_ride(), [Stay(700, 900, frozenset({CASE}))]),  # taps at the corner, then stays
    ],
)
def test_a_check_in_is_not_held_to_be_on_the_way(day: PhoneDay, stays: list[Stay]) -> None:
    assert on_the_way(day, [CLAIM], stays) == []


def test_a_stay_at_another_customer_excuses_nothing() -> None:
    assert on_the_way(a_ride(), [CLAIM], [Stay(700, 900, frozenset({new_id()}))])


@pytest.mark.parametrize(
    ("distance_m", "accuracy_m", "beyond"),
    [
        (1500.0, 10.0, 1430.0),
        (1500.0, None, 1250.0),
        (500.0, 10.0, None),
        (1500.0, 500.0, None),
    ],
)
def test_a_receipt_is_far_away_beyond_the_fence_and_twice_the_error(
    distance_m: float, accuracy_m: float | None, beyond: float | None
) -> None:
    receipt = ReceiptClaim(new_id(), "T-000001", 0.0, distance_m, accuracy_m, 50.0, False)
    assert beyond_m(receipt) == beyond


@pytest.mark.parametrize(
    ("visits", "locked", "others_visits", "told"),
    [
        (50, 35, 400, True),
        (50, 14, 400, False),  # as the others
        (12, 12, 400, False),  # few visits
        (50, 35, 60, False),  # nobody to compare with
    ],
)
def test_locked_doors_are_told_when_colleagues_find_far_fewer(
    visits: int, locked: int, others_visits: int, told: bool
) -> None:
    outcomes = Outcomes(
        new_id(), new_id(), visits, locked, others_visits, others_visits // 4, (new_id(),)
    )
    assert bool(too_often([outcomes])) is told
