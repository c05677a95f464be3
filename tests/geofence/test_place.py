"""Places: which door, or none."""

from uuid import UUID

import numpy as np
import pytest

from core.geometry import LatLon
from geofence.fence import Fence
from geofence.place import ManualCheckIn, Priors, places_of, posteriors
from geofence.stays import Stay
from geofence.track import Spot
from tests.geofence.acted_pings import PLANE

HERE, NEXT, FAR = UUID(int=1), UUID(int=2), UUID(int=3)


def fence(fence_id: UUID, x: float, y: float = 0) -> Fence:
    lat, lon = PLANE.latlon(np.array([x]), np.array([y]))
    return Fence(fence_id, LatLon(float(lat[0]), float(lon[0])), 50)


def stay(x: float, dwell_s: float = 420, error_m: float = 5, began_at: float = 0) -> Stay:
    return Stay(0, 9, began_at, began_at + dwell_s, Spot(x, 0, 8, error_m), 30, True)


ROW = [fence(HERE, 0), fence(NEXT, 30), fence(FAR, 500)]


def chances(
    *stays: Stay,
    planned: tuple[UUID, ...] = (),
    check_ins: tuple[ManualCheckIn, ...] = (),
    fences: list[Fence] = ROW,
) -> list[list[float]]:
    places = places_of(fences, planned, PLANE, Priors())
    found: list[list[float]] = posteriors(places, stays, check_ins, Priors()).tolist()
    return found


def test_fences_at_one_point_are_one_place_planned_if_one_of_them_is() -> None:
    block = [fence(FAR, 0), fence(HERE, 0), fence(NEXT, 0.2)]
    places = places_of(block, {FAR}, PLANE, Priors())
    assert places.fence_ids == ((HERE, FAR), (NEXT,))
    assert places.chance.tolist() == [Priors().planned, Priors().other]


@pytest.mark.parametrize(
    ("x", "best"),
    [(0, 0), (5, 0), (25, 1), (33, 1)],
)
def test_the_nearest_door_wins_when_nothing_else_is_known(x: float, best: int) -> None:
    assert int(np.argmax(chances(stay(x))[0])) == best


def test_without_any_plan_all_customers_are_alike() -> None:
    assert set(places_of(ROW, (), PLANE, Priors()).chance) == {Priors().unknown}


def test_far_from_every_door_is_at_none() -> None:
    assert sum(chances(stay(200), planned=(HERE, NEXT))[0]) < 0.01


def test_the_plan_decides_between_doors_but_not_against_the_pings() -> None:
    between, at_next = stay(15), stay(45)
    assert chances(between, planned=(HERE,))[0][0] > 0.7
    assert int(np.argmax(chances(at_next, planned=(HERE,))[0])) == 1
    assert chances(stay(95), planned=(HERE, NEXT))[0][0] < 0.1


def test_a_check_in_lifts_its_customer_and_no_more_than_weakly() -> None:
    claim = (ManualCheckIn(NEXT, 100.0),)
    without, with_claim = chances(stay(-5))[0], chances(stay(-5), check_ins=claim)[0]
    assert without[1] < with_claim[1] < with_claim[0]
    far_claim = (ManualCheckIn(FAR, 100.0),)
    assert chances(stay(-5), check_ins=far_claim)[0] == pytest.approx(without)


def test_a_check_in_at_another_time_says_nothing() -> None:
    assert chances(stay(5), check_ins=(ManualCheckIn(NEXT, 5_000.0),)) == chances(stay(5))


def test_a_red_light_before_the_door_is_less_of_a_visit_than_seven_minutes() -> None:
    assert sum(chances(stay(5, dwell_s=60))[0]) < sum(chances(stay(5))[0])


def test_a_clear_neighbor_soon_after_decides_a_doubtful_stay() -> None:
    doubtful, clear = stay(15), stay(40, began_at=600)
    assert chances(doubtful)[0][0] == pytest.approx(chances(doubtful)[0][1])
    with_clear = chances(doubtful, clear)[0]
    assert with_clear[0] > 1.5 * with_clear[1]


def test_a_stay_hours_later_says_nothing_about_this_one() -> None:
    doubtful, later = stay(15), stay(40, began_at=10_000)
    assert chances(doubtful, later)[0] == pytest.approx(chances(doubtful)[0])
