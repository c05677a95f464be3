"""Make a payment link, and send it if asked."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from collection.errors import CaseNotFound
from collection.gate.rule import Channel
from collection.payments.errors import LinkNotFound
from collection.payments.links import store
from collection.payments.links.link import PaymentLink
from collection.receipts.store import case_to_pay
from core.errors import IdReused, InvalidField
from core.money import Money
from core.said import say
from data.queue import enqueue
from data.session import Session
from identity.policies.store import effective

LONGEST_H = 720


@dataclass(frozen=True, slots=True)
class LinkReport:
    """What a link is to be for; without an amount, all that is overdue.

    `hours` is how long it lasts, None for what the branch's policy says; `send_by` is None when
    nobody is to be sent it.
    """

    id: UUID
    case_id: UUID
    amount: Money | None
    is_part_allowed: bool
    hours: int | None
    send_by: Channel | None
    body_hash: bytes


async def make_link(
    session: Session, staff_id: UUID, report: LinkReport, now: datetime
) -> PaymentLink:
    """Make a link for a case. The same report again gets the same link.

    Raises `IdReused`, `CaseNotFound` or `InvalidField`.
    """
    digest = await store.body_hash(session, report.id)
    if digest is not None and digest != report.body_hash:
        raise IdReused("payment link", str(report.id))
    known = await store.link(session, report.id)
    if known:
        return known
    case = await case_to_pay(session, report.case_id, now)
    if case is None:
        raise CaseNotFound(str(report.case_id))
    if report.is_part_allowed and not case.terms.partial_payments:
        raise InvalidField(
            "is_part_allowed", say("false: what is due on this account is paid in full")
        )
    amount = report.amount or Money(
        await store.overdue_minor(session, report.case_id), case.currency
    )
    if amount.currency != case.currency:
        raise InvalidField(
            "amount.currency", say("{currency}, the account's currency", currency=case.currency)
        )
    if not amount.amount_minor:
        raise InvalidField("amount", say("how much is to be paid: nothing is overdue"))
    hours = report.hours or (await effective(session, case.branch_id)).payment_link_h
    made = PaymentLink(
        report.id, case.branch_id, report.case_id, amount, report.is_part_allowed, now, staff_id,
        now + timedelta(hours=hours), None, Money(0, amount.currency),
    )  # fmt: skip
    if not await store.add(session, made, report.body_hash):
        raise IdReused("payment link", str(report.id))
    if report.send_by:
        await enqueue(
            session, "messages.payment_link", lane="messages",
            link_id=str(made.id), channel=report.send_by.value,
        )  # fmt: skip
    return made


async def withdraw_link(session: Session, link_id: UUID, now: datetime) -> PaymentLink:
    """End a link now; what was begun with it may still come in. Raises `LinkNotFound`."""
    await store.withdraw(session, link_id, now)
    known = await store.link(session, link_id)
    if known is None:
        raise LinkNotFound(str(link_id))
    return known
