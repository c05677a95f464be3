"""Places: which door, or none."""

from dataclasses import replace
from uuid import UUID

import numpy as np
import pytest

from core.geometry import LatLon
from geofence.fence import Fence
from geofence.place import ManualCheckIn, Priors, places_of, posteriors
from geofence.stays import Stay
from geofence.track import Spot
from tests.geofence.acted_pings import PLANE
from tests.geofence.shapes.outlines import at, box, drawn

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


MARKET = Fence(FAR, fence(FAR, 0).center, 50, drawn(box(240, 160)))
"""Premises around the origin; the plane of these tests is another one than the outlines'."""


def at_market(x: float, y: float = 0, error_m: float = 5) -> Stay:
    lat, lon = at(x, y)
    px, py = PLANE.xy(np.array([lat]), np.array([lon]))
    return Stay(0, 9, 0, 420, Spot(float(px[0]), float(py[0]), 8, error_m), 30, True)


@pytest.mark.parametrize(("x", "y"), [(0, 0), (100, 0), (-100, 60)])
def test_anywhere_on_the_premises_is_at_the_customers(x: float, y: float) -> None:
    assert chances(at_market(x, y), planned=(FAR,), fences=[MARKET])[0][0] > 0.9
    assert chances(at_market(x, y), fences=[MARKET])[0][0] > 0.5


def test_outside_the_premises_is_elsewhere() -> None:
    assert chances(at_market(120 + 40), planned=(FAR,), fences=[MARKET])[0][0] < 0.1


def test_a_shop_within_the_premises_is_the_likelier_place_at_its_door() -> None:
    shop = Fence(HERE, at(60, 30), 50)
    at_shop = chances(at_market(60, 30), fences=[MARKET, shop])[0]
    elsewhere = chances(at_market(-80, -30), fences=[MARKET, shop])[0]
    assert at_shop[0] > 3 * at_shop[1]
    assert elsewhere[1] > 3 * elsewhere[0]


def test_a_large_plant_is_a_place_too() -> None:
    plant = Fence(FAR, at(0, 0), 50, drawn(box(1000, 800)))
    assert chances(at_market(300, -200), planned=(FAR,), fences=[plant])[0][0] > 0.9


def test_distances_are_from_the_ground_where_there_is_one() -> None:
    places = places_of([MARKET, fence(HERE, 0)], (), PLANE, Priors())
    market = next(n for n, ids in enumerate(places.fence_ids) if ids == (FAR,))
    spot = at_market(150).spot
    assert places.distance_m(market, spot.x, spot.y) == pytest.approx(30, abs=0.2)


def test_a_place_is_the_agents_own_where_nobody_else_vouches_for_a_fence_of_it() -> None:
    me, other = UUID(int=71), UUID(int=72)

    def places(*witnesses: UUID | None) -> frozenset[int]:
        fences = [
            replace(fence(UUID(int=n + 1), 0), sole_witness=witness)
            for n, witness in enumerate(witnesses)
        ]
        return places_of(fences, (), PLANE, Priors(), me).own

    assert places(me) == {0}
    assert places(other) == frozenset()
    assert places(None) == frozenset()
    assert places(me, None) == {0}, "a pin on a neighbor's point proves no more"
