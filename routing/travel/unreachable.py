"""Why a place cannot be planned, in words that say what to do about it."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from routing.travel.doors import Doors
from streets.profile import Profile, words
from streets.snap import WITHIN_M


class Obstacle(StrEnum):
    """What is in the way."""

    NOT_ON_THE_MAP = "not_on_the_map"
    FAR_FROM_STREETS = "far_from_streets"
    ACROSS_WATER = "across_water"
    NO_STREETS = "no_streets"


@dataclass(frozen=True, slots=True)
class Unreachable:
    """A place without a way to it. `distance_m` is to the nearest street of the profile, None where
    that is not known."""

    obstacle: Obstacle
    distance_m: float | None
    profile: Profile

    @property
    def text(self) -> str:
        """As a skipped case tells it."""
        if self.obstacle is Obstacle.NOT_ON_THE_MAP:
            return "its address is not on the map yet"
        if self.obstacle is Obstacle.NO_STREETS:
            return "no street network is loaded for its branch"
        if self.obstacle is Obstacle.ACROSS_WATER:
            return (
                f"open water lies between its address and the streets within {WITHIN_M:.0f} m;"
                " check its position"
            )
        if self.distance_m is None:
            return f"no street is known that is open {words(self.profile)}"
        return (
            f"no street within {WITHIN_M:.0f} m of its address {words(self.profile)}:"
            f" the nearest is {_distance(self.distance_m)} away"
        )


def obstacle(doors: Doors, row: int, profile: Profile) -> Unreachable | None:
    """What keeps one from the position of a row, None where nothing does."""
    if doors.edge[row] >= 0:
        return None
    away_m = float(doors.distance_m[row])
    if doors.wet[row]:
        return Unreachable(Obstacle.ACROSS_WATER, away_m, profile)
    known_m = away_m if np.isfinite(away_m) else None
    return Unreachable(Obstacle.FAR_FROM_STREETS, known_m, profile)


def _distance(metres: float) -> str:
    return f"{metres / 1_000:.1f} km" if metres >= 1_000 else f"{metres:.0f} m"
