"""How an agent gets about: on foot, on a two-wheeler, by car."""

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

AccessBits = NDArray[np.uint8]


class Profile(StrEnum):
    """A way of getting about, as ``agent_profile.vehicle`` has it."""

    WALKING = "walking"
    TWO_WHEELER = "two_wheeler"
    CAR = "car"

    @property
    def bit(self) -> int:
        """Its bit in ``StreetGraph.edge_access``."""
        return _BITS[self]


_BITS = {Profile.WALKING: 1, Profile.TWO_WHEELER: 2, Profile.CAR: 4}

NOBODY = 0
MOTOR = Profile.TWO_WHEELER.bit | Profile.CAR.bit
EVERYBODY = MOTOR | Profile.WALKING.bit

WALK_MPS = 1.2
"""Walking speed of adults as traffic engineering takes it (HCM 2010: 4 ft/s)."""

STEPS_MPS = 0.6
"""Along a flight of steps, seen from above: half as fast as on the level."""


def words(profile: Profile) -> str:
    """For sentences: ``on foot``, ``by two-wheeler``, ``by car``."""
    return "on foot" if profile is Profile.WALKING else f"by {profile.replace('_', '-')}"
