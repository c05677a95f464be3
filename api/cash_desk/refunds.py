"""The cash desk: money that is paid back to customers."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import Query
from pydantic import model_validator

from api.cursor import Cursor, Limit, cut, keys_of
from api.deps import CashDesk, Now, Read, Tx
from api.routing import Router
from api.schemas import Answer, Body, FactId, Instant, MoneyAnswer, MoneyBody, Text
from collection.receipts.lookup import store as lookup
from collection.receipts.refunds import store
from collection.receipts.refunds.ask_refund import RefundReport, ask_refund
from collection.receipts.refunds.decide_refund import decline, pay_out
from collection.receipts.refunds.refund import State, Way
from core.money import Money
from core.said import say

router = Router(prefix="/v1/refunds", tags=["cash desk"])


class RefundBody(Body):
    """What is to be paid back: of an account's advance (`account_id`), or of what a receipt has
    in suspense (`receipt_id`: it was undone, or paid more than was due); to whom, and why. What is
    in suspense can also go to the account (`way`)."""

    account_id: UUID | None = None
    receipt_id: UUID | None = None
    amount: MoneyBody
    reason: Text
    way: Way
    payee: Text

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.account_id is None) == (self.receipt_id is None):
            raise ValueError(say("account_id, or receipt_id"))
        return self

    def report(self, refund_id: UUID) -> RefundReport:
        """The domain's value."""
        amount = Money(self.amount.amount_minor, self.amount.currency)
        return RefundReport(
            refund_id, self.account_id, self.receipt_id, amount, self.reason, self.way, self.payee,
            self.digest(),
        )  # fmt: skip


class PayOutBody(Body):
    """The reference of the transfer by which it was paid; nothing for cash."""

    reference: Text | None = None


class RefundAnswer(Answer):
    """A refund, and what was decided."""

    id: UUID
    account_id: UUID
    receipt_id: UUID | None
    amount: MoneyAnswer
    reason: str
    way: Way
    payee: str
    state: State
    asked_by: UUID
    asked_at: Instant
    settled_by: UUID | None
    settled_at: Instant | None
    reference: str | None


class ListedRefundAnswer(RefundAnswer):
    """The same with whose money it is, and the names of who asked and who settled it."""

    customer: str
    account: str
    asker: str
    settler: str | None


class RefundsAnswer(Answer):
    """A page of refunds, the oldest first."""

    items: list[ListedRefundAnswer]
    next_cursor: str | None


class OwedAnswer(Answer):
    """What is owed to a customer: an account's advance, or what a receipt that was undone left.
    `asked` of it is to be paid back already."""

    account_id: UUID
    receipt_id: UUID | None
    receipt: str | None
    customer: str
    account: str
    owed: MoneyAnswer
    asked: MoneyAnswer


class AllOwedAnswer(Answer):
    """What is owed to customers, the most first."""

    items: list[OwedAnswer]


@router.get("/owed")
async def get_owed(
    caller: CashDesk,
    session: Read,
    q: Annotated[str | None, Query(min_length=2, max_length=80, pattern=r"^[^\x00]*$")] = None,
    limit: Limit = 50,
) -> AllOwedAnswer:
    """What could be paid back: by a customer's name or an account's number, or all of it."""
    found = await lookup.owed(session, q, limit)
    return AllOwedAnswer(items=[OwedAnswer.model_validate(one) for one in found])


@router.get("")
async def get_refunds(
    caller: CashDesk,
    session: Read,
    open: bool | None = None,  # noqa: A002
    cursor: Cursor = None,
    limit: Limit = 50,
) -> RefundsAnswer:
    """Refunds of the caller's branches, the oldest first."""
    after = keys_of(cursor, datetime.fromisoformat)
    found = await store.refunds(session, is_open=open, after=after, limit=limit + 1)
    page, behind = cut(found, limit, lambda one: (one.refund.asked_at, one.refund.id))
    items = [
        ListedRefundAnswer(
            **RefundAnswer.model_validate(one.refund).model_dump(), customer=one.customer,
            account=one.account, asker=one.asker, settler=one.settler,
        )
        for one in page
    ]  # fmt: skip
    return RefundsAnswer(items=items, next_cursor=behind)


@router.put("/{id}")
async def put_refund(
    id: FactId,  # noqa: A002
    body: RefundBody,
    caller: CashDesk,
    session: Tx,
    now: Now,
) -> RefundAnswer:
    """Ask that money be paid back; a colleague pays it out."""
    asked = await ask_refund(session, caller.id, body.report(id), now)
    return RefundAnswer.model_validate(asked)


@router.post("/{id}/pay")
async def post_pay(
    id: UUID,  # noqa: A002
    body: PayOutBody,
    caller: CashDesk,
    session: Tx,
    now: Now,
) -> RefundAnswer:
    """Say that a refund was paid out: in cash from the caller's vault, or by transfer."""
    paid = await pay_out(session, caller.id, caller.branch_id, id, body.reference, now)
    return RefundAnswer.model_validate(paid)


@router.post("/{id}/decline")
async def post_decline(
    id: UUID,  # noqa: A002
    caller: CashDesk,
    session: Tx,
    now: Now,
) -> RefundAnswer:
    """Leave the money where it is."""
    return RefundAnswer.model_validate(await decline(session, caller.id, id, now))
