"""SQL of payments at gateways, and of what gateways tell."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update

from collection.payments.links.link import PaymentLink
from core.money import Money
from data.session import Session, rows, run
from data.tables.payments import OnlinePayment


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment at a gateway: what was to be paid, by which link, and its receipt's reference."""

    id: UUID
    branch_id: UUID
    link_id: UUID
    case_id: UUID
    gateway: str
    gateway_ref: str | None
    amount: Money
    state: str
    link_ends_at: datetime
    receipt_id: UUID | None
    receipt_reference: str | None


async def begin(
    session: Session,
    payment_id: UUID,
    link: PaymentLink,
    gateway: str,
    amount: Money,
    now: datetime,
) -> None:
    """Note that a payment was begun."""
    await session.execute(
        insert(OnlinePayment).values(
            id=payment_id,
            branch_id=link.branch_id,
            link_id=link.id,
            gateway=gateway,
            amount_minor=amount.amount_minor,
            currency=amount.currency,
            begun_at=now,
        )
    )


async def name_at_gateway(session: Session, payment_id: UUID, gateway_ref: str) -> None:
    """Note what the gateway calls a payment."""
    await session.execute(
        update(OnlinePayment).where(OnlinePayment.id == payment_id).values(gateway_ref=gateway_ref)
    )


async def lock_payment(session: Session, payment_id: UUID) -> None:
    """Lock a payment until the end: what is told of it is applied one at a time."""
    await run(
        session,
        "SELECT FROM online_payment WHERE id = :id FOR NO KEY UPDATE",
        id=payment_id,
    )


async def payment(session: Session, payment_id: UUID, gateway: str) -> Payment | None:
    """A payment at a gateway."""
    found = await rows(
        session,
        "SELECT p.*, l.case_id, least(l.expires_at, l.withdrawn_at) AS link_ends_at,"
        " r.id AS receipt_id, r.mode_reference FROM online_payment p"
        " JOIN payment_link l ON l.id = p.link_id LEFT JOIN receipt r ON r.online_payment_id = p.id"
        " WHERE p.id = :id AND p.gateway = :gateway",
        id=payment_id,
        gateway=gateway,
    )
    if not found:
        return None
    r = found[0]
    return Payment(
        r.id, r.branch_id, r.link_id, r.case_id, r.gateway, r.gateway_ref,
        Money(r.amount_minor, r.currency), r.state, r.link_ends_at, r.receipt_id, r.mode_reference,
    )  # fmt: skip


async def settle(session: Session, payment_id: UUID, state: str, now: datetime) -> None:
    """Note how a payment ended."""
    await session.execute(
        update(OnlinePayment)
        .where(OnlinePayment.id == payment_id)
        .values(state=state, settled_at=now)
    )


async def claim_event(
    session: Session, gateway: str, event_id: str, kind: str, body: Any, now: datetime
) -> str | None:
    """Keep an event of a gateway. None for a new one; else what came of it before.

    Of two equal ones at once the second waits until the first has committed, or takes its place.
    """
    added = await rows(
        session,
        "INSERT INTO gateway_event (gateway, event_id, kind, body, outcome, received_at)"
        " VALUES (:gateway, :event, :kind, CAST(:body AS jsonb), 'ignored', :now)"
        " ON CONFLICT DO NOTHING RETURNING event_id",
        gateway=gateway,
        event=event_id,
        kind=kind,
        body=json.dumps(body),
        now=now,
    )
    if added:
        return None
    found = await rows(
        session,
        "SELECT outcome FROM gateway_event WHERE gateway = :gateway AND event_id = :event",
        gateway=gateway,
        event=event_id,
    )
    outcome: str = found[0].outcome
    return outcome


async def note_outcome(
    session: Session, gateway: str, event_id: str, payment_id: UUID | None, outcome: str
) -> None:
    """Note what came of an event, and which payment it was about."""
    await run(
        session,
        "UPDATE gateway_event SET outcome = :outcome, payment_id = :payment"
        " WHERE gateway = :gateway AND event_id = :event",
        outcome=outcome,
        payment=payment_id,
        gateway=gateway,
        event=event_id,
    )
