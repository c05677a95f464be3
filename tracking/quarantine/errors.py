"""What can go wrong with what is in quarantine."""

from dataclasses import dataclass
from datetime import datetime

from core.errors import Conflict, NotFound, Refused
from core.said import say


@dataclass(eq=False)
class EntryNotFound(NotFound):
    """There is no such entry in the quarantine of your branches."""

    id: str


@dataclass(eq=False)
class AlreadyResolved(Conflict):
    """This entry has been dealt with."""

    id: str
    resolution: str
    resolved_at: datetime

    @property
    def detail(self) -> str:
        return say(
            "It was {resolution} at {resolved_at:%Y-%m-%d %H:%M} UTC",
            resolution=self.resolution,
            resolved_at=self.resolved_at,
        )


@dataclass(eq=False)
class StillUnusable(Refused):
    """This message still cannot be used."""

    id: str
    reason: str

    @property
    def detail(self) -> str:
        return say("{reason}. Dismiss it if nothing is to be done about that", reason=self.reason)
