"""SQL of payment links."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from collection.payments.links.link import PaymentLink
from core.money import Money
from data.session import Session, rows
from data.tables.payments import PaymentLink as LinkRow

_LINK = """
SELECT l.*, coalesce((
    SELECT sum(r.amount_minor) FROM online_payment p JOIN receipt r ON r.online_payment_id = p.id
    WHERE p.link_id = l.id AND NOT EXISTS (
        SELECT FROM receipt_reversal v WHERE v.receipt_id = r.id AND v.state = 'approved')
), 0)::bigint AS paid_minor FROM payment_link l
"""


@dataclass(frozen=True, slots=True)
class PayPage:
    """What a customer is shown of a link: whose it is, and the receipts that it led to.

    `payee_vpa` is empty where the branch takes no UPI. `last_state` is that of the
    payment that was begun last: of one ``started`` the gateway has said nothing yet.
    """

    link: PaymentLink
    lender: str
    customer: str
    account: str
    language: str | None
    zone: str
    payee_vpa: str
    payee_name: str
    receipt_ids: Sequence[UUID]
    last_state: str | None


async def link(session: Session, link_id: UUID) -> PaymentLink | None:
    """A link in scope."""
    found = await rows(session, f"{_LINK} WHERE l.id = :id", id=link_id)
    return _link(found[0]) if found else None


async def links(session: Session, case_id: UUID) -> Sequence[PaymentLink]:
    """A case's links in scope, the newest first."""
    found = await rows(
        session, f"{_LINK} WHERE l.case_id = :case ORDER BY l.made_at DESC LIMIT 100", case=case_id
    )
    return [_link(r) for r in found]


async def body_hash(session: Session, link_id: UUID) -> bytes | None:
    """The hash of the body that made a link."""
    found = await rows(session, "SELECT body_hash FROM payment_link WHERE id = :id", id=link_id)
    return bytes(found[0].body_hash) if found else None


async def add(session: Session, new: PaymentLink, digest: bytes) -> bool:
    """Keep a link. False when its id is taken."""
    added = await session.execute(
        insert(LinkRow)
        .values(
            id=new.id, branch_id=new.branch_id, case_id=new.case_id,
            amount_minor=new.amount.amount_minor, currency=new.amount.currency,
            is_part_allowed=new.is_part_allowed, made_at=new.made_at, made_by=new.made_by,
            expires_at=new.expires_at, body_hash=digest,
        )
        .on_conflict_do_nothing(index_elements=["id"])
        .returning(LinkRow.id)
    )  # fmt: skip
    return added.scalar_one_or_none() is not None


async def withdraw(session: Session, link_id: UUID, now: datetime) -> None:
    """End a link."""
    await session.execute(
        update(LinkRow)
        .where(LinkRow.id == link_id, LinkRow.withdrawn_at.is_(None))
        .values(withdrawn_at=now)
    )


async def note_opened(session: Session, link_id: UUID, now: datetime) -> None:
    """Note that a link's page was asked for; the first time counts."""
    await session.execute(
        update(LinkRow)
        .where(LinkRow.id == link_id, LinkRow.opened_at.is_(None))
        .values(opened_at=now)
    )


async def overdue_minor(session: Session, case_id: UUID) -> int:
    """What is overdue on a case in scope."""
    found = await rows(
        session, "SELECT overdue_minor FROM case_file WHERE id = :case", case=case_id
    )
    minor: int = found[0].overdue_minor
    return minor


async def pay_page(session: Session, link_id: UUID) -> PayPage | None:
    """What a customer is shown of a link."""
    known = await link(session, link_id)
    if known is None:
        return None
    [r] = await rows(
        session,
        """
        SELECT b.name AS lender, u.full_name, a.source_ref, u.language, b.zone,
               coalesce(branch_policy(b.id, 'upi_payee_vpa') #>> '{}', '') AS payee_vpa,
               coalesce(nullif(branch_policy(b.id, 'upi_payee_name') #>> '{}', ''), b.name)
                   AS payee_name,
               ARRAY (SELECT r.id FROM online_payment p JOIN receipt r ON r.online_payment_id = p.id
                      WHERE p.link_id = :link ORDER BY r.received_at) AS receipt_ids,
               (SELECT state FROM online_payment WHERE link_id = :link
                ORDER BY begun_at DESC, id DESC LIMIT 1) AS last_state
        FROM case_file c JOIN account a ON a.id = c.account_id
        JOIN customer u ON u.id = c.customer_id JOIN branch b ON b.id = c.branch_id
        WHERE c.id = :case
        """,
        link=link_id,
        case=known.case_id,
    )
    return PayPage(
        known, r.lender, r.full_name, r.source_ref, r.language, r.zone, r.payee_vpa, r.payee_name,
        r.receipt_ids, r.last_state,
    )  # fmt: skip


def _link(r: Any) -> PaymentLink:
    return PaymentLink(
        r.id, r.branch_id, r.case_id, Money(r.amount_minor, r.currency), r.is_part_allowed,
        r.made_at, r.made_by, r.expires_at, r.withdrawn_at, Money(r.paid_minor, r.currency),
        r.opened_at,
    )  # fmt: skip
