"""What a count found, and what differs from what should be there."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from collection.custody.denominations import Denomination, known_faces, total_of
from core.errors import InvalidField
from core.money import Money
from core.said import say


class Sort(StrEnum):
    """Which way a count differs."""

    SHORTAGE = "shortage"
    EXCESS = "excess"


class Cause(StrEnum):
    """Why: it was not there (or more was), or it is worth nothing."""

    COUNT = "count"
    COUNTERFEIT = "counterfeit"


class Settlement(StrEnum):
    """How a difference ends: a shortage is paid or written off, an excess returned or kept."""

    PAID = "paid"
    WRITTEN_OFF = "written_off"
    RETURNED = "returned"
    KEPT = "kept"


ENDS = {
    Sort.SHORTAGE: (Settlement.PAID, Settlement.WRITTEN_OFF),
    Sort.EXCESS: (Settlement.RETURNED, Settlement.KEPT),
}


@dataclass(frozen=True, slots=True)
class FalseNote:
    """A note that turned out to be counterfeit."""

    face_minor: int
    serial: str


@dataclass(frozen=True, slots=True)
class Count:
    """What somebody counted: good notes and coins, and the false ones among them."""

    denominations: Sequence[Denomination]
    false_notes: Sequence[FalseNote] = ()

    def good(self, currency: str) -> Money:
        """The value of the good ones. Raises `InvalidField` for faces that there are not."""
        faces = known_faces(self.denominations, currency, "denominations")
        known_faces(
            [Denomination(face, 1) for face in {n.face_minor for n in self.false_notes}],
            currency,
            "counterfeit_notes",
        )
        if len({note.serial for note in self.false_notes}) < len(self.false_notes):
            raise InvalidField("counterfeit_notes", say("each serial number once"))
        return Money(total_of(faces), currency)

    def false(self, currency: str) -> Money:
        """The face value of the false ones."""
        return Money(sum(note.face_minor for note in self.false_notes), currency)


@dataclass(frozen=True, slots=True)
class Difference:
    """Cash that is missing or over."""

    sort: Sort
    cause: Cause
    amount: Money


def differences(expected: Money, good: Money, false: Money) -> tuple[Difference, ...]:
    """How a count differs from what should be there; false notes are missing, whatever else is."""
    found = []
    if false.amount_minor:
        found.append(Difference(Sort.SHORTAGE, Cause.COUNTERFEIT, false))
    over = good + false - expected
    if over.amount_minor > 0:
        found.append(Difference(Sort.EXCESS, Cause.COUNT, over))
    elif over.amount_minor < 0:
        found.append(Difference(Sort.SHORTAGE, Cause.COUNT, -over))
    return tuple(found)


def total(found: Sequence[Difference], sort: Sort, currency: str) -> Money:
    """All that is missing, or all that is over."""
    return Money(sum(d.amount.amount_minor for d in found if d.sort is sort), currency)
