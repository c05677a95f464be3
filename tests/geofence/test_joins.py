"""Joins: pieces of one stay, or two visits next door."""

from uuid import UUID

import numpy as np
import pytest

from core.geometry import LatLon
from geofence.fence import Fence
from geofence.joins import joined
from geofence.place import Priors, evidence, places_of
from geofence.stays import Stay, stay_of
from geofence.track import Track, track_of
from tests.geofence.acted_pings import PLANE, Go, Stand, Step, acted

DOORS = [UUID(int=1), UUID(int=2)]


def pieces_of(track: Track, *seconds: tuple[float, float]) -> list[Stay]:
    """Stays over these stretches, in seconds from the track's first ping."""
    t = track.t_s - track.t_s[0]
    spans = [np.flatnonzero((t >= a) & (t <= b))[[0, -1]].tolist() for a, b in seconds]
    return [stay_of(track, first, last) for first, last in spans]


def count_joined(
    *steps: Step, parts: tuple[tuple[float, float], ...], doors_at: tuple[float, float]
) -> int:
    track = track_of(acted(Go(0, 0), *steps, every_s=10, noise_m=6), PLANE)
    lat, lon = PLANE.latlon(np.array(doors_at), np.zeros(2))
    fences = [
        Fence(i, LatLon(float(a), float(o)), 50) for i, a, o in zip(DOORS, lat, lon, strict=True)
    ]
    places = places_of(fences, DOORS, PLANE, Priors())
    pieces = pieces_of(track, *parts)
    return len(joined(track, pieces, lambda stays: evidence(places, stays, (), Priors())))


STOOD = (Stand(600),)
MOVED = (Stand(290), Go(50, 0, 2.5), Stand(290))
AWAY = (Stand(200), Go(300, 0, 5), Stand(200), Go(0, 0, 5), Stand(200))
SILENT = (Stand(200), Stand(600, True), Stand(200))

CASES = [
    ("one stand in two pieces", STOOD, ((0, 290), (310, 590)), (0, 50), 1),
    ("from door to door", MOVED, ((0, 290), (310, 590)), (0, 50), 2),
    ("a silent phone in between", SILENT, ((0, 200), (800, 990)), (0, 50), 1),
    ("away and back", AWAY, ((0, 200), (520, 710)), (0, 50), 2),
    ("no pieces", STOOD, (), (0, 50), 0),
]


@pytest.mark.parametrize(
    ("steps", "parts", "doors_at", "count"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_pieces(
    steps: tuple[Step, ...],
    parts: tuple[tuple[float, float], ...],
    doors_at: tuple[float, float],
    count: int,
) -> None:
    assert count_joined(*steps, parts=parts, doors_at=doors_at) == count
