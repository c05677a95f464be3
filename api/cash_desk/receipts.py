"""The cash desk: money from people who walk in."""

import hashlib
from typing import Annotated
from uuid import UUID

from pydantic import Field, field_validator

from api.agents.deposits import DenominationBody
from api.agents.receipts import AllocationAnswer, LoanCardAnswer, LoanCardBody, ModeDetails
from api.deps import CashDesk, Now, Tx
from api.desk.note_bodies import GivenCauseBody
from api.routing import Router
from api.schemas import Answer, Body, FactId, Instant, MoneyAnswer, MoneyBody, Text
from collection.custody.denominations import Denomination
from collection.field_notes.causes.explain_amount import collect_at_desk_explained
from collection.receipts.collect_at_desk import DeskReport
from collection.receipts.receipt import Number
from core.money import Money

router = Router(prefix="/v1/cash", tags=["cash desk"])


class DeskReceiptBody(Body):
    """Money taken at the counter; for cash, the notes and coins that stayed after the change."""

    case_id: UUID
    amount: MoneyBody
    mode: Annotated[str, Field(pattern="^[a-z_]{1,20}$", description="cash, card, upi, …")]
    mode_reference: Text | None = None
    mode_details: ModeDetails = {}
    loan_card: LoanCardBody | None = None
    denominations: Annotated[list[DenominationBody], Field(max_length=50)] = []
    cause: GivenCauseBody | None = Field(None, description="why it is not what is due")

    def digest(self) -> bytes:
        """As of bodies without a cause, where there is none."""
        without = set() if self.cause else {"cause"}
        return hashlib.sha256(self.model_dump_json(exclude=without).encode()).digest()

    def report(self, receipt_id: UUID) -> DeskReport:
        """The domain's value."""
        return DeskReport(
            receipt_id, self.case_id, Money(self.amount.amount_minor, self.amount.currency),
            self.mode, self.mode_reference,
            [Denomination(d.face_minor, d.count) for d in self.denominations], self.digest(),
            self.mode_details, self.loan_card.card() if self.loan_card else None,
        )  # fmt: skip


class DeskReceiptAnswer(Answer):
    """The receipt. `outstanding` is what was left once it was taken. `asks_cause`: it is less than
    what was due, and somebody is to say why."""

    id: UUID
    number: str
    case_id: UUID
    amount: MoneyAnswer
    mode: str
    mode_reference: str | None
    mode_details: dict[str, str]
    loan_card: LoanCardAnswer | None
    taken_at: Instant
    allocations: list[AllocationAnswer]
    advance: MoneyAnswer
    suspense: MoneyAnswer
    outstanding: MoneyAnswer
    asks_cause: bool = False

    @field_validator("number", mode="before")
    @classmethod
    def _printed(cls, number: object) -> object:
        return number.text if isinstance(number, Number) else number


@router.put("/receipts/{id}")
async def put_receipt(
    id: FactId,  # noqa: A002
    body: DeskReceiptBody,
    caller: CashDesk,
    session: Tx,
    now: Now,
) -> DeskReceiptAnswer:
    """Take a payment at the counter; cash lies in the vault of the caller's branch at once."""
    given = body.cause.cause() if body.cause else None
    taken = await collect_at_desk_explained(
        session, caller.id, caller.branch_id, body.report(id), given, now
    )
    answer = DeskReceiptAnswer.model_validate(taken.receipt)
    return answer.model_copy(update={"asks_cause": taken.asks_cause})
