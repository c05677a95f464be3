"""Where the positions of a day meet the streets: matrices and ways between them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.geometry import LatLon
from routing.planner.problem import UNREACHABLE_S, Metres, Seconds
from routing.travel.city import City, Doors, Way, doors, way


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Positions with the streets of one vehicle around them, a row each."""

    city: City
    vehicle: str
    positions: tuple[LatLon, ...]
    at: Doors

    def on_streets(self) -> list[bool]:
        """Which of them a street is near."""
        found: list[bool] = (self.at.node >= 0).tolist()
        return found

    def some(self, rows: Sequence[int]) -> "Places":
        """Only these rows, in this order."""
        at = Doors(self.at.node[list(rows)], self.at.walk_s[list(rows)])
        return Places(self.city, self.vehicle, tuple(self.positions[row] for row in rows), at)

    def walk_s(self, row: int) -> int:
        """The way on foot from the street to the door."""
        return int(self.at.walk_s[row])

    def travel_s(self) -> Seconds:
        """Between all of them; 0 from and to where no street is near."""
        seconds = self.city.times.matrix(np.maximum(self.at.node, 0))
        off = self.at.node < 0
        seconds[off, :] = seconds[:, off] = 0
        return seconds

    def distance_m(self, travel_s: Seconds) -> Metres:
        """Metres of the ways that `travel_s` counts the seconds of."""
        metres = np.zeros(travel_s.shape, dtype=np.float64)
        for row, column in zip(
            *np.nonzero((travel_s > 0) & (travel_s < UNREACHABLE_S)), strict=True
        ):
            nodes = int(self.at.node[row]), int(self.at.node[column])
            metres[row, column] = self.city.times.path(*nodes).length_m
        return metres

    def way(self, row: int, column: int) -> Way:
        """The way from one of them to another; straight where no street is near one."""
        one, other = self.positions[row], self.positions[column]
        nodes = int(self.at.node[row]), int(self.at.node[column])
        if min(nodes) < 0:
            return Way(((one.lon, one.lat), (other.lon, other.lat)), 0.0)
        return way(self.city, one, other, nodes)


def places(city: City, vehicle: str, positions: Sequence[LatLon], lines: Sequence[str]) -> Places:
    """Where `positions` meet the streets; `lines` are their addresses as they are written."""
    del lines  # until streets are looked up by name
    return Places(city, vehicle, tuple(positions), doors(city, positions))
