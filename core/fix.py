"""A position that a phone shows together with a fact."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.geometry import LatLon


@dataclass(frozen=True, slots=True)
class Fix:
    """What the phone said about its position. `mock` is the phone's own flag."""

    position: LatLon
    accuracy_m: float | None
    captured_at: datetime
    mock: bool = False

    def as_json(self) -> dict[str, Any]:
        """As the JSON columns of facts hold it."""
        return {
            "lat": self.position.lat,
            "lon": self.position.lon,
            "accuracy_m": self.accuracy_m,
            "captured_at": self.captured_at.isoformat(),
            "mock": self.mock,
        }
