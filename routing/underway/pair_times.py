"""Travel times between many pairs of places at once."""

from collections.abc import Sequence

import numpy as np

from core.geometry import Floats, LatLon, distance_m
from routing.planner.problem import UNREACHABLE_S
from routing.travel.city import City, doors

AT_ONCE = 200
"""Pairs are read off square matrices of this size: their cost grows with its square."""

ASTRAY_MPS = 5.0
"""Where no street is near: the pace as the crow flies, detours included."""


def pair_times(city: City, origins: Sequence[LatLon], destinations: Sequence[LatLon]) -> Floats:
    """Seconds from each origin to the destination of the same number, along the streets."""
    if not origins:
        return np.empty(0)
    at = doors(city, [*origins, *destinations]).node
    here, there = at[: len(origins)], at[len(origins) :]
    travel_s = np.full(len(origins), float(UNREACHABLE_S))
    near = np.flatnonzero((here >= 0) & (there >= 0))
    for first in range(0, len(near), AT_ONCE):
        some = near[first : first + AT_ONCE]
        starts, row = np.unique(here[some], return_inverse=True)
        ends, column = np.unique(there[some], return_inverse=True)
        travel_s[some] = city.times.matrix(starts, ends)[row, column]
    for astray in np.flatnonzero(travel_s >= UNREACHABLE_S).tolist():
        apart_m = distance_m(origins[astray], destinations[astray])
        travel_s[astray] = apart_m / ASTRAY_MPS
    return travel_s
