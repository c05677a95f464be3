"""What can be in the way of leaving."""

from dataclasses import dataclass

from core.errors import Conflict, Forbidden, Refused
from core.money import Money
from core.said import say


class OwnLeaving(Forbidden):
    """Nobody ends their own account."""

    @property
    def detail(self) -> str:
        return say("Ask another administrator")


@dataclass(eq=False)
class AlreadyLeft(Conflict):
    """This person has left already."""

    staff_id: str


@dataclass(eq=False)
class StillHoldsCash(Refused):
    """There is cash in their hands."""

    in_hand: Money

    @property
    def detail(self) -> str:
        return say(
            "Have it handed over and counted first; or send `post_shortage`, and what the "
            "till says is owed by them"
        )
