"""What can go wrong with rounds underway."""

from dataclasses import dataclass
from datetime import date, datetime

from core.errors import Conflict, NotFound, Refused
from core.said import say


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
        return say(
            "{decided_by} has {state} it; look at the round as it is now",
            decided_by=self.decided_by,
            state=self.state,
        )


@dataclass(eq=False)
class OfferExpired(Conflict):
    """This offer has lapsed."""

    expired_at: datetime

    @property
    def detail(self) -> str:
        return say(
            "It stood until {expired_at:%H:%M} UTC. The round is as it was; have it "
            "planned again if it still needs it",
            expired_at=self.expired_at,
        )


@dataclass(eq=False)
class OfferOvertaken(Conflict):
    """The round has changed since this offer was made."""

    revision: int
    changed_at: datetime

    @property
    def detail(self) -> str:
        return say(
            "Revision {revision} is in force since {changed_at:%H:%M} UTC; look at it "
            "before you change anything",
            revision=self.revision,
            changed_at=self.changed_at,
        )


@dataclass(eq=False)
class NoRunningShift(Refused):
    """This agent has no shift today that still runs or is to come."""

    agent_id: str
    day: date

    @property
    def detail(self) -> str:
        return say("Set a shift for {day} first", day=self.day)


@dataclass(eq=False)
class NoVisitExpected(NotFound):
    """No visit to this customer is planned today."""

    case_id: str

    @property
    def detail(self) -> str:
        return say("An arrival can be told once the case is a stop of somebody's round of today")


@dataclass(eq=False)
class NoSuchRound(NotFound):
    """There is no such plan of this agent's day."""

    agent_id: str
    day: date
    revision: int | None

    @property
    def detail(self) -> str:
        which = "No round" if self.revision is None else f"No revision {self.revision}"
        return say("{which} was planned for {day}", which=which, day=self.day)
