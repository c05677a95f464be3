"""Record what a customer agreed to, and that they withdrew it."""

from datetime import date, datetime
from uuid import UUID

from collection.privacy.consents import store
from collection.privacy.consents.consent import Basis, Purpose
from collection.privacy.errors import ConsentNotFound
from collection.privacy.store import branch_of
from core.errors import InvalidField
from core.said import say
from data.session import Session


async def record_consent(
    session: Session,
    customer_id: UUID,
    purpose: Purpose,
    basis: Basis,
    evidence: str,
    given_at: datetime,
    last_day: date | None,
    by: UUID,
    now: datetime,
) -> UUID:
    """Record it; its id. One for the same purpose that stood is withdrawn by it.

    Raises `CustomerNotFound` or `InvalidField`.
    """
    branch_id = await branch_of(session, customer_id)
    if given_at > now:
        raise InvalidField("given_at", say("a time that has come"))
    if last_day is not None and last_day < given_at.date():
        raise InvalidField("last_day", say("{date} or later, or nothing", date=given_at.date()))
    await store.withdraw_others(session, customer_id, purpose, by, now)
    return await store.add(
        session, branch_id=branch_id, customer_id=customer_id, purpose=purpose.value,
        basis=basis.value, evidence=evidence, given_at=given_at, last_day=last_day, recorded_at=now,
        recorded_by=by,
    )  # fmt: skip


async def withdraw_consent(session: Session, consent_id: UUID, by: UUID, now: datetime) -> None:
    """End a consent; that it stood is kept. Raises `ConsentNotFound`."""
    if not await store.withdraw(session, consent_id, by, now):
        raise ConsentNotFound(str(consent_id))
