"""Stays on an address's point to the meter: where a map puts the door, and nobody stands."""

from collections.abc import Sequence

import numpy as np
from scipy.spatial import cKDTree

from core.geometry import LatLon
from core.said import say
from geofence.spoofing.course import Course
from geofence.spoofing.suspicion import RAREST, Figure, Suspicion, chance

HIT_M = 1.5
EXACT_M = 0.3
REACH_M = 60.0
FEWEST = 3
GRANTED = 0.1
"""A stay's center is off by three meters under the best sky, its agent stands some meters before
the door, and the point is a roof's middle: with 5 m in all, ``1 − exp(−1.5² / (2 · 5²))`` = 4 % of
honest stays hit it. A single ping within 0.3 m has 0.2 %, and a stay is worth some ten that are
independent; in all, a tenth of the doors is granted."""


def geocode_hits(course: Course, doors: Sequence[LatLon]) -> list[Suspicion]:
    """Doors met on their point, three or more, and more than chance explains.

    A stay's center within 1.5 m meets it, and any ping within 0.3 m. Only doors are asked that the
    phone came within 60 m of; each counts once, however often it was visited.
    """
    if not doors:
        return []
    lat, lon = (np.array(column) for column in zip(*doors, strict=True))
    tree = cKDTree(np.column_stack(course.plane.xy(lat, lon)))
    here = np.column_stack((course.x, course.y))
    off_m, nearest = (np.asarray(c) for c in tree.query(here, distance_upper_bound=REACH_M))
    exact = np.flatnonzero(off_m <= EXACT_M)
    spots = [(np.median(course.x[a:b]), np.median(course.y[a:b])) for a, b in course.stays]
    stay_off_m, stay_door = (np.asarray(c) for c in tree.query(np.array(spots).reshape(-1, 2)))
    stayed = np.flatnonzero(stay_off_m <= HIT_M)
    hit = np.union1d(nearest[exact], stay_door[stayed])
    if len(hit) < FEWEST:
        return []
    doors_near = np.unique(nearest[off_m <= REACH_M])
    rate = chance(len(hit) / len(doors_near), GRANTED, len(doors_near))
    if rate > 0.05:
        return []
    rows = np.concatenate([exact, *(np.arange(*course.stays[n]) for n in stayed)]).astype(int)
    t_s = course.day.t_s[rows]
    return [
        Suspicion(
            "geocode-hits",
            say(
                "{hit} of {doors_near} doors were met on the address's point to {hit_m:g} m",
                hit=len(hit),
                doors_near=len(doors_near),
                hit_m=HIT_M,
            ),
            float(t_s.min()),
            float(t_s.max()),
            max(rate, RAREST),
            (Figure("hits", len(hit)), Figure("doors", len(doors_near))),
        )
    ]
