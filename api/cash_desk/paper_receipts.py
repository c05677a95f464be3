"""The cash desk: receipts of a lost phone, entered from the customers' paper."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.agents.receipts import PaidBody
from api.deps import CashDesk, Now, Tx
from api.routing import Router
from api.schemas import Answer, FactId, Moment, MoneyAnswer
from collection.receipts.paper.enter_paper import Entered, enter_paper
from collection.receipts.report import ReceiptReport
from core.money import Money

router = Router(prefix="/v1/cash", tags=["cash desk"])


class PaperReceiptBody(PaidBody):
    """What the paper says; `provisional_number` as it is printed there."""

    provisional_number: Annotated[str, Field(pattern=r"^[\w-]{5,40}$")]
    taken_at: Moment

    def report(self, receipt_id: UUID) -> ReceiptReport:
        """The domain's value."""
        return ReceiptReport(
            receipt_id, self.case_id, Money(self.amount.amount_minor, self.amount.currency),
            self.mode, self.mode_reference, self.taken_at, None, self.digest(),
            mode_details=self.mode_details,
            loan_card=self.loan_card.card() if self.loan_card else None,
            one_time_code=self.one_time_code,
        )  # fmt: skip


class PaperReceiptAnswer(Answer):
    """The receipt as it stands in the books, and whether the phone's own record has come."""

    id: UUID
    number: str
    provisional_number: str
    agent_id: UUID
    case_id: UUID
    amount: MoneyAnswer
    flags: list[str]
    outstanding: MoneyAnswer
    original_came: bool


@router.put("/paper-receipts/{id}")
async def put_paper_receipt(
    id: FactId,  # noqa: A002
    body: PaperReceiptBody,
    caller: CashDesk,
    session: Tx,
    now: Now,
) -> PaperReceiptAnswer:
    """Enter a receipt from the customer's paper, where the agent's phone was lost before it had
    sent it. It is the agent's receipt and cash; should the phone's record come, it is this one."""
    entered = await enter_paper(session, caller.id, body.provisional_number, body.report(id), now)
    return _answer(entered)


def _answer(entered: Entered) -> PaperReceiptAnswer:
    its = entered.receipt
    return PaperReceiptAnswer(
        id=its.id,
        number=its.number.text,
        provisional_number=its.provisional_number or "",
        agent_id=entered.agent_id,
        case_id=its.case_id,
        amount=MoneyAnswer.model_validate(its.amount),
        flags=list(its.flags),
        outstanding=MoneyAnswer.model_validate(its.outstanding),
        original_came=entered.original_came,
    )
