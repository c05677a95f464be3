"""What the gate decided of a contact."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from collection.gate.evaluate import OF_TIME


class AskedFor(StrEnum):
    """What a decision was made for: a planned visit, a check-in, a contact about to be made."""

    PLAN = "plan"
    CHECK_IN = "check_in"
    CONTACT = "contact"


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision as it is kept. `hits` are the rules (and what else) that spoke against it.

    Without `contact_at` it is about the whole `day`.
    """

    id: UUID
    branch_id: UUID
    case_id: UUID
    agent_id: UUID | None
    asked_for: str
    subject_id: UUID | None
    channel: str
    place: str
    day: date
    contact_at: datetime | None
    is_allowed: bool
    hits: Sequence[Mapping[str, Any]]
    facts: Mapping[str, Any]
    rulebook: str
    evaluated_at: datetime

    @property
    def flags(self) -> list[str]:
        """For programs: what is wrong with a contact that was made all the same."""
        of_time = {kind.value for kind in OF_TIME}
        refusing = [hit for hit in self.hits if hit["effect"] != "warn"]
        return sorted(
            {
                "outside_contact_hours" if hit["kind"] in of_time else "contact_not_allowed"
                for hit in refusing
            }
        )

    @property
    def reasons(self) -> list[str]:
        """Why not, in words, and warnings."""
        return [hit["text"] for hit in self.hits]
