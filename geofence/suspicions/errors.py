"""What can go wrong with suspicions."""

from dataclasses import dataclass
from uuid import UUID

from core.errors import Conflict, NotFound
from core.said import say


@dataclass(eq=False)
class SuspicionNotFound(NotFound):
    """There is no such suspicion in your branches."""

    suspicion_id: str


@dataclass(eq=False)
class AlreadyReviewed(Conflict):
    """This suspicion has been decided on."""

    suspicion_id: str
    decision: str
    review_id: UUID

    @property
    def detail(self) -> str:
        return say(
            "It was {decision}. To decide otherwise, name that decision in `replaces`: {review_id}",
            decision=self.decision,
            review_id=self.review_id,
        )


@dataclass(eq=False)
class EvidenceChanged(Conflict):
    """There is new evidence since you looked."""

    suspicion_id: str
    version: int

    @property
    def detail(self) -> str:
        return say(
            "Look at version {version}; then send your decision with that version",
            version=self.version,
        )
