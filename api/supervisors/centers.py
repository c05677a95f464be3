"""Center meetings of a day for supervisors: what was due and came in, who attended."""

from datetime import date, timedelta
from uuid import UUID

from api.agents.deposits import DenominationAnswer
from api.center_answers import (
    AmountsAnswer,
    SheetAnswer,
    SheetBriefAnswer,
    TallyAnswer,
    brief_answer,
    sheet_answer,
    tally_answer,
)
from api.deps import Now, Read, Supervisor
from api.routing import Router
from api.schemas import Answer, Day, Instant, MoneyAnswer
from collection.centers.attendance import Tally
from collection.centers.meetings import store
from collection.centers.read_sheets import center_of, sheet_of, sheets_on
from core.errors import InvalidField
from core.said import say
from identity.store import today_at

router = Router(prefix="/v1", tags=["supervisors: centers"])

ATTENDANCE_DAYS = 90
"""What attendance is told of without dates."""


class SubmittedAnswer(Answer):
    """A sheet that an agent submitted, with the cash that was counted at the meeting; `zone` is
    that of its branch."""

    meeting_id: UUID
    agent_id: UUID
    agent_name: str
    submitted_at: Instant
    zone: str
    cash: MoneyAnswer
    denominations: list[DenominationAnswer]


class CenterDayAnswer(SheetBriefAnswer):
    """A center's meeting; several agents submit a sheet each where its members are theirs."""

    submitted: list[SubmittedAnswer]


class BranchDayAnswer(Answer):
    """All centers of a branch together."""

    branch_code: str
    amounts: AmountsAnswer


class CentersDayAnswer(Answer):
    """The center meetings of a day; the sums of each branch are those of its centers."""

    day: date
    branches: list[BranchDayAnswer]
    centers: list[CenterDayAnswer]


class MemberTallyAnswer(Answer):
    """How reliably a member came."""

    customer_id: UUID
    name: str
    attendance: TallyAnswer


class AttendanceAnswer(Answer):
    """Attendance at a center's meetings from the first to the last day, both included."""

    first: date
    last: date
    attendance: TallyAnswer
    members: list[MemberTallyAnswer]


@router.get("/centers")
async def get_centers(
    caller: Supervisor, session: Read, now: Now, on: Day | None = None
) -> CentersDayAnswer:
    """The center meetings of a day (today without one) in your branches."""
    day = on or await today_at(session, caller.branch_id, now)
    found = await sheets_on(session, day)
    submitted = await store.submitted_on(session, day)
    codes = {sheet.head.branch_id: sheet.head.branch_code for sheet in found.sheets}
    return CentersDayAnswer(
        day=day,
        branches=[
            BranchDayAnswer(
                branch_code=code, amounts=AmountsAnswer.model_validate(found.of_branch[branch_id])
            )
            for branch_id, code in sorted(codes.items(), key=lambda one: one[1])
        ],
        centers=[
            CenterDayAnswer(
                **brief_answer(sheet).model_dump(),
                submitted=[
                    SubmittedAnswer.model_validate(one)
                    for one in submitted
                    if one.center_id == sheet.head.center_id
                ],
            )
            for sheet in found.sheets
        ],
    )


@router.get("/centers/{id}/sheet")
async def get_sheet(
    id: UUID,  # noqa: A002
    caller: Supervisor,
    session: Read,
    now: Now,
    on: Day | None = None,
) -> SheetAnswer:
    """The sheet of a center for a day (today without one), with all of its members."""
    day = on or await today_at(session, caller.branch_id, now)
    return sheet_answer(await sheet_of(session, id, day))


@router.get("/centers/{id}/attendance")
async def get_attendance(
    id: UUID,  # noqa: A002
    caller: Supervisor,
    session: Read,
    now: Now,
    first: Day | None = None,
    last: Day | None = None,
) -> AttendanceAnswer:
    """How reliably a center's members came; without dates, in the last 90 days."""
    until = last or await today_at(session, caller.branch_id, now)
    since = first or until - timedelta(days=ATTENDANCE_DAYS - 1)
    if since > until:
        raise InvalidField("first", say("a day up to {until}", until=until))
    await center_of(session, id, until)
    members = await store.tallies(session, id, since, until)
    return AttendanceAnswer(
        first=since,
        last=until,
        attendance=tally_answer(sum((m.attendance for m in members), Tally())),
        members=[MemberTallyAnswer.model_validate(m) for m in members],
    )
