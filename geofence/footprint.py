"""Footprints: how likely a stay's center is to be found where, given that it was on a polygon."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import shapely
from scipy.special import ndtr

from core.geometry import Floats, LatLon, LocalPlane
from geofence.polygon import Polygon, area_m2, outside_m, shape_of

CELLS = 16
"""Cells along the longer side. Inside the raster is exact; at a slanting edge it is off by less
than half a cell, where a phone's error of 8 m and more blurs cells of a 250 m side."""


@dataclass(frozen=True, slots=True, eq=False)
class Footprint:
    """A polygon as a raster on a plane: `covered` is each cell's share of ground, shape (x, y).

    `x_edges` and `y_edges` ascend, in metres.
    """

    x_edges: Floats
    y_edges: Floats
    covered: Floats
    area_m2: float
    polygon: Polygon
    plane: LocalPlane

    def inside(self, x: Floats, y: Floats, variance: Floats) -> Floats:
        """The probability that what was seen at (x, y), with this error per axis, is on the
        ground. For a cell it is a product of two normal distributions, and they add up."""
        sigma = np.sqrt(variance)[:, None]
        across = np.diff(ndtr((self.x_edges - x[:, None]) / sigma), axis=1)
        along = np.diff(ndtr((self.y_edges - y[:, None]) / sigma), axis=1)
        share: Floats = ((across @ self.covered) * along).sum(axis=1)
        return share

    def density(self, x: Floats, y: Floats, variance: Floats) -> Floats:
        """How dense (per m²) a uniformly chosen point of the ground is seen at (x, y): the uniform
        density convolved with the normal error, exactly for the raster."""
        return self.inside(x, y, variance) / self.area_m2

    def distance_m(self, x: float, y: float) -> float:
        """Metres from (x, y) to the ground; 0 on it."""
        lat, lon = self.plane.latlon(np.array([x]), np.array([y]))
        return outside_m(self.polygon, LatLon(float(lat[0]), float(lon[0])))


def footprint_of(polygon: Polygon, plane: LocalPlane) -> Footprint:
    """The footprint of a polygon on a plane near it."""
    lon, lat, covered = _raster(polygon)
    x, _ = plane.xy(np.zeros_like(lon), lon)
    _, y = plane.xy(lat, np.zeros_like(lat))
    return Footprint(x, y, covered, area_m2(polygon), polygon, plane)


@lru_cache(maxsize=4096)
def _raster(polygon: Polygon) -> tuple[Floats, Floats, Floats]:
    """Edges in degrees and covered shares; planes only scale degrees, so it serves them all."""
    shape = shape_of(polygon)
    west, south, east, north = shape.bounds
    narrow = np.cos(np.radians((south + north) / 2))
    side = max((east - west) * narrow, north - south) / CELLS
    lon = np.linspace(west, east, 1 + max(1, round((east - west) * narrow / side)))
    lat = np.linspace(south, north, 1 + max(1, round((north - south) / side)))
    cells = shapely.box(lon[:-1, None], lat[None, :-1], lon[1:, None], lat[None, 1:])
    shapely.prepare(shape)
    ground = shapely.area(shapely.intersection(cells, shape))
    return lon, lat, ground / shapely.area(cells)
