"""What can go wrong between the bank's statement and ours."""

from dataclasses import dataclass
from datetime import date

from core.errors import Conflict, Invalid, NotFound, Refused
from core.money import Money
from core.said import say, say_all, say_many

SHOWN = 100
"""As many problems of a file are told; the rest are counted."""

MOST_TOLD = 5
"""As many of what stands in a way are told in a sentence."""


@dataclass(frozen=True, slots=True)
class FileProblem:
    """A value of a statement file that cannot be used, and where it stands (``line 12``)."""

    at: str
    field: str
    value: str
    expected: str

    def __str__(self) -> str:
        return f"{self.at}, {self.field}: {self.value!r} is not {self.expected}"


class StatementRefused(Invalid):
    """The statement cannot be taken in; nothing of it was."""


@dataclass(eq=False)
class UnreadableStatement(StatementRefused):
    """The statement file cannot be read."""

    problems: tuple[FileProblem, ...]
    more: int = 0

    @property
    def detail(self) -> str:
        rest = len(self.problems) - 1 + self.more
        return str(self.problems[0]) + (f"; and {rest} more" if rest else "")


@dataclass(eq=False)
class BalanceMismatch(StatementRefused):
    """Opening balance and lines do not make the closing balance."""

    account: str
    opening: Money
    lines: Money
    closing: Money

    @property
    def detail(self) -> str:
        return say(
            "account {account}: {opening} and lines of {lines} make {opening_2}, not "
            "{closing}. Get the whole file from the bank.",
            account=self.account,
            opening=self.opening,
            lines=self.lines,
            opening_2=self.opening + self.lines,
            closing=self.closing,
        )


@dataclass(eq=False)
class UnknownBankAccount(StatementRefused):
    """This is the statement of an account that is not known here."""

    account: str
    currency: str

    @property
    def detail(self) -> str:
        return say(
            "Add bank account {account} in {currency} first, or check the file",
            account=self.account,
            currency=self.currency,
        )


@dataclass(eq=False)
class DifferentLines(StatementRefused):
    """Other lines of these days are known already."""

    account: str
    day: date
    known: Money
    found: Money

    @property
    def detail(self) -> str:
        return say(
            "account {account}, {day}: the file's lines make {found}, but {known} with "
            "those that are known already. Is it a day that came in another format? That "
            "would count twice.",
            account=self.account,
            day=self.day,
            found=self.found,
            known=self.known,
        )


@dataclass(eq=False)
class BankAccountNotFound(NotFound):
    """There is no such bank account among yours."""

    bank_account_id: str


@dataclass(eq=False)
class BankAccountTaken(Conflict):
    """This bank account is known already."""

    number: str

    @property
    def detail(self) -> str:
        return say("Account {number} was added before; change that one", number=self.number)


@dataclass(eq=False)
class StatementNotFound(NotFound):
    """There is no such statement among yours."""

    statement_id: str


@dataclass(eq=False)
class NotTakenIn(Conflict):
    """Only a file that was taken in can be taken back."""

    file_id: str
    state: str


@dataclass(eq=False)
class BuiltUpon(Refused):
    """Others rely on lines of this file."""

    in_the_way: tuple[str, ...]

    @property
    def detail(self) -> str:
        first = say_all(self.in_the_way[:MOST_TOLD])
        return say_many(
            "One thing stands in the way: {them}. Undo that first.",
            "{count} things stand in the way: {them}. Undo those first.",
            len(self.in_the_way),
            them=first,
        )


@dataclass(eq=False)
class LineNotFound(NotFound):
    """There is no such statement line among yours."""

    line_id: str


@dataclass(eq=False)
class MatchNotFound(NotFound):
    """There is no such match among yours."""

    match_id: str


@dataclass(eq=False)
class ClaimNotFound(NotFound):
    """There is no such deposit, remittance or receipt among yours that a bank line could prove."""

    claim_id: str


@dataclass(eq=False)
class AlreadyMatched(Conflict):
    """A line or a deposit of this is in another match."""

    taken: str

    @property
    def detail(self) -> str:
        return say("{taken} is matched or set aside; undo that first", taken=self.taken)


@dataclass(eq=False)
class AlreadyUndone(Conflict):
    """This was undone before."""

    match_id: str


@dataclass(eq=False)
class OwnMoney(Refused):
    """Nobody reconciles money that they took or paid in themselves."""

    claim_id: str

    @property
    def detail(self) -> str:
        return say("Have another person confirm it")


@dataclass(eq=False)
class DifferenceTooLarge(Refused):
    """The lines and the deposits differ by more than may be written off."""

    difference: Money
    allowed: Money

    @property
    def detail(self) -> str:
        return say(
            "They differ by {difference}; up to {allowed} may be told as a bank charge. "
            "Choose other lines, or report the rest as a shortage.",
            difference=self.difference,
            allowed=self.allowed,
        )
