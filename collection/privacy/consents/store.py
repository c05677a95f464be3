"""SQL of consents."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update

from collection.privacy.consents.consent import Basis, Consent, Purpose
from core.ids import new_id
from data.session import Session, rows
from data.tables.privacy import Consent as ConsentRow


async def add(session: Session, **values: Any) -> UUID:
    """Store a consent; its id."""
    consent_id = new_id()
    await session.execute(insert(ConsentRow).values(id=consent_id, **values))
    return consent_id


async def withdraw_others(
    session: Session, customer_id: UUID, purpose: Purpose, by: UUID, now: datetime
) -> None:
    """End what stands for a purpose: the newest word counts."""
    await session.execute(
        update(ConsentRow)
        .where(
            ConsentRow.customer_id == customer_id,
            ConsentRow.purpose == purpose.value,
            ConsentRow.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now, withdrawn_by=by)
    )


async def withdraw(session: Session, consent_id: UUID, by: UUID, now: datetime) -> bool:
    """End a consent; False when there is none in scope that stands."""
    ended = await session.execute(
        update(ConsentRow)
        .where(ConsentRow.id == consent_id, ConsentRow.withdrawn_at.is_(None))
        .values(withdrawn_at=now, withdrawn_by=by)
        .returning(ConsentRow.id)
    )
    return ended.scalar_one_or_none() is not None


async def consents(session: Session, customer_id: UUID) -> Sequence[Consent]:
    """All that a customer has consented to, what was withdrawn as well, the newest first."""
    found = await rows(
        session,
        "SELECT id, purpose, basis, evidence, given_at, last_day, recorded_by, withdrawn_at,"
        " withdrawn_by FROM consent WHERE customer_id = :id ORDER BY recorded_at DESC, id DESC",
        id=customer_id,
    )
    return [Consent(r.id, Purpose(r.purpose), Basis(r.basis), *r[3:]) for r in found]
