"""Ask that money be paid back to a customer."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from collection.portfolio.store import lock_account
from collection.receipts.refunds import store
from collection.receipts.refunds.errors import NotOwed, RefundNotFound
from collection.receipts.refunds.refund import Refund, State, Way
from core.errors import IdReused, InvalidField
from core.money import Money
from core.said import say
from data.session import Session


@dataclass(frozen=True, slots=True)
class RefundReport:
    """What is to be paid back: of an account's advance, or of what a receipt has in suspense."""

    id: UUID
    account_id: UUID | None
    receipt_id: UUID | None
    amount: Money
    reason: str
    way: Way
    payee: str
    body_hash: bytes


async def ask_refund(
    session: Session, staff_id: UUID, report: RefundReport, now: datetime
) -> Refund:
    """Take a wish for a refund down; nothing moves. The same report again gets the same answer.

    Raises `IdReused`, `RefundNotFound` where there is no such account or receipt, `InvalidField`
    or `NotOwed`.
    """
    known = await _known(session, report)
    if known:
        return known
    if report.way is Way.ACCOUNT and report.receipt_id is None:
        raise InvalidField("way", say("cash or transfer: an advance is the account's already"))
    found = await store.account_of(session, report.account_id, report.receipt_id)
    if found is None:
        raise RefundNotFound(str(report.receipt_id or report.account_id))
    account_id, branch_id = found
    await lock_account(session, account_id)
    known = await _known(session, report)  # the same may have come twice at once
    if known:
        return known
    owed = await store.owed(session, account_id, report.receipt_id)
    if report.amount.currency != owed.currency:
        raise InvalidField(
            "amount.currency", say("{currency}, the account's currency", currency=owed.currency)
        )
    if owed < report.amount:
        raise NotOwed(owed)
    asked = Refund(
        report.id, branch_id, account_id, report.receipt_id, report.amount, report.reason,
        report.way, report.payee, staff_id, now, State.ASKED, None, None, None,
    )  # fmt: skip
    if not await store.add(session, asked, report.body_hash):
        raise IdReused("refund", str(report.id))
    return asked


async def _known(session: Session, report: RefundReport) -> Refund | None:
    digest = await store.body_hash(session, report.id)
    if digest is not None and digest != report.body_hash:
        raise IdReused("refund", str(report.id))
    return await store.refund(session, report.id)
