"""Who came to meetings, and how reliably."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Attendance(StrEnum):
    """What a sheet says of a member. `LEAVE` was asked for beforehand; `APPROVED` is an absence
    that the officer or the group accepted."""

    PRESENT = "present"
    LATE = "late"
    ABSENT = "absent"
    LEAVE = "leave"
    APPROVED = "approved"


ATTENDED = frozenset({Attendance.PRESENT, Attendance.LATE})
EXCUSED = frozenset({Attendance.LEAVE, Attendance.APPROVED})


@dataclass(frozen=True, slots=True)
class Tally:
    """How many meetings were attended, missed, and missed with an excuse."""

    attended: int = 0
    absent: int = 0
    excused: int = 0

    @property
    def pct(self) -> float | None:
        """Attended meetings per 100 that were attended or missed; excused ones do not count.

        None where there is nothing to count.
        """
        counted = self.attended + self.absent
        return round(100 * self.attended / counted, 1) if counted else None

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.attended + other.attended,
            self.absent + other.absent,
            self.excused + other.excused,
        )


def tally(marks: Iterable[Attendance]) -> Tally:
    """The tally of some marks."""
    known = list(marks)
    attended = sum(mark in ATTENDED for mark in known)
    excused = sum(mark in EXCUSED for mark in known)
    return Tally(attended, len(known) - attended - excused, excused)
