"""What a branch asks and offers at its customers' doors, for a phone without a network."""

from datetime import date

from api.agents.advances import AdvanceDueAnswer
from api.center_answers import SheetAnswer, sheet_answer
from api.desk.value_lists import ValueListAnswer, list_answer
from api.schemas import Answer
from collection.centers.read_sheets import sheets_on
from collection.field_notes.values.store import value_list
from collection.field_notes.values.value_list import Topic
from collection.portfolio.advances.offered import offered_until
from collection.portfolio.advances.store import dues_ahead
from data.session import Session
from identity.policies.store import effective
from identity.store import BranchView

CHOSEN_FROM = (Topic.VISIT, Topic.CAUSE)


class UpiPayeeAnswer(Answer):
    """Whom customers pay to by UPI, as a UPI link names them."""

    vpa: str
    name: str


class DoorAnswer(Answer):
    """What is asked and offered at doors today.

    `value_lists` are chosen from for what came of a visit and why less was paid; `receipt_cause`:
    whether that is "required", "asked" or "off". `asks_code`: cash comes with the customer's
    one-time code. `upi` is null where nobody is paid by UPI. `asks_group_image`: a center's sheet
    needs a picture of the group. `asks_form`: each customer's Customer Authorization Form is to be
    on file. `sheets` are those of your centers that meet today; `advance_dues`
    fall due on holidays that begin tomorrow. `branch_phone` is for agents to call their branch by,
    null where it has set none.
    """

    value_lists: list[ValueListAnswer]
    receipt_cause: str
    asks_code: bool
    asks_group_image: bool
    asks_form: bool
    promise_max_days: int
    upi: UpiPayeeAnswer | None
    sheets: list[SheetAnswer]
    advance_dues: list[AdvanceDueAnswer]
    branch_phone: str | None


async def door_of(session: Session, branch: BranchView, day: date) -> DoorAnswer:
    """What is asked and offered at the doors of an agent's branch on a day."""
    policies = await effective(session, branch.id)
    until = await offered_until(session, [branch.id], day)
    payee = policies.upi_payee_vpa
    name = policies.upi_payee_name or branch.name
    return DoorAnswer(
        value_lists=[
            list_answer(await value_list(session, branch.id, topic, day)) for topic in CHOSEN_FROM
        ],
        receipt_cause=policies.receipt_cause,
        asks_code=policies.cash_code,
        asks_group_image=policies.center_group_image,
        asks_form=policies.customer_form,
        promise_max_days=policies.promise_max_days,
        upi=UpiPayeeAnswer(vpa=payee, name=name) if payee else None,
        sheets=[sheet_answer(sheet) for sheet in (await sheets_on(session, day)).sheets],
        advance_dues=[
            AdvanceDueAnswer.model_validate(due) for due in await dues_ahead(session, day, until)
        ],
        branch_phone=policies.branch_phone or None,
    )
