"""A bank statement as a value, and the proof that none of its lines is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from collection.reconciliation.errors import BalanceMismatch
from core.money import Money


@dataclass(frozen=True, slots=True)
class Line:
    """One booking on the account.

    `amount_minor` is positive for money that came in. `references` are those that the bank keeps
    in fields of their own, `text` is all else that it says. `bank_id` is the bank's own number of
    the booking; it may be missing or, at some banks, repeated. `is_reversal`: the bank says that
    it takes an earlier booking back.
    """

    booked_on: date
    valued_on: date
    amount_minor: int
    references: tuple[str, ...] = ()
    text: str = ""
    bank_id: str | None = None
    code: str | None = None
    is_reversal: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """The lines of an account from its opening to its closing balance, in the bank's order.

    `opening_told`: the file itself says the opening balance; otherwise it was worked out.
    """

    account: str
    currency: str
    opening_minor: int
    closing_minor: int
    from_on: date
    to_on: date
    lines: tuple[Line, ...]
    opening_told: bool = True

    @property
    def total_minor(self) -> int:
        """What the lines make together."""
        return sum(line.amount_minor for line in self.lines)


def checked(statement: Statement) -> Statement:
    """The statement, whose lines lead from opening to closing. Raises `BalanceMismatch`."""
    if statement.opening_minor + statement.total_minor != statement.closing_minor:
        raise BalanceMismatch(
            statement.account,
            Money(statement.opening_minor, statement.currency),
            Money(statement.total_minor, statement.currency),
            Money(statement.closing_minor, statement.currency),
        )
    return statement


def period(days: Sequence[date], opened_on: date, closed_on: date) -> tuple[date, date]:
    """The first and last day that lines and balances speak of."""
    return min([opened_on, *days]), max([closed_on, *days])
