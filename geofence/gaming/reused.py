"""Photos and signatures that were sent in before."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ReusedFile:
    """A file whose bytes are those of an earlier one, of another customer or of another day."""

    id: UUID
    branch_id: UUID
    agent_id: UUID
    day: date
    kind: str
    taken_at: datetime
    first_id: UUID
    first_taken_at: datetime
    same_agent: bool
    same_customer: bool
