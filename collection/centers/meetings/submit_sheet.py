"""Submit the sheet of a meeting: attendance, receipts and counted cash, all or nothing."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from collection.centers.errors import GroupImageMissing, NoMembersHere, SheetSubmitted
from collection.centers.meetings import store
from collection.centers.meetings.explain_unpaid import explain_unpaid
from collection.centers.meetings.meeting import (
    Meeting,
    MeetingMember,
    SheetReceipt,
    SheetReport,
    check_members,
)
from collection.centers.read_sheets import center_of, sheet_of
from collection.centers.sheet import Sheet
from collection.custody import store as custody
from collection.custody.denominations import counted
from collection.custody.errors import NoTill, OverCashLimit
from collection.custody.till import Till
from collection.field_notes.causes.explain_amount import collect_explained
from collection.field_notes.errors import CauseMissing
from collection.receipts.receipt import Receipt
from collection.receipts.report import ReceiptReport
from collection.receipts.store import lock_payers
from core.clock import local_day
from core.device_time import EXPECTED, is_plausible
from core.errors import IdReused, InvalidField
from core.money import Money
from core.said import say
from data.live import announce
from data.session import Session
from identity.policies.store import effective


async def submit_sheet(
    session: Session, agent_id: UUID, report: SheetReport, now: datetime, *, was_offline: bool
) -> Meeting:
    """Take down a whole sheet; each receipt on it is one like any other.

    The same report again gets the same answer. Money that was taken while the phone `was_offline`
    is kept though it is not said why it is short. Raises what `collect_explained` does, naming the
    receipt, what `explain_unpaid` does, and `CenterNotFound`, `NoMembersHere`, `SheetSubmitted`,
    `GroupImageMissing`, `InvalidField` for members or cash that do not add up, and `OverCashLimit`
    when its cash is beyond the limit.

    Locks as `collect` does: all its payers, then its accounts, each in the order of their ids.
    """
    # 1. One fact at a time for this agent's money; a repeat is answered from what was stored.
    till = await custody.lock_till(session, agent_id)
    if till is None:
        raise NoTill(str(agent_id))
    known = await store.meeting(session, report.id)
    if known:
        if known.body_hash != report.body_hash:
            raise IdReused("center meeting", str(report.id))
        return known.meeting
    # 2. Refuse what cannot be true, or is not whole.
    sheet = await _sheet(session, agent_id, report, now)
    cash = _cash(report, sheet)
    await _picture(session, report, sheet)
    # 3. The cash as one: the limit has room for all of it, or none is taken.
    _check_limit(report, till)
    # 4. The receipts, accounts in the order that all who lock several keep to.
    taken = await _collect(session, agent_id, report, now, was_offline=was_offline)
    # 5. Keep it.
    made = _meeting(agent_id, report, sheet, cash, taken, now)
    if not await store.add(session, sheet.head.branch_id, made, report):
        raise IdReused("center meeting", str(report.id))
    await explain_unpaid(session, agent_id, report, sheet, now, was_offline=was_offline)
    announce(session, sheet.head.branch_id, "center", {"center_id": str(report.center_id)})
    return made


async def _sheet(session: Session, agent_id: UUID, report: SheetReport, now: datetime) -> Sheet:
    if not is_plausible(report.held_at, now):
        raise InvalidField("held_at", EXPECTED)
    center = await center_of(session, report.center_id, now.date())
    day = local_day(report.held_at, center.zone)
    first = await store.submitted(session, report.center_id, day, agent_id)
    if first is not None:
        raise SheetSubmitted(str(first), day)
    sheet = await sheet_of(session, report.center_id, day)
    if not sheet.members:
        raise NoMembersHere(str(report.center_id))
    check_members(report, sheet)
    return sheet


def _cash(report: SheetReport, sheet: Sheet) -> Money:
    """The cash of the sheet, if it is what the notes and coins make."""
    for where, receipt in report.receipts():
        if receipt.amount.currency != sheet.head.currency:
            raise InvalidField(
                f"{where}.amount.currency",
                say("{currency}, the center's", currency=sheet.head.currency),
            )
    minor = sum(r.amount.amount_minor for _, r in report.receipts() if r.is_cash)
    cash = Money(minor, sheet.head.currency)
    if minor or report.denominations:
        counted(report.denominations, cash)
    return cash


async def _picture(session: Session, report: SheetReport, sheet: Sheet) -> None:
    if report.group_image_id is None:
        if (await effective(session, sheet.head.branch_id)).center_group_image:
            raise GroupImageMissing(sheet.head.code)
        return
    case_ids = [case.case_id for member in sheet.members for case in member.cases]
    if not await store.is_group_image(session, report.group_image_id, case_ids):
        raise InvalidField(
            "group_image_id",
            say("a photo sent at a case of one of the members, for this sheet alone"),
        )


def _check_limit(report: SheetReport, till: Till) -> None:
    online = [r.amount for _, r in report.receipts() if r.is_cash and r.offline is None]
    if not online:
        return
    total = sum(online[1:], start=online[0])
    if total.currency == till.currency and total > till.headroom:
        raise OverCashLimit(till.headroom, till.limit, total, till.blocked_for)


async def _collect(
    session: Session, agent_id: UUID, report: SheetReport, now: datetime, *, was_offline: bool
) -> tuple[Receipt, ...]:
    known = await store.receipts_known(session, [r.id for _, r in report.receipts()])
    if known:
        raise IdReused("receipt", str(known[0]))
    case_ids = [receipt.case_id for _, receipt in report.receipts()]
    await lock_payers(session, case_ids)
    order = await store.account_order(session, case_ids)
    waiting = sorted(report.receipts(), key=lambda one: order[one[1].case_id])
    taken: dict[UUID, Receipt] = {}
    for where, receipt in waiting:
        try:
            explained = await collect_explained(
                session, agent_id, _report(report, receipt), receipt.cause, now,
                was_offline=was_offline,
            )  # fmt: skip
            taken[receipt.id] = explained.receipt
        except (InvalidField, CauseMissing) as wrong:
            raise replace(wrong, field=f"{where}.{wrong.field}") from None
    return tuple(taken[receipt.id] for _, receipt in report.receipts())


def _report(sheet: SheetReport, receipt: SheetReceipt) -> ReceiptReport:
    """The receipt as a phone would send it alone; one of another sheet is another fact."""
    body_hash = hashlib.sha256(sheet.body_hash + receipt.id.bytes).digest()
    return ReceiptReport(
        receipt.id, receipt.case_id, receipt.amount, receipt.mode, receipt.mode_reference,
        sheet.held_at, sheet.fix, body_hash, receipt.offline, receipt.mode_details,
        receipt.loan_card, receipt.one_time_code,
    )  # fmt: skip


def _meeting(
    agent_id: UUID,
    report: SheetReport,
    sheet: Sheet,
    cash: Money,
    taken: Sequence[Receipt],
    now: datetime,
) -> Meeting:
    owed = {m.customer_id: m for m in sheet.members}
    members = tuple(
        MeetingMember(
            m.customer_id, owed[m.customer_id].name, m.attendance,
            owed[m.customer_id].amounts.left,
        )
        for m in report.members
    )  # fmt: skip
    total = sum(receipt.amount.amount_minor for receipt in taken)
    return Meeting(
        report.id, report.center_id, agent_id, sheet.day, report.held_at, now,
        report.group_image_id, sheet.amounts.left, cash,
        Money(total - cash.amount_minor, cash.currency),
        tuple(report.denominations), members, tuple(taken),
    )  # fmt: skip
