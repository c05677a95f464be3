"""Center meetings: the sheets of an agent's centers, and their submission as a whole."""

import hashlib
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from api.agents.deposits import DenominationAnswer, DenominationBody
from api.agents.receipts import OfflineBody, PaidBody, ReceiptAnswer
from api.center_answers import (
    SheetAnswer,
    SheetBriefAnswer,
    TallyAnswer,
    brief_answer,
    sheet_answer,
)
from api.deps import Agent, Db, Now, Read, Recording, Synced
from api.desk.note_bodies import GivenCauseBody
from api.routing import Router
from api.schemas import Answer, Body, Day, FactId, FixBody, Instant, Moment, MoneyAnswer
from collection.centers.attendance import Attendance
from collection.centers.meetings.meeting import MemberReport, SheetReceipt, SheetReport
from collection.centers.meetings.submit_sheet import submit_sheet
from collection.centers.read_sheets import sheet_of, sheets_on
from collection.custody.denominations import Denomination
from collection.custody.errors import OverCashLimit
from collection.custody.over_limit import report_over_limit
from collection.field_notes.causes.store import asking_cause
from collection.receipts.report import Offline
from core.money import Money
from identity.store import today_at

router = Router(prefix="/v1/agent", tags=["agent: centers"])


class SheetReceiptBody(PaidBody):
    """Money of a member, with the phone's own id."""

    id: UUID
    offline: OfflineBody | None = None

    def receipt(self) -> SheetReceipt:
        """The domain's value."""
        offline = Offline(self.offline.lease_id, self.offline.number) if self.offline else None
        return SheetReceipt(
            self.id, self.case_id, Money(self.amount.amount_minor, self.amount.currency),
            self.mode, self.mode_reference, offline, self.mode_details,
            self.loan_card.card() if self.loan_card else None, self.one_time_code,
            self.cause.cause() if self.cause else None,
        )  # fmt: skip


class SheetMemberBody(Body):
    """A member of the sheet: whether they came, what they paid, and why one who owes paid nothing
    (`cause`)."""

    customer_id: UUID
    attendance: Attendance
    receipts: Annotated[list[SheetReceiptBody], Field(max_length=20)] = []
    cause: GivenCauseBody | None = None


class MeetingBody(Body):
    """A whole sheet. All of its members are on it; its notes and coins make its cash exactly. An
    app that asks why a member who owes pays nothing says so with `asks_unpaid`."""

    center_id: UUID
    held_at: Moment
    members: Annotated[list[SheetMemberBody], Field(min_length=1, max_length=200)]
    denominations: Annotated[list[DenominationBody], Field(max_length=50)] = []
    group_image_id: UUID | None = None
    fix: FixBody | None = None
    asks_unpaid: bool = False

    def digest(self) -> bytes:
        """As of bodies of phones that do not ask, where nothing was asked."""
        without: dict[str, Any] = {}
        if not self.asks_unpaid:
            without["asks_unpaid"] = True
        if all(member.cause is None for member in self.members):
            without["members"] = {"__all__": {"cause"}}
        return hashlib.sha256(self.model_dump_json(exclude=without).encode()).digest()

    def report(self, meeting_id: UUID) -> SheetReport:
        """The domain's value."""
        return SheetReport(
            meeting_id, self.center_id, self.held_at,
            [
                MemberReport(
                    m.customer_id, m.attendance, [r.receipt() for r in m.receipts],
                    m.cause.cause() if m.cause else None,
                )
                for m in self.members
            ],
            [Denomination(d.face_minor, d.count) for d in self.denominations],
            self.group_image_id, self.fix.fix() if self.fix else None, self.digest(),
            self.asks_unpaid,
        )  # fmt: skip


class MeetingMemberAnswer(Answer):
    """A member as the sheet has them; `due` is what they owed before it."""

    customer_id: UUID
    name: str
    attendance: Attendance
    due: MoneyAnswer


class MeetingAnswer(Answer):
    """A sheet as it was taken down; `due` is what its members owed before it."""

    id: UUID
    center_id: UUID
    day: date
    held_at: Instant
    submitted_at: Instant
    group_image_id: UUID | None
    due: MoneyAnswer
    collected: MoneyAnswer
    cash: MoneyAnswer
    other: MoneyAnswer
    denominations: list[DenominationAnswer]
    attendance: TallyAnswer
    members: list[MeetingMemberAnswer]
    receipts: list[ReceiptAnswer]


@router.get("/centers")
async def get_centers(
    agent: Agent, session: Read, now: Now, on: Day | None = None
) -> list[SheetBriefAnswer]:
    """Your centers that meet on a day (today without one), with what your members owe."""
    day = on or await today_at(session, agent.branch_id, now)
    return [brief_answer(sheet) for sheet in (await sheets_on(session, day)).sheets]


@router.get("/centers/{id}/sheet")
async def get_sheet(
    id: UUID,  # noqa: A002
    agent: Agent,
    session: Read,
    now: Now,
    on: Day | None = None,
) -> SheetAnswer:
    """A center's sheet for a day (today without one): groups, members, their cases, and the sums
    of each. It has the members whose cases are yours."""
    day = on or await today_at(session, agent.branch_id, now)
    return sheet_answer(await sheet_of(session, id, day))


@router.put("/center-meetings/{id}")
async def put_meeting(
    id: FactId,  # noqa: A002
    body: MeetingBody,
    agent: Agent,
    database: Db,
    now: Now,
    record: Recording,
    synced: Synced,
) -> MeetingAnswer:
    """Submit a sheet: attendance of every member, all receipts, and the counted cash. All of it is
    taken down, or nothing. Less than what is due comes with its `cause`, as in a receipt alone, and
    so does nothing of a member who owes."""
    try:
        async with database.transaction(agent.scope) as session:
            made = await submit_sheet(session, agent.id, body.report(id), now, was_offline=synced)
            asking = await asking_cause(session, [receipt.id for receipt in made.receipts])
            await record(session)
    except OverCashLimit as refused:
        # The refusal has undone its transaction; that a supervisor should act on it outlives it.
        case_id = next(r.case_id for m in body.members for r in m.receipts if r.mode == "cash")
        async with database.transaction(agent.scope) as session:
            await report_over_limit(session, agent.id, case_id, refused, now)
        raise
    answer = MeetingAnswer.model_validate(made)
    for receipt in answer.receipts:
        receipt.asks_cause = receipt.id in asking
    return answer
