"""Small random street graphs: one-way streets, parallel ones, loops, closed ones, islands."""

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st

from streets.graph import Houses, StreetGraph, twins
from streets.road_class import CLASS_NAMES, class_number

FOOTWAY = class_number("footway")


@st.composite
def street_graphs(draw: st.DrawFn) -> StreetGraph:
    nodes = draw(st.integers(2, 7))
    node = st.integers(0, nodes - 1)
    streets = draw(
        st.lists(
            st.tuples(
                node,
                node,
                st.integers(20, 900),
                st.integers(1, 7),
                st.integers(0, 7),
                st.sampled_from([5.0, 30.0, 60.0]),
            ),
            min_size=1,
            max_size=14,
        )
    )
    return street_graph(streets, nodes)


def street_graph(
    streets: Sequence[tuple[int, int, float, int, int, float]], nodes: int
) -> StreetGraph:
    """Straight streets: (from, to, metres, access there, access back, km/h)."""
    ends, metres, access, kmh = [], [], [], []
    for number, (start, end, length_m, there, back, speed_kmh) in enumerate(streets):
        for tail, head, bits in ((start, end, there), (end, start, back)):
            if bits:
                ends.append((tail, head))
                metres.append(length_m + number / 10)  # no two streets are each other's way back
                access.append(bits)
                kmh.append(speed_kmh)
    edge_from, edge_to = np.array(ends, np.int32).T
    rng = np.random.default_rng(nodes)
    lat, lon = rng.uniform(0, 0.01, (2, nodes))
    shape = np.stack([edge_from, edge_to], axis=1)
    lengths_m = np.array(metres)
    return StreetGraph(
        name="Random",
        node_lat=lat,
        node_lon=lon,
        edge_from=edge_from,
        edge_to=edge_to,
        edge_length_m=lengths_m,
        edge_speed_kmh=np.array(kmh),
        edge_street=np.full(len(ends), -1, np.int32),
        edge_class=np.full(len(ends), FOOTWAY, np.int8),
        edge_twin=twins(edge_from, edge_to, lengths_m),
        shape_lat=lat[shape].ravel(),
        shape_lon=lon[shape].ravel(),
        shape_start=np.arange(0, 2 * len(ends) + 1, 2, dtype=np.int32),
        street_names=(),
        class_names=CLASS_NAMES,
        houses=Houses.none(),
        edge_access=np.array(access, np.uint8),
        edge_car_kmh=np.array(kmh) * 0.8,
    )
