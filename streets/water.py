"""Where the open water of a city lies, so that nobody is sent across it on foot."""

from collections.abc import Sequence

import numpy as np
import shapely

from core.geometry import Floats, LatLon, LocalPlane
from streets.graph import Bools

WET_M = 20.0
"""So much of a straight walk may lie in water: quays and geocodes are not exact to the meter."""


class Water:
    """Lakes, rivers and the sea, on a plane around a city. Threads may share it."""

    def __init__(self, outlines: Sequence[shapely.Geometry], center: LatLon) -> None:
        """`outlines` are (lon, lat) polygons in degrees."""
        self._plane = LocalPlane(center)
        self._parts = np.asarray(
            shapely.transform(
                shapely.get_parts(np.array(outlines, object)),
                lambda lonlat: np.stack(self._plane.xy(lonlat[:, 1], lonlat[:, 0]), axis=1),
            ),
            object,
        )
        shapely.prepare(self._parts)
        self._tree = shapely.STRtree(self._parts)

    def lies_between(self, lat: Floats, lon: Floats, to_lat: Floats, to_lon: Floats) -> Bools:
        """Per straight line between two positions whether more than `WET_M` of it are in water."""
        wet = np.zeros(len(lat), np.bool_)
        if not len(self._parts) or not len(lat):
            return wet
        here = np.stack(self._plane.xy(lat, lon), axis=1)
        there = np.stack(self._plane.xy(to_lat, to_lon), axis=1)
        long = np.flatnonzero(np.hypot(*(there - here).T) > WET_M)
        lines = np.asarray(shapely.linestrings(np.stack([here[long], there[long]], axis=1)))
        row, part = self._tree.query(lines)
        meets = np.asarray(shapely.intersects(self._parts[part], lines[row]))
        row, part = row[meets], part[meets]
        in_water_m = shapely.length(shapely.intersection(lines[row], self._parts[part]))
        total_m = np.bincount(row, weights=in_water_m, minlength=len(long))
        wet[long] = total_m > WET_M
        return wet


DRY = Water((), LatLon(0.0, 0.0))
"""Of a city whose source tells nothing of water."""
