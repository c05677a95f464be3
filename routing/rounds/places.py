"""Where the positions of a day meet the streets: matrices and ways between them."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.geometry import LatLon
from routing.planner.problem import Metres, Seconds
from routing.travel.city import City, Way, doors, nearest_doors, way
from routing.travel.doors import Doors, joined
from routing.travel.unreachable import Unreachable, obstacle
from streets.profile import Profile


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Doors of a city for whoever gets about by `profile`, a row each."""

    city: City
    profile: Profile
    at: Doors

    def position(self, row: int) -> LatLon:
        """Where it is."""
        return LatLon(float(self.at.lat[row]), float(self.at.lon[row]))

    def walk_s(self, row: int) -> int:
        """The way on foot from the street to the door."""
        return int(self.at.walk_s[row])

    def travel_s(self) -> Seconds:
        """Between all of them."""
        return self.city.travel_s(self.profile, self.at)

    def distance_m(self) -> Metres:
        """Metres of the ways between all of them."""
        return self.city.distance_m(self.profile, self.at)

    def way(self, row: int, column: int) -> Way:
        """The way from one of them to another."""
        return way(self.city, self.at, row, column, self.profile)


def obstacles(
    city: City, profile: Profile, positions: Sequence[LatLon], lines: Sequence[str]
) -> tuple[Doors, list[Unreachable | None]]:
    """Where `positions` meet the streets, and what keeps one from each of them."""
    found = doors(city, positions, profile, lines)
    return found, [obstacle(found, row, profile) for row in range(len(positions))]


def places(city: City, profile: Profile, ends: Sequence[LatLon], found: Doors) -> Places:
    """The ends of a round, however far from a street, and the doors that were found."""
    return Places(city, profile, joined(nearest_doors(city, ends, profile), found))
