"""Take down what a payer says is still owed."""

from datetime import datetime
from uuid import UUID

from collection.receipts.confirmations import store
from collection.receipts.confirmations.confirmation import Confirmation
from collection.receipts.errors import AlreadyConfirmed, ConfirmationNotFound, OwnPayer
from core.errors import InvalidField
from core.money import Money
from core.said import say
from data.alerts import raise_alert
from data.session import Session

BALANCE_DIFFERS = "balance_differs"
"""The kind of alerts about a payer who says otherwise than the books; the subject is the case."""


async def answer_confirmation(
    session: Session,
    staff_id: UUID,
    confirmation_id: UUID,
    told: Money,
    note: str | None,
    now: datetime,
) -> Confirmation:
    """Keep what a payer told, once; an alert is raised where the books say otherwise.

    The same answer again gets the confirmation as it stands. Raises `ConfirmationNotFound`,
    `OwnPayer`, `AlreadyConfirmed` or `InvalidField` (another currency, negative).
    """
    known = await store.confirmation(session, confirmation_id, lock=True)
    if known is None:
        raise ConfirmationNotFound(str(confirmation_id))
    if known.agent_id == staff_id:
        raise OwnPayer(str(confirmation_id))
    if told.currency != known.stated.currency:
        raise InvalidField(
            "outstanding.currency",
            say("{currency}, as in the books", currency=known.stated.currency),
        )
    if known.told is not None:
        if (known.told, known.answered_by) != (told, staff_id):
            raise AlreadyConfirmed(str(confirmation_id))
        return known
    await store.set_answer(session, confirmation_id, told, note, staff_id, now)
    if told != known.stated:
        await raise_alert(
            session,
            known.branch_id,
            BALANCE_DIFFERS,
            known.case_id,
            say("{customer} says another balance than the books", customer=known.customer),
            say(
                "{told} by the payer, {stated} by the books; {agent} took the last cash.",
                told=told,
                stated=known.stated,
                agent=known.agent,
            ),
            now,
            agent_id=known.agent_id,
            case_id=known.case_id,
            facts={"told_minor": told.amount_minor, "stated_minor": known.stated.amount_minor},
        )
    answered = await store.confirmation(session, confirmation_id)
    assert answered is not None
    return answered
