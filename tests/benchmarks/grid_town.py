"""A town for simulated days: 22 × 22 crossings, 110 m apart."""

import functools
import math

from benchmarks._visit_streets import City
from core.geometry import METRES_PER_DEGREE
from streets.network import from_raw
from streets.raw import RawStreets, Way

SIDE, BLOCK_M = 22, 110.0
SOUTH, WEST = -29.9, -71.25


@functools.cache
def grid_town() -> City:
    step = BLOCK_M / METRES_PER_DEGREE
    nodes = {
        1 + row * SIDE + column: (
            SOUTH + row * step,
            WEST + column * step / math.cos(math.radians(SOUTH)),
        )
        for row in range(SIDE)
        for column in range(SIDE)
    }
    rows = [tuple(1 + row * SIDE + column for column in range(SIDE)) for row in range(SIDE)]
    columns = list(zip(*rows, strict=True))
    ways = [
        Way(line, "residential", f"Street {number}", math.nan, forward=True, backward=True)
        for number, line in enumerate(rows + columns)
    ]
    return City(from_raw(RawStreets("Grid", nodes, ways)))
