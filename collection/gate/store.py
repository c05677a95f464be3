"""SQL of what the contact gate must know of cases."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import time
from uuid import UUID

from data.session import Session, rows


@dataclass(frozen=True, slots=True)
class CaseHours:
    """A case in scope with its branch's own contact hours."""

    case_id: UUID
    zone: str
    contact_from: time
    contact_to: time


async def branch_hours(session: Session, case_ids: Collection[UUID]) -> list[CaseHours]:
    """The branches' own hours of cases in scope."""
    found = await rows(
        session,
        "SELECT c.id, b.zone, b.contact_from, b.contact_to"
        " FROM unnest(CAST(:cases AS uuid[])) AS k (id) JOIN case_file c ON c.id = k.id"
        " JOIN branch b ON b.id = c.branch_id",
        cases=list(case_ids),
    )
    return [CaseHours(*r) for r in found]
