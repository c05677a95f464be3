"""An instruction for a case: what it may say."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from core.clock import local_day
from core.errors import InvalidField
from core.said import say

KEEP_WITHIN_S = 15 * 60
"""How far from its planned time a stop that is kept as planned may begin."""

LATE_TO_FIXED_S = 10 * 60
"""How late one may come to a fixed time where nothing else is said."""

LONGEST = timedelta(days=366)


class Kind(StrEnum):
    """What is ordered. The last three hold for one day."""

    MUST_VISIT = "must_visit"
    DO_NOT_VISIT = "do_not_visit"
    KEEP_AS_PLANNED = "keep_as_planned"
    NEXT_STOP = "next_stop"
    FIXED_TIME = "fixed_time"


ONE_DAY = frozenset({Kind.KEEP_AS_PLANNED, Kind.NEXT_STOP, Kind.FIXED_TIME})
ORDERED = frozenset({Kind.MUST_VISIT, *ONE_DAY})
"""What asks for a visit."""


@dataclass(frozen=True, slots=True)
class Instruction:
    """An order for a case, from a day until another one (None: until it is ended).

    `at` and `tolerance_s` are when the visit begins: at the earliest at `at` for a fixed time, at
    most `tolerance_s` before or after it for a stop that is kept as planned.
    """

    id: UUID
    case_id: UUID
    kind: Kind
    from_day: date
    until_day: date | None
    reason: str
    at: datetime | None = None
    tolerance_s: int | None = None

    def window(self) -> tuple[datetime, datetime] | None:
        """When the visit is to begin, both included; None where no time is ordered."""
        if self.at is None or self.tolerance_s is None:
            return None
        after = timedelta(seconds=self.tolerance_s)
        return (self.at - after if self.kind is Kind.KEEP_AS_PLANNED else self.at), self.at + after


def check_instruction(made: Instruction, zone: str, now: datetime) -> None:
    """Raises `InvalidField` unless the instruction can be followed from today on."""
    today = local_day(now, zone)
    if made.from_day < today:
        raise InvalidField("from_day", say("{today} or later", today=today))
    until_day = made.until_day
    if until_day is not None and not made.from_day <= until_day <= made.from_day + LONGEST:
        raise InvalidField(
            "until_day", say("{from_day} or up to a year later", from_day=made.from_day)
        )
    if made.kind in ONE_DAY and until_day != made.from_day:
        raise InvalidField(
            "until_day", say("{from_day}, for it holds for one day", from_day=made.from_day)
        )
    if (made.kind is Kind.FIXED_TIME) != (made.at is not None):
        raise InvalidField("at", say("given for fixed_time, and only then"))
    if made.at is None:
        if made.tolerance_s is not None:
            raise InvalidField("tolerance_s", say("given for fixed_time, and only then"))
    elif local_day(made.at, zone) != made.from_day:
        raise InvalidField(
            "at",
            say("a time on {from_day} by the clock of {zone}", from_day=made.from_day, zone=zone),
        )
    elif made.at <= now:
        raise InvalidField("at", say("a time that is still to come"))
