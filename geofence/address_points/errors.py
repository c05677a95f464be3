"""What can go wrong with the points of addresses."""

from dataclasses import dataclass
from datetime import datetime

from core.errors import Conflict, Forbidden, NotFound, Refused
from core.said import say


@dataclass(eq=False)
class AddressNotFound(NotFound):
    """There is no such address with a point among those of your branches."""

    id: str


@dataclass(eq=False)
class VersionNotFound(NotFound):
    """This address has had no such point."""

    id: str
    version: int

    @property
    def detail(self) -> str:
        return say("Load its history again; version 0 is the source's own point, where it has one")


@dataclass(eq=False)
class PointMoved(Conflict):
    """Somebody has moved this address meanwhile."""

    id: str
    seen_version: int
    version: int

    @property
    def detail(self) -> str:
        return say(
            "You saw version {seen_version}, now version {version} holds; look again",
            seen_version=self.seen_version,
            version=self.version,
        )


@dataclass(eq=False)
class ProposalNotFound(NotFound):
    """There is no such proposal for an address of your branches."""

    id: str


@dataclass(eq=False)
class AlreadyReviewed(Conflict):
    """This proposal has been decided on."""

    id: str
    decision: str
    reviewed_by: str
    reviewed_at: datetime

    @property
    def detail(self) -> str:
        at = f"{self.reviewed_at:%Y-%m-%d %H:%M} UTC"
        return say(
            "{reviewed_by} {decision} it at {at}",
            reviewed_by=self.reviewed_by,
            decision=self.decision,
            at=at,
        )


@dataclass(eq=False)
class ProposalOutdated(Refused):
    """The address has moved or a newer proposal stands since this one was made."""

    id: str

    @property
    def detail(self) -> str:
        return say(
            "Load the list again; if the visits still say so, there is a proposal in its place"
        )


@dataclass(eq=False)
class OwnWitness(Forbidden):
    """You cannot decide on a point that your own visits propose."""

    id: str

    @property
    def detail(self) -> str:
        return say("Ask another supervisor")
