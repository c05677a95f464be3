"""Receipt books as values."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from core.errors import InvalidField
from core.said import say

MOST_LEAVES = 1000

GRACE = timedelta(hours=24)
"""How long a leaf may be skipped: receipts on paper are entered when their agent is back."""

_SERIES = r"[A-Z0-9](?:-?[A-Z0-9]){0,19}"
_NUMBER = re.compile(rf"(?P<series>{_SERIES})-(?P<number>\d{{1,9}})")


class Fate(StrEnum):
    """What somebody declares of a leaf that no receipt is on."""

    CANCELLED = "cancelled"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Book:
    """The leaves of a series from `first` to `last`, and who holds them; `held_to` is the last that
    its holder answers for, as those behind it came back blank."""

    id: UUID
    branch_id: UUID
    agent_id: UUID
    series: str
    first: int
    last: int
    held_to: int
    issued_at: datetime
    returned_at: datetime | None

    def was_out(self, at: datetime) -> bool:
        """Whether its holder had it then, to the minute that a paper tells."""
        issued_at = self.issued_at.replace(second=0, microsecond=0)
        return issued_at <= at and (self.returned_at is None or at <= self.returned_at)

    def leaf_text(self, number: int) -> str:
        """A leaf's number as people say it: ``B12-17``, whatever zeros are printed before it."""
        return f"{self.series}-{number}"


@dataclass(frozen=True, slots=True)
class Leaf:
    """What became of a leaf: a receipt, a fate with its reason, or (declared, and found after all)
    both."""

    number: int
    receipt_id: UUID | None
    receipt: str | None
    fate: Fate | None
    reason: str | None
    noted_at: datetime
    noted_by: str


@dataclass(frozen=True, slots=True)
class Missing:
    """A leaf that nobody accounts for. `since` is when a later one was accounted for, or the book
    came back, or its holder left."""

    number: int
    since: datetime


def read_number(printed: str) -> tuple[str, int] | None:
    """The series and the number that are printed on a leaf; None for what is no such thing."""
    shape = _NUMBER.fullmatch(printed.strip().upper())
    return (shape["series"], int(shape["number"])) if shape else None


def checked_series(series: str) -> str:
    """A series as it is kept. Raises `InvalidField`."""
    wanted = series.strip().upper()
    if not re.fullmatch(_SERIES, wanted):
        raise InvalidField("series", say("up to 20 letters and digits, such as B12"))
    return wanted


def check_numbers(first: int, last: int) -> None:
    """Raises `InvalidField` for leaves that make no book."""
    if not first <= last < first + MOST_LEAVES:
        raise InvalidField(
            "last_number",
            say("from {first} to {last}", first=first, last=first + MOST_LEAVES - 1),
        )


def in_runs(numbers: list[int]) -> str:
    """Numbers in few words: ``3, 7–9``."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(f"{a}" if a == b else f"{a}\N{EN DASH}{b}" for a, b in runs)
