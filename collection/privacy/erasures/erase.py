"""Erase a customer: one person asks, another decides; what the law keeps stays without a name."""

from datetime import datetime
from typing import Any
from uuid import UUID

from collection.privacy.erasures import store
from collection.privacy.erasures.erasure import Erasure, State, report_of
from collection.privacy.errors import (
    DataNeeded,
    ErasureAsked,
    ErasureDecided,
    ErasureNotFound,
    OwnErasure,
)
from collection.privacy.store import branch_of
from data.replays import forget_about
from data.session import Session


async def ask_erasure(
    session: Session, customer_id: UUID, reason: str, by: UUID, now: datetime
) -> UUID:
    """Ask that a customer be erased; the request's id.

    Raises `CustomerNotFound`, `DataNeeded` while something is open, and `ErasureAsked`.
    """
    branch_id = await branch_of(session, customer_id)
    await _check_needs(session, customer_id)
    erasure_id = await store.add(
        session, branch_id=branch_id, customer_id=customer_id, reason=reason, asked_at=now,
        asked_by=by,
    )  # fmt: skip
    if erasure_id is None:
        raise ErasureAsked(str(customer_id))
    return erasure_id


async def accept_erasure(
    session: Session, erasure_id: UUID, by: UUID, now: datetime
) -> dict[str, Any]:
    """Erase the customer now, for good; the report of what was erased, and what was kept and why.

    Whoever comes under the lender's number for them in a demand file is left out from now on.
    Raises `ErasureNotFound`, `ErasureDecided`, `OwnErasure` and `DataNeeded`.
    """
    asked = await _to_decide(session, erasure_id, by)
    await store.lock_customer(session, asked.customer_id)
    await _check_needs(session, asked.customer_id)
    kept = await store.kept(session, asked.customer_id)
    await store.decide(session, erasure_id, State.ACCEPTED, by, now)
    await forget_about(session, await store.named_by(session, asked.customer_id))
    report = report_of(await store.erase(session, erasure_id, now), kept)
    await store.note_report(session, erasure_id, report)
    return report


async def reject_erasure(session: Session, erasure_id: UUID, by: UUID, now: datetime) -> None:
    """Say that a customer stays. Raises `ErasureNotFound`, `ErasureDecided` and `OwnErasure`."""
    await _to_decide(session, erasure_id, by)
    await store.decide(session, erasure_id, State.REJECTED, by, now)


async def _to_decide(session: Session, erasure_id: UUID, by: UUID) -> Erasure:
    asked = await store.locked(session, erasure_id)
    if asked is None:
        raise ErasureNotFound(str(erasure_id))
    if asked.state is not State.ASKED:
        raise ErasureDecided(str(erasure_id), asked.state.value)
    if asked.asked_by == by:
        raise OwnErasure(str(erasure_id))
    return asked


async def _check_needs(session: Session, customer_id: UUID) -> None:
    because = (await store.needs(session, customer_id)).sentences()
    if because:
        raise DataNeeded(str(customer_id), because)
