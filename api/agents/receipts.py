"""Taking payments."""

import hashlib
from datetime import date
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field, field_validator, model_validator

from api.deps import Agent, Db, Now, Recording, Tx
from api.schemas import Answer, Body, FactId, FixBody, Instant, Moment, MoneyAnswer, MoneyBody, Text
from collection.custody.errors import OverCashLimit
from collection.custody.over_limit import report_over_limit
from collection.receipts.codes.issue_code import ask_for_code
from collection.receipts.collect import Offline, ReceiptReport, collect
from collection.receipts.loan_card import LoanCard
from collection.receipts.receipt import Number
from core.money import Money

router = APIRouter(prefix="/v1/agent", tags=["agent: receipts"])


class OfflineBody(Body):
    """That it was taken offline: the lease, and the receipt's number under it (1, 2, 3 …)."""

    lease_id: UUID
    number: Annotated[int, Field(ge=1, le=10**6)]


class LoanCardBody(Body):
    """The customer's own loan card: where on it the receipt stands, or why it does not."""

    place: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    missing_because: Annotated[str, Field(min_length=3, max_length=200)] | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.place is None) == (self.missing_because is None):
            raise ValueError("place, or missing_because when the card was not at hand")
        return self

    def card(self) -> LoanCard:
        """The domain's value."""
        return LoanCard(self.place, self.missing_because)


ModeDetails = Annotated[
    dict[Annotated[str, Field(pattern="^[a-z_]{1,30}$")], Text],
    Field(max_length=8, description="what the mode asks beside its reference: bank, dated_on, …"),
]


class PaidBody(Body):
    """What a customer paid, with the reference and the details that its mode must have."""

    case_id: UUID
    amount: MoneyBody
    mode: Annotated[str, Field(pattern="^[a-z_]{1,20}$", description="cash, card, upi, …")]
    mode_reference: Text | None = None
    mode_details: ModeDetails = {}
    loan_card: LoanCardBody | None = None
    one_time_code: Annotated[str, Field(pattern=r"^\d{6}$")] | None = None


class ReceiptBody(PaidBody):
    """Money taken from a customer."""

    taken_at: Moment
    fix: FixBody | None = None
    offline: OfflineBody | None = None

    def digest(self) -> bytes:
        """As of bodies of phones that do not know of these members, where there is none."""
        without = {name for name in ("offline", "mode_details", "loan_card", "one_time_code")
                   if not getattr(self, name)}  # fmt: skip
        return hashlib.sha256(self.model_dump_json(exclude=without).encode()).digest()

    def report(self, receipt_id: UUID) -> ReceiptReport:
        """The domain's value."""
        fix = self.fix.fix() if self.fix else None
        offline = Offline(self.offline.lease_id, self.offline.number) if self.offline else None
        return ReceiptReport(
            receipt_id, self.case_id, Money(self.amount.amount_minor, self.amount.currency),
            self.mode, self.mode_reference, self.taken_at, fix, self.digest(), offline,
            self.mode_details, self.loan_card.card() if self.loan_card else None,
            self.one_time_code,
        )  # fmt: skip


class AllocationAnswer(Answer):
    """The part of a receipt that pays a demand."""

    demand_id: UUID
    due_on: date
    amount: MoneyAnswer


class LoanCardAnswer(Answer):
    """Where on the customer's loan card the receipt stands, or why it does not."""

    place: str | None
    missing_because: str | None


class CodeAskedAnswer(Answer):
    """That a code is on its way to the customer of a case."""

    case_id: UUID


class ReceiptAnswer(Answer):
    """The receipt. `outstanding` and `headroom` are what was left once it was taken;
    `provisional_number` is what the phone printed for it while it was offline."""

    id: UUID
    number: str
    provisional_number: str | None
    case_id: UUID
    amount: MoneyAnswer
    mode: str
    mode_reference: str | None
    mode_details: dict[str, str]
    loan_card: LoanCardAnswer | None
    taken_at: Instant
    received_at: Instant
    distance_m: float | None
    flags: list[str]
    allocations: list[AllocationAnswer]
    advance: MoneyAnswer
    outstanding: MoneyAnswer
    headroom: MoneyAnswer

    @field_validator("number", mode="before")
    @classmethod
    def _printed(cls, number: object) -> object:
        return number.text if isinstance(number, Number) else number


@router.post("/cases/{id}/one-time-code", status_code=202)
async def post_one_time_code(
    id: UUID,  # noqa: A002
    agent: Agent,
    session: Tx,
    now: Now,
) -> CodeAskedAnswer:
    """Have a code sent to the customer, who tells it once the cash is paid. Nobody else sees it."""
    await ask_for_code(session, id, now)
    return CodeAskedAnswer(case_id=id)


@router.put("/receipts/{id}")
async def put_receipt(
    id: FactId,  # noqa: A002
    body: ReceiptBody,
    agent: Agent,
    database: Db,
    now: Now,
    record: Recording,
) -> ReceiptAnswer:
    """Take a payment. It pays the oldest demands; an odd place is flagged, never refused."""
    try:
        async with database.transaction(agent.scope) as session:
            receipt = await collect(session, agent.id, body.report(id), now)
            await record(session)
    except OverCashLimit as refused:
        # The refusal has undone its transaction; that a supervisor should act on it outlives it.
        async with database.transaction(agent.scope) as session:
            await report_over_limit(session, agent.id, body.case_id, refused, now)
        raise
    return ReceiptAnswer.model_validate(receipt)
