"""The ground around each part's streets, as shapes that touch without overlapping."""

import numpy as np
import shapely
from numpy.typing import NDArray

from allocation.territories.proposals.streets import Ints, Sites
from core.geometry import LocalPlane

REACH_M = 300.0
"""A home farther from the streets than this is no place to go to; nor is the ground there cut."""

GRID_M = 0.1
"""Corners are put on a grid: where two cells meet, neither gap nor overlap is left."""

ARC_STEPS = 4
OUTSIDE = 1 / np.cos(np.pi / 4 / ARC_STEPS)
"""A polygon around the circle rather than in it."""


def shapes_of(sites: Sites, label: Ints, count: int) -> NDArray[np.object_]:
    """A polygon or multipolygon per part, in meters: what is nearer to its points than to others'.

    `label` is the part of each node. Whatever is nearest to a site is in that site's shape.
    """
    part = label[sites.node]
    points = np.asarray(shapely.points(sites.x_m, sites.y_m))
    frame = shapely.buffer(shapely.box(*_bounds(sites)), 2 * REACH_M)
    cells = shapely.get_parts(
        shapely.voronoi_polygons(shapely.multipoints(points), extend_to=frame, ordered=True)
    )
    # Only cells at the edge of town go farther than anybody walks.
    ends, cell = shapely.get_coordinates(cells, return_index=True)
    far = np.hypot(ends[:, 0] - sites.x_m[cell], ends[:, 1] - sites.y_m[cell]) > REACH_M
    wide = np.unique(cell[far])
    around = shapely.buffer(points[wide], REACH_M * OUTSIDE, quad_segs=ARC_STEPS)
    cells[wide] = shapely.intersection(cells[wide], around)
    order = np.argsort(part, kind="stable")
    starts = np.searchsorted(part[order], np.arange(count + 1))
    shapes = np.empty(count, dtype=object)
    for number in range(count):
        mine = order[starts[number] : starts[number + 1]]
        shapes[number] = _polygons(shapely.union_all(cells[mine], grid_size=GRID_M))
    return shapes


def _bounds(sites: Sites) -> tuple[float, float, float, float]:
    return (
        float(sites.x_m.min()), float(sites.y_m.min()),
        float(sites.x_m.max()), float(sites.y_m.max()),
    )  # fmt: skip


def _polygons(shape: shapely.Geometry) -> shapely.MultiPolygon:
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    return shapely.MultiPolygon(parts)


def roundness(shapes: NDArray[np.object_]) -> NDArray[np.float64]:
    """Polsby and Popper (1991): 4π area / perimeter²; 1 for a disk, towards 0 for ragged ones."""
    perimeter_m = shapely.length(shapes)
    round_: NDArray[np.float64] = 4 * np.pi * shapely.area(shapes) / np.maximum(perimeter_m, 1) ** 2
    return round_


def on_the_globe(shape: shapely.Geometry, plane: LocalPlane) -> shapely.Geometry:
    """A shape in meters as one in degrees."""

    def degrees(points: NDArray[np.float64]) -> NDArray[np.float64]:
        lat, lon = plane.latlon(points[:, 0], points[:, 1])
        return np.column_stack([lon, lat])

    return shapely.transform(shape, degrees)
