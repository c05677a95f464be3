"""A meeting that was held, as values: what the phone reports, and what was made of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from collection.centers.attendance import Attendance, Tally, tally
from collection.centers.sheet import Sheet
from collection.custody.denominations import Denomination
from collection.field_notes.disposition import GivenCause
from collection.receipts.loan_card import LoanCard
from collection.receipts.receipt import Receipt
from collection.receipts.report import Offline
from core.errors import InvalidField
from core.fix import Fix
from core.money import Money
from core.said import say


@dataclass(frozen=True, slots=True)
class SheetReceipt:
    """Money of a member on the sheet, with the phone's own id; `cause` is why it is less than what
    is due."""

    id: UUID
    case_id: UUID
    amount: Money
    mode: str
    mode_reference: str | None
    offline: Offline | None = None
    mode_details: Mapping[str, str] = field(default_factory=dict)
    loan_card: LoanCard | None = None
    one_time_code: str | None = None
    cause: GivenCause | None = None

    @property
    def is_cash(self) -> bool:
        """Whether it is among the notes and coins on the table."""
        return self.mode == "cash"


@dataclass(frozen=True, slots=True)
class MemberReport:
    """What a sheet says of one member; `cause` is why one who owes paid nothing."""

    customer_id: UUID
    attendance: Attendance
    receipts: Sequence[SheetReceipt]
    cause: GivenCause | None = None


@dataclass(frozen=True, slots=True)
class SheetReport:
    """What the phone sends: the whole sheet, with its own id. `asks_unpaid` tells that the phone
    asks why a member who owes pays nothing; older ones do not."""

    id: UUID
    center_id: UUID
    held_at: datetime
    members: Sequence[MemberReport]
    denominations: Sequence[Denomination]
    group_image_id: UUID | None
    fix: Fix | None
    body_hash: bytes
    asks_unpaid: bool = False

    def receipts(self) -> Iterable[tuple[str, SheetReceipt]]:
        """All receipts, each with the field where it stands."""
        for m, member in enumerate(self.members):
            for r, receipt in enumerate(member.receipts):
                yield f"members.{m}.receipts.{r}", receipt


@dataclass(frozen=True, slots=True)
class MeetingMember:
    """A member as the sheet has them; `due` is what they owed before it."""

    customer_id: UUID
    name: str
    attendance: Attendance
    due: Money


@dataclass(frozen=True, slots=True)
class Meeting:
    """A sheet as it was taken down; `due` is what its members owed before it."""

    id: UUID
    center_id: UUID
    agent_id: UUID
    day: date
    held_at: datetime
    submitted_at: datetime
    group_image_id: UUID | None
    due: Money
    cash: Money
    other: Money
    denominations: tuple[Denomination, ...]
    members: tuple[MeetingMember, ...]
    receipts: tuple[Receipt, ...]

    @property
    def collected(self) -> Money:
        """All that came in."""
        return self.cash + self.other

    @property
    def attendance(self) -> Tally:
        """Who came."""
        return tally(member.attendance for member in self.members)


def check_members(report: SheetReport, sheet: Sheet) -> None:
    """Hold a report against the sheet it is of. Raises `InvalidField` that names the member:
    each of the sheet once and nobody else, and receipts for their own cases, each id once."""
    cases = {m.customer_id: {c.case_id for c in m.cases} for m in sheet.members}
    seen: set[UUID] = set()
    ids: set[UUID] = set()
    for position, member in enumerate(report.members):
        where = f"members.{position}"
        if member.customer_id not in cases:
            raise InvalidField(f"{where}.customer_id", say("a member on the sheet; load it again"))
        if member.customer_id in seen:
            raise InvalidField(f"{where}.customer_id", say("each member once"))
        seen.add(member.customer_id)
        for number, receipt in enumerate(member.receipts):
            if receipt.case_id not in cases[member.customer_id]:
                raise InvalidField(
                    f"{where}.receipts.{number}.case_id", say("a case of this member")
                )
            if receipt.id in ids:
                raise InvalidField(f"{where}.receipts.{number}.id", say("each id once"))
            ids.add(receipt.id)
    missing = [m.name for m in sheet.members if m.customer_id not in seen]
    if missing:
        raise InvalidField(
            "members",
            say("every member of the sheet; {missing} are missing", missing=", ".join(missing)),
        )
