"""What can be in the way of going to another branch."""

from dataclasses import dataclass
from datetime import date

from core.errors import Conflict, Forbidden, NotFound, Refused
from core.money import Money
from core.said import say


class OwnMove(Forbidden):
    """Nobody moves themselves to another branch."""

    @property
    def detail(self) -> str:
        return say("Ask another administrator")


@dataclass(eq=False)
class BranchMoveNotFound(NotFound):
    """There is no such move that is still to come."""

    move_id: str


@dataclass(eq=False)
class MovePlanned(Conflict):
    """A move of this person is planned already."""

    move_id: str
    on_day: date

    @property
    def detail(self) -> str:
        return say("It is planned for {on_day}; withdraw that one first", on_day=self.on_day)


@dataclass(eq=False)
class TillNotEmpty(Refused):
    """There is cash of this branch in their hands or on its way."""

    in_hand: Money
    in_transit: Money
    on_lease: Money

    @property
    def detail(self) -> str:
        return say(
            "Have it handed over and counted, and the phone's lease returned; then move them"
        )


@dataclass(eq=False)
class CashMovedToday(Refused):
    """They have taken or handed over cash today."""

    today: date

    @property
    def detail(self) -> str:
        return say("Choose a later day than {today}: a day's cash is proven by one branch",
                   today=self.today)  # fmt: skip
