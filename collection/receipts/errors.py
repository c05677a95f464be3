"""What can go wrong with receipts."""

from dataclasses import dataclass
from datetime import date

from core.errors import Conflict, Invalid, NotFound, Refused
from core.money import Money
from core.said import say


@dataclass(eq=False)
class ModeNotTakenHere(Invalid):
    """Payments of this kind are not taken here."""

    mode: str
    country: str
    modes: tuple[str, ...]

    @property
    def detail(self) -> str:
        return say(
            "mode: one of {modes}; {mode} is not taken in {country}",
            modes=", ".join(self.modes),
            mode=self.mode,
            country=self.country,
        )


@dataclass(eq=False)
class TooMuchCashOfPayer(Refused):
    """This payer may not hand over so much cash in one day."""

    paid_today: Money
    below: Money
    amount: Money

    @property
    def detail(self) -> str:
        most = max(0, self.below.amount_minor - 1 - self.paid_today.amount_minor)
        return say(
            "{paid_today} came in cash today, and the day's sum must stay below {below}. "
            "Take {most} at most, and the rest by another mode or on another day.",
            paid_today=self.paid_today,
            below=self.below,
            most=Money(most, self.amount.currency),
        )


@dataclass(eq=False)
class PartNotTaken(Refused):
    """This must be paid in full.

    `field` is the amount's; `due` is what settles every due that the payment would reach, `due_on`
    the day of the one that it would leave paid in part.
    """

    field: str
    due: Money
    due_on: date

    @property
    def detail(self) -> str:
        return say(
            "{field}: {due} or more. What fell due on {due_on} is paid as a whole, or not at all",
            field=self.field,
            due=self.due,
            due_on=self.due_on,
        )


@dataclass(eq=False)
class ReceiptNotFound(NotFound):
    """There is no such receipt among yours."""

    receipt_id: str


@dataclass(eq=False)
class AlreadyReversed(Conflict):
    """That this receipt be undone is asked or done already."""

    receipt_id: str


@dataclass(eq=False)
class ReversalNotFound(NotFound):
    """There is no such reversal in your branches."""

    reversal_id: str


@dataclass(eq=False)
class OwnReversal(Refused):
    """Nobody decides on a reversal that he asked for, or of a receipt of his own."""

    reversal_id: str

    @property
    def detail(self) -> str:
        return say("Have another person look at it and decide")


@dataclass(eq=False)
class AdvancePaidBack(Refused):
    """What this receipt paid beyond its dues was paid back, or put to the account, already."""

    receipt_id: str

    @property
    def detail(self) -> str:
        return say("The customer has had that money; settle the rest with them")


@dataclass(eq=False)
class AccountElsewhere(Refused):
    """The account is another branch's by now."""

    receipt_id: str

    @property
    def detail(self) -> str:
        return say("Somebody who sees both branches can undo this receipt")


@dataclass(eq=False)
class ReversalSettled(Conflict):
    """This reversal was decided already."""

    reversal_id: str
    state: str


@dataclass(eq=False)
class ConfirmationNotFound(NotFound):
    """There is no such confirmation in your branches."""

    confirmation_id: str


@dataclass(eq=False)
class OwnPayer(Refused):
    """Who took the payer's cash does not confirm the balance."""

    confirmation_id: str

    @property
    def detail(self) -> str:
        return say("Have another person ask the payer")


@dataclass(eq=False)
class AlreadyConfirmed(Conflict):
    """This payer was asked already, and the answer was another."""

    confirmation_id: str


@dataclass(eq=False)
class PaperReceiptKnown(Conflict):
    """A receipt of this number is in the books already."""

    number: str

    @property
    def detail(self) -> str:
        return say("It is receipt {number}; nothing is to be entered", number=self.number)


@dataclass(eq=False)
class PaperReceiptDiffers(Conflict):
    """The desk entered this receipt from paper, and not as the phone has it."""

    number: str
    entered: Money
    told: Money

    @property
    def detail(self) -> str:
        return say(
            "Receipt {number} stands with {entered} of the paper, the phone says {told}; "
            "if the paper was misread, have it undone first",
            number=self.number,
            entered=self.entered,
            told=self.told,
        )
