"""Sheets of centers as answers, for agents and for supervisors."""

from datetime import date, time
from uuid import UUID

from api.schemas import Answer, MoneyAnswer, PositionAnswer
from collection.centers.attendance import Attendance, Tally, tally
from collection.centers.sheet import Sheet


class AmountsAnswer(Answer):
    """What a line owes and has paid. `overdue` and `today`, together `due`, are as the day began;
    `advance` falls due on closed days behind it. `collected` came in on the day, and `left` of what
    was due is still to pay."""

    overdue: MoneyAnswer
    today: MoneyAnswer
    due: MoneyAnswer
    advance: MoneyAnswer
    collected: MoneyAnswer
    left: MoneyAnswer


class SheetCaseAnswer(Answer):
    """A case of a member; `account_ref` is the lender's number of the account."""

    case_id: UUID
    account_ref: str
    product_code: str
    amounts: AmountsAnswer


class SheetMemberAnswer(Answer):
    """A member and their cases; `attendance` once a sheet says it, and `cause`, in words, why one
    who owed paid nothing."""

    customer_id: UUID
    name: str
    attendance: Attendance | None
    cause: str | None
    amounts: AmountsAnswer
    cases: list[SheetCaseAnswer]


class SheetGroupAnswer(Answer):
    """A group of members; those who are in none stand together without a code."""

    code: str | None
    name: str | None
    amounts: AmountsAnswer
    members: list[SheetMemberAnswer]


class CenterHeadAnswer(Answer):
    """A center; when and where it meets is null where nobody has said so."""

    center_id: UUID
    branch_code: str
    code: str
    name: str
    currency: str
    is_meeting_day: bool
    meets_at: time | None
    place: str | None
    location: PositionAnswer | None


class TallyAnswer(Answer):
    """How many came and did not. `pct` is of those who came or should have: an excused absence
    (`leave`, `approved`) does not count; null where nothing does."""

    attended: int
    absent: int
    excused: int
    pct: float | None


class SheetAnswer(Answer):
    """The sheet of a center for a day; the sums of each level are those of what is below it."""

    center: CenterHeadAnswer
    day: date
    amounts: AmountsAnswer
    groups: list[SheetGroupAnswer]


class SheetBriefAnswer(Answer):
    """A center's sheet without its lines. `attendance` is null until a sheet says it."""

    center: CenterHeadAnswer
    members: int
    amounts: AmountsAnswer
    attendance: TallyAnswer | None


def sheet_answer(sheet: Sheet) -> SheetAnswer:
    """The whole sheet."""
    return SheetAnswer(
        center=CenterHeadAnswer.model_validate(sheet.head),
        day=sheet.day,
        amounts=AmountsAnswer.model_validate(sheet.amounts),
        groups=[SheetGroupAnswer.model_validate(group) for group in sheet.groups],
    )


def brief_answer(sheet: Sheet) -> SheetBriefAnswer:
    """The sheet in one line."""
    marks = [member.attendance for member in sheet.members if member.attendance]
    return SheetBriefAnswer(
        center=CenterHeadAnswer.model_validate(sheet.head),
        members=len(sheet.members),
        amounts=AmountsAnswer.model_validate(sheet.amounts),
        attendance=tally_answer(tally(marks)) if marks else None,
    )


def tally_answer(counted: Tally) -> TallyAnswer:
    """The tally of some marks."""
    return TallyAnswer.model_validate(counted)
