"""A city of plain arrays as a street graph, so that the product can find its ways on tiles too."""

import numpy as np

from benchmarks._field_days import City
from streets.graph import Houses, StreetGraph, twins

METERS_PER_DEGREE = 111_195.0


def graph_of(city: City) -> StreetGraph:
    """The same nodes and edges, drawn straight, around the equator."""
    lat, lon = city.y_m / METERS_PER_DEGREE, city.x_m / METERS_PER_DEGREE
    count = len(city.edge_from)
    both = np.column_stack((city.edge_from, city.edge_to)).ravel()
    length_m = np.maximum(city.edge_length_m, 0.1)
    return StreetGraph(
        name="tiles",
        node_lat=lat,
        node_lon=lon,
        edge_from=city.edge_from,
        edge_to=city.edge_to,
        edge_length_m=length_m,
        edge_speed_kmh=length_m / np.maximum(city.edge_travel_s, 0.001) * 3.6,
        edge_street=np.full(count, -1, np.int32),
        edge_class=np.zeros(count, np.int8),
        edge_twin=twins(city.edge_from, city.edge_to, length_m),
        shape_lat=lat[both],
        shape_lon=lon[both],
        shape_start=np.arange(0, 2 * count + 1, 2, dtype=np.int32),
        street_names=(),
        class_names=("road",),
        houses=Houses.none(),
    )
