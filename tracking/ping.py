"""A ping: what a device reported of where it was, once."""

from datetime import datetime
from math import inf
from typing import Any

from msgspec import Struct
from msgspec.structs import force_setattr

from core.said import say

_RANGES = (
    ("lat", -90.0, 90.0, "degrees from -90 to 90"),
    ("lon", -180.0, 180.0, "degrees from -180 to 180"),
    ("accuracy_m", -inf, 1e6, "metres up to 1,000,000"),
    ("speed_mps", -inf, 1000.0, "metres a second up to 1000"),
    ("heading_deg", -inf, 360.0, "degrees from 0 to 360"),
    ("altitude_m", -1e4, 1e5, "metres from -10,000 to 100,000"),
    ("battery_pct", -inf, 100.0, "percent from 0 to 100"),
)
# Phones say "unknown" with a negative number; an accuracy of 0 is what they send without one.
_NEGATIVE_IS_UNKNOWN = ("accuracy_m", "speed_mps", "heading_deg", "battery_pct")


class Ping(Struct, frozen=True, gc=False):
    """A position with the time at which the device took it.

    Making one checks it: ValueError names the field and says what would be right. None means
    unknown, and so do a negative accuracy, speed, heading or battery and an accuracy of 0.
    `attributes` is what the app told beyond that (``event``, ``ignition``, …), by its own names.
    """

    captured_at: datetime
    lat: float
    lon: float
    accuracy_m: float | None = None
    speed_mps: float | None = None
    heading_deg: float | None = None
    altitude_m: float | None = None
    battery_pct: float | None = None
    mock: bool = False
    attributes: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        # What nearly every ping is, in one expression: this runs for each one that comes in.
        accuracy_m, speed_mps, heading_deg = self.accuracy_m, self.speed_mps, self.heading_deg
        altitude_m, battery_pct = self.altitude_m, self.battery_pct
        if not (
            self.captured_at.tzinfo is not None
            and -90.0 <= self.lat <= 90.0
            and -180.0 <= self.lon <= 180.0
            and (accuracy_m is None or 0.0 < accuracy_m <= 1e6)
            and (speed_mps is None or 0.0 <= speed_mps <= 1000.0)
            and (heading_deg is None or 0.0 <= heading_deg <= 360.0)
            and (altitude_m is None or -1e4 <= altitude_m <= 1e5)
            and (battery_pct is None or 0.0 <= battery_pct <= 100.0)
        ):
            self._judge()

    def _judge(self) -> None:
        """Say what is wrong, or put None where the phone says "unknown" in its own way."""
        if self.captured_at.tzinfo is None:
            raise ValueError(say("captured_at: a time with its zone"))
        for name, low, high, expected in _RANGES:
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise ValueError(say("{name}: {expected}", name=name, expected=expected))
        for name in _NEGATIVE_IS_UNKNOWN:
            value = getattr(self, name)
            if value is not None and value < 0:
                force_setattr(self, name, None)
        if self.accuracy_m == 0:
            force_setattr(self, "accuracy_m", None)


class Unusable(Struct, frozen=True):
    """A part of a message that is no ping: why, and its bytes for a person to look at."""

    reason: str
    body: bytes


Item = Ping | Unusable
"""What a decoder makes of each part of a message."""
