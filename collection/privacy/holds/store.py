"""SQL of legal holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update

from core.ids import new_id
from data.session import Session, rows
from data.tables.privacy import LegalHold

HELD = "SELECT FROM legal_hold h WHERE h.lifted_at IS NULL AND h.customer_id"
"""Whether anything holds a customer; a customer's id follows, with an operator before it."""


@dataclass(frozen=True, slots=True)
class HoldView:
    """A hold, as long as it stood."""

    id: UUID
    reason: str
    set_at: datetime
    set_by: UUID
    lifted_at: datetime | None
    lifted_by: UUID | None


async def add(session: Session, **values: Any) -> UUID:
    """Store a hold; its id."""
    hold_id = new_id()
    await session.execute(insert(LegalHold).values(id=hold_id, **values))
    return hold_id


async def lift(session: Session, hold_id: UUID, by: UUID, now: datetime) -> bool:
    """End a hold; False when there is none in scope that stands."""
    lifted = await session.execute(
        update(LegalHold)
        .where(LegalHold.id == hold_id, LegalHold.lifted_at.is_(None))
        .values(lifted_at=now, lifted_by=by)
        .returning(LegalHold.id)
    )
    return lifted.scalar_one_or_none() is not None


async def holds(session: Session, customer_id: UUID) -> Sequence[HoldView]:
    """All holds on a customer, those of the past as well, the newest first."""
    found = await rows(
        session,
        "SELECT id, reason, set_at, set_by, lifted_at, lifted_by FROM legal_hold"
        " WHERE customer_id = :id ORDER BY set_at DESC, id DESC",
        id=customer_id,
    )
    return [HoldView(*r) for r in found]
