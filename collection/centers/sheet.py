"""Collection sheets: what a branch's centers, groups, members and cases owe for a meeting day.

The sums of each level come from the database beside the lines; `sheets_of` puts them in place.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from enum import IntEnum
from typing import NamedTuple
from uuid import UUID

from collection.centers.attendance import Attendance
from core.geometry import LatLon
from core.money import Money


class Level(IntEnum):
    """What a line of sums is about: the columns that the database has summed over, as bits."""

    CASE = 0
    MEMBER = 1
    GROUP = 3
    CENTER = 7
    BRANCH = 15


@dataclass(frozen=True, slots=True)
class Amounts:
    """What a line owes and has paid.

    `overdue` fell due before the day and `today` on it, both as the day began; `advance` falls due
    on closed days behind it and may be paid already. `collected` came in on the day, and `left` of
    what was due is still to pay.
    """

    overdue: Money
    today: Money
    advance: Money
    collected: Money
    left: Money

    @property
    def due(self) -> Money:
        """What was to be paid on the day."""
        return self.overdue + self.today


@dataclass(frozen=True, slots=True)
class Line:
    """A line of sums, with the ids and labels of all that it is part of."""

    level: Level
    branch_id: UUID
    amounts: Amounts
    center_id: UUID | None = None
    group_id: UUID | None = None
    customer_id: UUID | None = None
    case_id: UUID | None = None
    label: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class SheetCase:
    """A case of a member; `account_ref` is the lender's number of the account."""

    case_id: UUID
    account_ref: str
    product_code: str
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class SheetMember:
    """A member; `attendance` once a sheet says it, and `cause` why one who owed paid nothing."""

    customer_id: UUID
    name: str
    amounts: Amounts
    cases: tuple[SheetCase, ...]
    attendance: Attendance | None = None
    cause: str | None = None


class Mark(NamedTuple):
    """What a sheet says of a member: whether they came, and why one who owed paid nothing."""

    attendance: Attendance | None = None
    cause: str | None = None


NO_MARK = Mark()


@dataclass(frozen=True, slots=True)
class SheetGroup:
    """A group of members; those who are in none stand together without a code."""

    code: str | None
    name: str | None
    amounts: Amounts
    members: tuple[SheetMember, ...]


@dataclass(frozen=True, slots=True)
class CenterHead:
    """A center as its sheet is headed; the rest is unknown where it has no schedule."""

    center_id: UUID
    branch_id: UUID
    branch_code: str
    code: str
    name: str
    currency: str
    zone: str
    is_meeting_day: bool
    meets_at: time | None = None
    place: str | None = None
    location: LatLon | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """The sheet of a center for a day, down to the cases."""

    head: CenterHead
    day: date
    amounts: Amounts
    groups: tuple[SheetGroup, ...]

    @classmethod
    def empty(cls, head: CenterHead, day: date) -> "Sheet":
        """The sheet of a center none of whose members owes anything here."""
        nothing = Money(0, head.currency)
        return cls(head, day, Amounts(nothing, nothing, nothing, nothing, nothing), ())

    @property
    def members(self) -> tuple[SheetMember, ...]:
        """All members, of all groups."""
        return tuple(member for group in self.groups for member in group.members)


def sheets_of(
    heads: Sequence[CenterHead],
    lines: Sequence[Line],
    marks: dict[tuple[UUID, UUID], Mark],
    day: date,
) -> list[Sheet]:
    """The sheets of some centers, those without any line left out; marks by center and customer."""
    below: dict[tuple[Level, UUID | None, UUID | None, UUID | None], list[Line]] = defaultdict(list)
    for line in lines:
        below[line.level, *_parent(line)].append(line)

    def members(group: Line) -> tuple[SheetMember, ...]:
        found = below[Level.MEMBER, group.center_id, group.group_id, None]
        return tuple(
            SheetMember(
                _known(m.customer_id), m.label or "", m.amounts,
                tuple(
                    SheetCase(_known(c.case_id), c.label or "", c.code or "", c.amounts)
                    for c in below[Level.CASE, m.center_id, m.group_id, m.customer_id]
                ),
                *marks.get((_known(m.center_id), _known(m.customer_id)), NO_MARK),
            )
            for m in found
        )  # fmt: skip

    totals = {line.center_id: line for line in lines if line.level is Level.CENTER}
    return [
        Sheet(
            head, day, totals[head.center_id].amounts,
            tuple(
                SheetGroup(g.code, g.label, g.amounts, members(g))
                for g in below[Level.GROUP, head.center_id, None, None]
            ),
        )
        for head in heads
        if head.center_id in totals
    ]  # fmt: skip


def _parent(line: Line) -> tuple[UUID | None, UUID | None, UUID | None]:
    return (
        line.center_id if line.level < Level.CENTER else None,
        line.group_id if line.level < Level.GROUP else None,
        line.customer_id if line.level < Level.MEMBER else None,
    )


def _known(id_: UUID | None) -> UUID:
    assert id_ is not None, "a line has the ids of its level"
    return id_
