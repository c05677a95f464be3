"""Our detector on a simulated day; only this file knows it."""

from time import perf_counter
from uuid import UUID

from benchmarks._visit_day import VisitDay
from benchmarks._visit_doors import QUALITIES
from benchmarks._visit_score import Found
from core.geometry import LatLon
from geofence.detect import DetectedVisit, detect
from geofence.fence import Fence, GeocodeQuality, radius_for
from geofence.ping_window import ping_window
from geofence.place import ManualCheckIn
from geofence.verdict import Level


def fence_id(customer: int) -> UUID:
    """The fence around a customer's address."""
    return UUID(int=customer + 1)


def fences_of(day: VisitDay) -> tuple[Fence, ...]:
    """The office's fences: one for each customer, sized by geocode quality."""
    lat, lon = day.plane.latlon(*day.doors.geocode.T)
    return tuple(
        Fence(
            fence_id(customer),
            LatLon(float(lat[door]), float(lon[door])),
            radius_for(GeocodeQuality(QUALITIES[day.doors.quality[door]].name)),
        )
        for door, customers in enumerate(day.doors.customers)
        for customer in customers
    )


def detected(day: VisitDay, with_plan: bool = True) -> tuple[DetectedVisit, ...]:
    """What our detector makes of the pings as they arrived."""
    came = day.arrived
    return detect(
        ping_window(came.t_s, came.lat, came.lon, came.accuracy_m, came.mock, came.speed_mps),
        fences_of(day),
        frozenset(map(fence_id, day.planned)) if with_plan else (),
        [ManualCheckIn(fence_id(c.customer), c.at_s) for c in day.check_ins],
    )


def told(day: VisitDay, visits: tuple[DetectedVisit, ...]) -> list[Found]:
    """Detected visits by door."""
    door_of = {
        fence_id(customer): door
        for door, customers in enumerate(day.doors.customers)
        for customer in customers
    }
    return [
        Found(
            door_of[visit.fence_ids[0]],
            visit.began_at,
            visit.ended_at,
            visit.verdict.level is Level.VERIFIED,
        )
        for visit in visits
    ]


def recompute_s(day: VisitDay) -> float:
    """Seconds to recompute this day from its arrays as they arrived."""
    came, fences = day.arrived, fences_of(day)
    planned = frozenset(map(fence_id, day.planned))
    check_ins = [ManualCheckIn(fence_id(c.customer), c.at_s) for c in day.check_ins]
    began = perf_counter()
    window = ping_window(came.t_s, came.lat, came.lon, came.accuracy_m, came.mock, came.speed_mps)
    detect(window, fences, planned, check_ins)
    return perf_counter() - began
