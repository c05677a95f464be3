"""What is to be matched: bank lines and claims, as columns of equal length."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Lines:
    """Lines of one bank account in the bank's order.

    `day` is the day of booking and `valued` that of value, as `date.toordinal`. `is_open`: not in
    a match yet; those that are only serve as what a reversal takes back.
    """

    amount_minor: Ints
    day: Ints
    valued: Ints
    references: Sequence[tuple[str, ...]]
    texts: Sequence[str]
    bank_ids: Sequence[str | None]
    is_reversal: Bools
    is_open: Bools

    def __len__(self) -> int:
        return len(self.amount_minor)


@dataclass(frozen=True)
class Claims:
    """Deposits and receipts that say: this money is in the bank.

    `day` is the local day they were made on, `party` and `place` number the agents and branches
    they are of, `words` are names that a bank may print. Those that are not `is_open` are proven
    already; their references are known to be theirs.
    """

    amount_minor: Ints
    day: Ints
    references: Sequence[tuple[str, ...]]
    party: Ints
    place: Ints
    words: Sequence[str]
    is_open: Bools

    def __len__(self) -> int:
        return len(self.amount_minor)


@dataclass(frozen=True, slots=True)
class BankingDays:
    """Numbers the banking days from `first` on; a closed day has the number of the next open one.

    So a deposit on Saturday evening and its line on Monday are 0 banking days apart.
    """

    first: int
    numbers: Ints

    def between(self, earlier: Ints, later: Ints) -> Ints:
        """Banking days from one day to another, negative when `later` comes before."""
        last = len(self.numbers) - 1
        at = [np.clip(days - self.first, 0, last) for days in (earlier, later)]
        return self.numbers[at[1]] - self.numbers[at[0]]


def banking_days(first: date, last: date, is_closed: Callable[[date], bool]) -> BankingDays:
    """The banking days of a span, both ends included."""
    days = range(first.toordinal(), last.toordinal() + 1)
    is_open = np.array([not is_closed(date.fromordinal(day)) for day in days], dtype=np.bool_)
    return BankingDays(days.start, np.cumsum(is_open) - is_open)


@dataclass(frozen=True, slots=True)
class Policy:
    """How far evidence may stretch. Days are banking days.

    A reversal that names its credit may come `reversal_days` after it, one that does not
    `unnamed_reversal_days`. A charge is at most `charge_share` of the claim and `charge_minor`.
    """

    reference_days: int = 5
    amount_days: int = 2
    early_days: int = 1
    reversal_days: int = 30
    unnamed_reversal_days: int = 5
    charge_share: float = 0.02
    charge_minor: int = 50_000
    most_in_sum: int = 12
    most_listed: int = 10


@dataclass(frozen=True)
class Problem:
    """Lines and claims in one currency, and the calendar that their days are counted by."""

    lines: Lines
    claims: Claims
    days: BankingDays
    policy: Policy = Policy()

    def lag_days(self, line: Ints, claim: Ints) -> Ints:
        """Banking days that lines come after claims: by booking or value, whichever is nearer."""
        made = self.claims.day[claim]
        booked = self.days.between(made, self.lines.day[line])
        valued = self.days.between(made, self.lines.valued[line])
        return np.where(np.abs(valued) < np.abs(booked), valued, booked)

    def in_time(self, lag_days: Ints, most_days: int) -> Bools:
        """Not too early and not too late."""
        return (lag_days >= -self.policy.early_days) & (lag_days <= most_days)

    @cached_property
    def line_day(self) -> Ints:
        """The number of the banking day that each line is booked on."""
        return self.days.between(np.full(len(self.lines), self.days.first), self.lines.day)

    @cached_property
    def claim_day(self) -> Ints:
        """The number of the banking day that each claim is made on."""
        return self.days.between(np.full(len(self.claims), self.days.first), self.claims.day)
