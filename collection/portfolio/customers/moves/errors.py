"""What can go wrong when customers move."""

from dataclasses import dataclass

from core.errors import Conflict, Forbidden, NotFound, Refused
from core.said import say


@dataclass(eq=False)
class MoveNotFound(NotFound):
    """There is no such move that is yours to decide."""

    move_id: str


@dataclass(eq=False)
class MoveAsked(Conflict):
    """A move of this customer waits for a decision already."""

    move_id: str


@dataclass(eq=False)
class MoveSettled(Conflict):
    """This move was decided already."""

    move_id: str
    state: str

    @property
    def detail(self) -> str:
        return say("It was {state}; ask for another one if that was wrong", state=self.state)


@dataclass(eq=False)
class OwnMove(Forbidden):
    """Who asked for a move does not decide on it."""

    move_id: str


@dataclass(eq=False)
class PhoneOut(Refused):
    """A phone that is out may still bring receipts of this customer."""

    move_id: str

    @property
    def detail(self) -> str:
        return say(
            "Accept it once the agent's phone has returned its offline lease, or that has ended"
        )
