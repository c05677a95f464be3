"""The counter: who pays, in which modes, and receipts that somebody asks for again."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request

from api.agents.day import ModeAnswer, mode_answer
from api.cursor import Limit
from api.deps import CashDesk, Now, Read
from api.numbers import count_search
from api.routing import Router
from api.schemas import Answer, Instant, MoneyAnswer
from collection.field_notes.values.store import value_list
from collection.field_notes.values.value_list import Topic
from collection.portfolio.worklist.store import Wanted, worklist
from collection.receipts.lookup import store
from collection.receipts.mode import modes_in
from core.clock import local_day
from identity.policies.store import effective
from identity.store import branch

router = Router(prefix="/v1/cash", tags=["cash desk"])

FOR_AGENTS_ONLY = {"cheque"}
Words = Annotated[
    str,
    Query(
        min_length=2, max_length=80, pattern=r"^[^\x00]*$",
        description="part of a customer's name, or a whole number",
    ),
]  # fmt: skip


class PayerAnswer(Answer):
    """Somebody who may pay at the counter: a case, and what is overdue on it."""

    id: UUID
    customer: str
    account: str
    product_code: str
    branch: str
    dpd: int
    overdue: MoneyAnswer


class CauseAnswer(Answer):
    """Why somebody pays less than what is due: a code and its words, those in other languages by
    their codes."""

    code: str
    label: str
    labels: dict[str, str]


class PayersAnswer(Answer):
    """Who was meant, and the modes that are taken at the counter. `receipt_cause`: whether less
    than what is due needs one of the `causes`: "required", "asked" or "off"."""

    items: list[PayerAnswer]
    modes: list[ModeAnswer]
    receipt_cause: str
    causes: list[CauseAnswer]


class FoundReceiptAnswer(Answer):
    """A receipt; `reversal` is where undoing it stands, null where nobody wants that."""

    id: UUID
    case_id: UUID
    number: str
    customer: str
    account: str
    amount: MoneyAnswer
    mode: str
    mode_reference: str | None
    taken_at: Instant
    taken_by: str
    reversal: str | None


class FoundReceiptsAnswer(Answer):
    """Receipts that were found, the newest first."""

    items: list[FoundReceiptAnswer]


@router.get("/payers")
async def get_payers(
    q: Words, caller: CashDesk, session: Read, now: Now, request: Request, limit: Limit = 20
) -> PayersAnswer:
    """Open cases by a customer's name, or by an account, customer or phone number. Who may not see
    whole numbers searches for them at a measured pace."""
    await count_search(request, caller, q)
    found = await worklist(session, Wanted(words=q), now, after=None, limit=limit)
    here = await branch(session, caller.branch_id)
    today = local_day(now, here.zone)
    causes = await value_list(session, caller.branch_id, Topic.CAUSE, today)
    return PayersAnswer(
        items=[PayerAnswer.model_validate(one) for one in found],
        modes=[
            mode_answer(code, here.country)
            for code in modes_in(here.country)
            if code not in FOR_AGENTS_ONLY
        ],
        receipt_cause=(await effective(session, caller.branch_id)).receipt_cause,
        causes=[
            CauseAnswer(code=one.code, label=one.label, labels=dict(one.labels))
            for one in causes.leaves(today)
        ],
    )


@router.get("/receipts")
async def get_receipts(
    q: Words, caller: CashDesk, session: Read, limit: Limit = 20
) -> FoundReceiptsAnswer:
    """Receipts by a customer's name, by an account, or by their own number or reference."""
    found = await store.receipts(session, q, limit)
    return FoundReceiptsAnswer(items=[FoundReceiptAnswer.model_validate(one) for one in found])
