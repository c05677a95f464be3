"""Asking a customer to pay by UPI."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from api.deps import Agent, Read
from api.routing import Router
from api.schemas import Answer, MoneyAnswer
from collection.upi.ask_by_upi import ask_by_upi

router = Router(prefix="/v1/agent/accounts", tags=["agent: receipts"])


class UpiAnswer(Answer):
    """A UPI link and the same as a QR code (SVG). That it was opened or scanned proves nothing:
    take the receipt once the customer's app shows the RRN."""

    link: str
    qr_svg: str
    payee_vpa: str
    payee_name: str
    amount: MoneyAnswer
    reference: str


@router.get("/{id}/upi")
async def get_upi(
    id: UUID,  # noqa: A002
    agent: Agent,
    session: Read,
    amount_minor: Annotated[int | None, Query(gt=0, le=10**13)] = None,
    receipt_id: UUID | None = None,
) -> UpiAnswer:
    """What the customer's app opens to pay what is overdue, or `amount_minor`; with the id of the
    receipt that waits, that is the payment's reference."""
    asked = await ask_by_upi(session, id, amount_minor, receipt_id)
    its = asked.request
    return UpiAnswer(
        link=asked.link, qr_svg=asked.qr_svg, payee_vpa=its.payee_vpa, payee_name=its.payee_name,
        amount=MoneyAnswer.model_validate(its.amount), reference=its.reference,
    )  # fmt: skip
