"""What can go wrong with cash."""

from dataclasses import dataclass
from datetime import datetime

from collection.custody.amount_text import amount_text
from core.errors import Conflict, NotFound, Refused
from core.money import Money


@dataclass(eq=False)
class OverCashLimit(Refused):
    """This much cash would pass your limit."""

    headroom: Money
    limit: Money
    amount: Money

    @property
    def detail(self) -> str:
        over = amount_text(self.amount - self.headroom)
        return (
            f"{over} over your limit of {amount_text(self.limit)}."
            " Deposit first, or ask your supervisor."
        )


@dataclass(eq=False)
class MoreThanInHand(Refused):
    """This is more cash than you hold."""

    in_hand: Money
    amount: Money

    @property
    def detail(self) -> str:
        return f"You hold {amount_text(self.in_hand)}. Count again, and deposit that or less."


@dataclass(eq=False)
class NoTill(Conflict):
    """You have no till yet."""

    agent_id: str

    @property
    def detail(self) -> str:
        return "Ask your administrator to open one, with its cash limit"


@dataclass(eq=False)
class DepositNotFound(NotFound):
    """There is no such deposit among yours."""

    deposit_id: str


@dataclass(eq=False)
class OwnDeposit(Refused):
    """Nobody acknowledges a deposit of his own."""

    deposit_id: str

    @property
    def detail(self) -> str:
        return "Have another person count the cash and acknowledge it"


@dataclass(eq=False)
class ProvenByTheBank(Refused):
    """A deposit at the bank is proven by the bank's statement."""

    deposit_id: str

    @property
    def detail(self) -> str:
        return "Only cash brought to the branch is counted and acknowledged here"


@dataclass(eq=False)
class AlreadyAcknowledged(Conflict):
    """This deposit was acknowledged already, by another person."""

    deposit_id: str
    acknowledged_at: datetime
