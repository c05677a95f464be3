"""Small problems to match, a line each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from collection.reconciliation.matching.problem import (
    Claims,
    Lines,
    Problem,
    banking_days,
)

MONDAY = date(2026, 11, 23)


@dataclass(frozen=True)
class Line:
    """A bank line: hundreds, so many days after Monday."""

    amount: int
    reference: str = ""
    text: str = ""
    day: int = 0
    valued: int | None = None
    bank_id: str | None = None
    is_reversal: bool = False
    is_open: bool = True


@dataclass(frozen=True)
class Claim:
    """A deposit or a receipt."""

    amount: int
    reference: str = ""
    day: int = 0
    party: int = 0
    place: int = 0
    words: str = ""
    is_open: bool = True


def weekend(day: date) -> bool:
    return day.weekday() > 4


def problem(lines: Sequence[Line], claims: Sequence[Claim]) -> Problem:
    start = MONDAY.toordinal()
    return Problem(
        Lines(
            np.array([line.amount * 100 for line in lines], dtype=np.int64),
            np.array([start + line.day for line in lines], dtype=np.int64),
            np.array(
                [start + (line.day if line.valued is None else line.valued) for line in lines],
                dtype=np.int64,
            ),
            [(line.reference,) if line.reference else () for line in lines],
            [line.text for line in lines],
            [line.bank_id for line in lines],
            np.array([line.is_reversal for line in lines], dtype=np.bool_),
            np.array([line.is_open for line in lines], dtype=np.bool_),
        ),
        Claims(
            np.array([claim.amount * 100 for claim in claims], dtype=np.int64),
            np.array([start + claim.day for claim in claims], dtype=np.int64),
            [(claim.reference,) if claim.reference else () for claim in claims],
            np.array([claim.party for claim in claims], dtype=np.int64),
            np.array([claim.place for claim in claims], dtype=np.int64),
            [claim.words for claim in claims],
            np.array([claim.is_open for claim in claims], dtype=np.bool_),
        ),
        banking_days(MONDAY - timedelta(days=60), MONDAY + timedelta(days=60), weekend),
    )
