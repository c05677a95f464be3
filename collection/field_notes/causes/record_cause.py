"""Say why a payment was not what was due."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from collection.field_notes.causes import store
from collection.field_notes.disposition import GivenCause
from collection.field_notes.errors import CauseExists
from collection.field_notes.values.store import value_list
from collection.field_notes.values.value_list import Topic
from collection.receipts.errors import ReceiptNotFound
from core.clock import local_day
from core.errors import IdReused, InvalidField
from core.money import Money
from core.said import say
from data.session import Session


@dataclass(frozen=True, slots=True)
class Subject:
    """What a cause is about: a receipt, or a contact or a center's meeting at which nothing was
    paid, on a day."""

    case_id: UUID
    branch_id: UUID
    demanded: Money
    paid: Money
    day: date
    receipt_id: UUID | None = None
    disposition_id: UUID | None = None
    meeting_id: UUID | None = None


async def explain_receipt(
    session: Session,
    cause_id: UUID,
    receipt_id: UUID,
    given: GivenCause,
    by: UUID,
    body_hash: bytes,
    now: datetime,
) -> None:
    """Open the root cause of a receipt in scope whose amount is not what was due.

    The same again changes nothing. Raises `ReceiptNotFound`, `InvalidField`, `IdReused` or
    `CauseExists`.
    """
    known = await store.hash_of(session, cause_id)
    if known is not None:
        if known != (body_hash, by):
            raise IdReused("root cause", str(cause_id))
        return
    receipt = await store.receipt(session, receipt_id)
    if receipt is None:
        raise ReceiptNotFound(str(receipt_id))
    if receipt.demanded == receipt.paid:
        raise InvalidField("receipt_id", say("a receipt whose amount differs from what was due"))
    day = local_day(receipt.taken_at, receipt.zone)
    subject = Subject(
        receipt.case_id, receipt.branch_id, receipt.demanded, receipt.paid, day,
        receipt_id=receipt_id,
    )  # fmt: skip
    await add_cause(
        session, cause_id, subject, given, by, receipt.agent_id, body_hash, now, field="code"
    )


async def add_cause(
    session: Session,
    cause_id: UUID,
    subject: Subject,
    given: GivenCause,
    by: UUID,
    agent_id: UUID | None,
    body_hash: bytes,
    now: datetime,
    *,
    field: str = "cause.code",
) -> None:
    """Open a root cause. Raises `InvalidField`, `IdReused` or `CauseExists`."""
    values = await value_list(session, subject.branch_id, Topic.CAUSE, subject.day)
    values.leaf(field, given.code, subject.day)
    earlier = await store.cause_of(session, subject.receipt_id, subject.disposition_id)
    if earlier is not None:
        raise CauseExists(str(earlier))
    if not await store.add_cause(
        session, id=cause_id, branch_id=subject.branch_id, case_id=subject.case_id,
        receipt_id=subject.receipt_id, disposition_id=subject.disposition_id,
        meeting_id=subject.meeting_id, list_id=values.id,
        cause_code=given.code, note=given.note, demanded_minor=subject.demanded.amount_minor,
        paid_minor=subject.paid.amount_minor, currency=subject.paid.currency, agent_id=agent_id,
        opened_at=now, opened_by=by, body_hash=body_hash,
    ):  # fmt: skip
        raise IdReused("root cause", str(cause_id))
