"""The phone itself says that positions were made up."""

import numpy as np

from core.said import say
from geofence.spoofing.phone_day import PhoneDay
from geofence.spoofing.suspicion import RAREST, Figure, Suspicion

BY_ACCIDENT = 3
"""So many pings take an app that makes positions up; one or two may be left over from a test."""


def mock(day: PhoneDay) -> list[Suspicion]:
    """Pings with the mock flag.

    Android marks each position that did not come from its own providers (``Location.isMock``), iOS
    those made by software (``isSimulatedBySoftware``). Honest phones have it with an external GPS
    receiver or in a developer's hands: hardly one phone in thousands. Single ones are commoner.
    """
    rows = np.flatnonzero(day.mock)
    if not len(rows):
        return []
    return [
        Suspicion(
            "mock-flag",
            say(
                "The phone itself marks {rows} of {day} positions as made up",
                rows=len(rows),
                day=len(day),
            ),
            float(day.t_s[rows].min()),
            float(day.t_s[rows].max()),
            RAREST if len(rows) >= BY_ACCIDENT else 0.02,
            (Figure("pings", len(rows)), Figure("share", len(rows) / len(day))),
        )
    ]
