"""Say why members of a sheet who owe something paid nothing."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from collection.centers.meetings.meeting import MemberReport, SheetReport
from collection.centers.sheet import Sheet, SheetMember
from collection.field_notes.causes.record_cause import Subject, add_cause
from collection.field_notes.errors import CauseMissing
from collection.field_notes.values.store import value_list
from collection.field_notes.values.value_list import Topic
from core.errors import InvalidField
from core.ids import new_id
from core.money import Money
from core.said import say
from data.alerts import raise_alert
from data.session import Session
from identity.policies.store import effective

UNEXPLAINED = "unpaid_members_unexplained"


@dataclass(frozen=True, slots=True)
class Unpaid:
    """A member who owes and paid nothing, with the field where the sheet has them."""

    where: str
    report: MemberReport
    member: SheetMember


def unpaid_members(report: SheetReport, sheet: Sheet) -> list[Unpaid]:
    """Those who owe something on the sheet and from whom it has no receipt."""
    owing = {m.customer_id: m for m in sheet.members if m.amounts.left.amount_minor > 0}
    return [
        Unpaid(f"members.{place}", member, owing[member.customer_id])
        for place, member in enumerate(report.members)
        if member.customer_id in owing and not member.receipts
    ]


async def explain_unpaid(
    session: Session,
    agent_id: UUID,
    report: SheetReport,
    sheet: Sheet,
    now: datetime,
    *,
    was_offline: bool,
) -> None:
    """Open a root cause on each case of a member who owes and paid nothing; the sheet is stored.

    Where the branch's policy `receipt_cause` requires it, a sheet without is refused if it was
    filled in on a phone that asks (`asks_unpaid`) and is not a fact by now; else an alert is open.
    Raises `CauseMissing`, or `InvalidField` for a cause that is none of the list.
    """
    members = unpaid_members(report, sheet)
    unexplained = []
    for each in members:
        try:
            kept = await _explain(session, agent_id, report, sheet, each, now)
        except InvalidField:
            if not was_offline:
                raise
            kept = False
        if not kept:
            unexplained.append(each)
    if not unexplained:
        return
    if (await effective(session, sheet.head.branch_id)).receipt_cause != "required":
        return
    if report.asks_unpaid and not was_offline:
        await _refuse(session, sheet, unexplained[0])
    await _tell(session, agent_id, report.id, sheet, now)


async def _explain(
    session: Session, agent_id: UUID, report: SheetReport, sheet: Sheet, each: Unpaid, now: datetime
) -> bool:
    """Open the causes of a member; False where none is given."""
    if each.report.cause is None:
        return False
    for case in each.member.cases:
        if case.amounts.left.amount_minor > 0:
            subject = Subject(
                case.case_id, sheet.head.branch_id, case.amounts.left,
                Money(0, sheet.head.currency), sheet.day, meeting_id=report.id,
            )  # fmt: skip
            await add_cause(
                session, new_id(), subject, each.report.cause, agent_id, agent_id,
                report.body_hash, now, field=f"{each.where}.cause.code",
            )  # fmt: skip
    return True


async def _refuse(session: Session, sheet: Sheet, first: Unpaid) -> None:
    values = await value_list(session, sheet.head.branch_id, Topic.CAUSE, sheet.day)
    leaves = tuple((value.code, value.label) for value in values.leaves(sheet.day))
    nothing = Money(0, sheet.head.currency)
    raise CauseMissing(f"{first.where}.cause", first.member.amounts.left, nothing, leaves)


async def _tell(
    session: Session, agent_id: UUID, meeting_id: UUID, sheet: Sheet, now: datetime
) -> None:
    await raise_alert(
        session,
        sheet.head.branch_id,
        UNEXPLAINED,
        meeting_id,
        say("Members of {center} paid nothing, and nobody said why", center=sheet.head.name),
        say("Ask why, and note it at their cases. The sheet shows who."),
        now,
        agent_id=agent_id,
    )
