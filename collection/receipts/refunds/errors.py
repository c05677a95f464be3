"""What can go wrong with refunds."""

from dataclasses import dataclass

from core.errors import Conflict, NotFound, Refused
from core.money import Money
from core.said import say


@dataclass(eq=False)
class RefundNotFound(NotFound):
    """There is no such refund in your branches."""

    refund_id: str


@dataclass(eq=False)
class NotOwed(Refused):
    """So much is not owed to this customer."""

    owed: Money

    @property
    def detail(self) -> str:
        return say("At most {owed} can be paid back", owed=self.owed)


@dataclass(eq=False)
class OwnRefund(Refused):
    """Nobody pays out a refund that they asked for."""

    refund_id: str

    @property
    def detail(self) -> str:
        return say("Have another person look at it and decide")


@dataclass(eq=False)
class RefundSettled(Conflict):
    """This refund was decided already."""

    refund_id: str
    state: str
