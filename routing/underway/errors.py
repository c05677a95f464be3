"""What can go wrong with rounds underway."""

from dataclasses import dataclass
from datetime import date, datetime

from core.errors import Conflict, NotFound, Refused


@dataclass(eq=False)
class OfferNotFound(NotFound):
    """There is no such offer among yours."""

    offer_id: str


@dataclass(eq=False)
class OfferDecided(Conflict):
    """Somebody has decided on this offer already."""

    state: str
    decided_by: str
    decided_at: datetime | None

    @property
    def detail(self) -> str:
        return f"{self.decided_by} has {self.state} it; look at the round as it is now"


@dataclass(eq=False)
class OfferExpired(Conflict):
    """This offer has lapsed."""

    expired_at: datetime

    @property
    def detail(self) -> str:
        return (
            f"It stood until {self.expired_at:%H:%M} UTC. The round is as it was; have it planned"
            " again if it still needs it"
        )


@dataclass(eq=False)
class OfferOvertaken(Conflict):
    """The round has changed since this offer was made."""

    revision: int
    changed_at: datetime

    @property
    def detail(self) -> str:
        return (
            f"Revision {self.revision} is in force since {self.changed_at:%H:%M} UTC; look at it"
            " before you change anything"
        )


@dataclass(eq=False)
class NoRunningShift(Refused):
    """This agent has no shift today that still runs or is to come."""

    agent_id: str
    day: date

    @property
    def detail(self) -> str:
        return f"Set a shift for {self.day} first"


@dataclass(eq=False)
class NoVisitExpected(NotFound):
    """No visit to this customer is planned today."""

    case_id: str

    @property
    def detail(self) -> str:
        return "An arrival can be told once the case is a stop of somebody's round of today"


@dataclass(eq=False)
class NoSuchRound(NotFound):
    """There is no such plan of this agent's day."""

    agent_id: str
    day: date
    revision: int | None

    @property
    def detail(self) -> str:
        which = "No round" if self.revision is None else f"No revision {self.revision}"
        return f"{which} was planned for {self.day}"
