"""The sea out of OpenStreetMap's coastline, which is drawn with the land on its left."""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Line = Sequence[tuple[float, float]]
Points = NDArray[np.float64]

_BESIDE_DEG = 1e-7  # about a centimeter: enough to be on one side of a line
_CLIPPED_DEG = 0.002  # about 200 m: an extract lacks the nodes just outside its box


def sea(coastline: Sequence[Line], box: tuple[float, float, float, float]) -> BaseGeometry:
    """The part of `box` (west, south, east, north) on the right of the coastline, in degrees.

    `coastline` are lists of (lon, lat). A face of the box without a piece of coast at its edge is
    land: where nothing says sea, none is drawn. A line that stops just before the box goes on to
    it. Empty when no coastline crosses the box.
    """
    frame = shapely.box(*box)
    whole = shapely.line_merge(shapely.MultiLineString(list(coastline)), directed=True)
    lines = [_to_the_frame(line, frame).intersection(frame) for line in shapely.get_parts(whole)]
    pieces = [p for line in lines for p in shapely.get_parts(line) if p.geom_type == "LineString"]
    if not pieces:
        return shapely.Polygon()
    edges = shapely.union_all([frame.boundary, *pieces])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(edges)))
    rights = np.concatenate([_right_of(piece) for piece in pieces])
    lefts = np.concatenate([_left_of(piece) for piece in pieces])
    wet = [face for face in faces if _count(face, rights) > _count(face, lefts)]
    return shapely.union_all(wet)


def _to_the_frame(line: shapely.LineString, frame: shapely.Polygon) -> shapely.LineString:
    """The line, with each loose end inside the frame and near its edge led to that edge."""
    if line.is_ring:
        return line
    points = shapely.get_coordinates(line)
    for end in (0, -1):
        tip = shapely.Point(points[end])
        way_out = shapely.shortest_line(tip, frame.boundary)
        if frame.contains(tip) and way_out.length <= _CLIPPED_DEG:
            edge = shapely.get_coordinates(way_out)[1:]
            points = np.concatenate([edge, points] if end == 0 else [points, edge])
    return shapely.LineString(points)


def _right_of(line: shapely.LineString) -> Points:
    """A point just right of the middle of each step along a line."""
    points = shapely.get_coordinates(line)
    step = np.diff(points, axis=0)
    length = np.maximum(np.hypot(step[:, :1], step[:, 1:]), 1e-15)
    beside = np.stack([step[:, 1], -step[:, 0]], axis=1) / length * _BESIDE_DEG
    return (points[:-1] + points[1:]) / 2 + beside


def _left_of(line: shapely.LineString) -> Points:
    return _right_of(shapely.reverse(line))


def _count(face: BaseGeometry, points: Points) -> int:
    return int(shapely.contains_xy(face, points).sum())
