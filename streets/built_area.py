"""Town, land and shore drawn from the streets themselves, where a source has little but streets.

All shapes are made in metres on a plane around the city and returned in degrees, as (lon, lat).
"""

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from core.geometry import LocalPlane
from streets.graph import Bools, StreetGraph
from streets.road_class import class_number

_BLOCK_M = 65.0  # half of what two parallel streets of one block may be apart
_RIBBON_M = 85.0  # half the width under which buildings along one road are no town
_YARD_M = 20.0  # left of a block's width where the town ends
_HOLE_M2 = 120_000.0  # fields and parks larger than this stay open inside the town
_HAMLET_M2 = 60_000.0
_TOLERANCE_M = 8.0
_AROUND_DEG = 0.5

_TOWN_STREETS = [
    class_number(name)
    for name in ("primary", "secondary", "tertiary", "residential", "living_street", "service")
]


def built_area(graph: StreetGraph) -> BaseGeometry:
    """Where streets lie as close together as in a town: polygons, or an empty one.

    Streets are widened to half a block and closed, which fills the blocks between them; then what
    is no wider than a row of houses along a country road is taken off again.
    """
    plane = LocalPlane(graph.center)
    town_streets = _lines(graph, plane, np.isin(graph.edge_class, _TOWN_STREETS))
    filled = _widened(town_streets).buffer(_RIBBON_M, quad_segs=2)
    core = filled.buffer(-2 * _RIBBON_M, quad_segs=2)
    return _degrees(_tidy(core.buffer(_RIBBON_M - _YARD_M, quad_segs=3)), plane)


def earth(graph: StreetGraph, water: BaseGeometry) -> BaseGeometry:
    """The land under the map: everything for half a degree around, except the `water` known."""
    box = graph.bounds
    ground = shapely.box(
        box.west - _AROUND_DEG,
        box.south - _AROUND_DEG,
        box.east + _AROUND_DEG,
        box.north + _AROUND_DEG,
    )
    return shapely.difference(ground, water)


def shore(graph: StreetGraph, sea: BaseGeometry, coarse_m: float) -> BaseGeometry:
    """A sea whose shore is stepped by `coarse_m`, made smooth and kept off every street."""
    plane = LocalPlane(graph.center)
    flat = shapely.transform(
        sea, lambda lonlat: np.stack(plane.xy(lonlat[:, 1], lonlat[:, 0]), axis=1)
    )
    smooth = flat.buffer(coarse_m).buffer(-2 * coarse_m).buffer(coarse_m)
    streets = _lines(graph, plane, np.ones(graph.edge_count, np.bool_))
    near = smooth.buffer(_BLOCK_M)
    shapely.prepare(near)
    dry = _widened(streets[shapely.intersects(near, streets)])
    return _degrees(shapely.simplify(smooth.difference(dry), _TOLERANCE_M), plane)


def _lines(graph: StreetGraph, plane: LocalPlane, wanted: Bools) -> NDArray[np.object_]:
    """The wanted streets, each once, with fewer bends."""
    x, y = plane.xy(graph.shape_lat, graph.shape_lon)
    edges = np.repeat(np.arange(graph.edge_count), np.diff(graph.shape_start))
    here = (graph.once & wanted)[edges]
    _, number = np.unique(edges[here], return_inverse=True)
    points = np.stack([x[here], y[here]], axis=1)
    if not len(points):
        return np.empty(0, object)
    return np.asarray(
        shapely.simplify(shapely.linestrings(points, indices=number), _TOLERANCE_M), object
    )


def _widened(lines: NDArray[np.object_]) -> BaseGeometry:
    """Half a block on both sides. Line by line: ten times faster than all of them at once."""
    return shapely.union_all(shapely.buffer(lines, _BLOCK_M, quad_segs=2))


def _tidy(town: BaseGeometry) -> BaseGeometry:
    """Without hamlets and small holes, and with fewer corners."""
    parts = [part for part in shapely.get_parts(town) if part.area >= _HAMLET_M2]
    solid = [
        shapely.Polygon(
            part.exterior, [r for r in part.interiors if shapely.Polygon(r).area >= _HOLE_M2]
        )
        for part in parts
    ]
    return shapely.make_valid(shapely.simplify(shapely.union_all(solid), _TOLERANCE_M))


def _degrees(shape: BaseGeometry, plane: LocalPlane) -> BaseGeometry:
    def lonlat(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        lat, lon = plane.latlon(xy[:, 0], xy[:, 1])
        return np.stack([lon, lat], axis=1)

    return shapely.transform(shape, lonlat)
