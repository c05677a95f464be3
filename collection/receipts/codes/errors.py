"""What can go wrong with one-time codes."""

from dataclasses import dataclass

from core.errors import Refused
from core.said import say


@dataclass(eq=False)
class NoCodesHere(Refused):
    """This branch asks for no codes."""

    case_id: str

    @property
    def detail(self) -> str:
        return say("The policy cash_code is off; take the receipt without one")


@dataclass(eq=False)
class CodeJustSent(Refused):
    """A code was sent to this customer a moment ago."""

    again_in_s: int

    @property
    def detail(self) -> str:
        return say(
            "Wait {again_in_s} s, or ask for the code that was sent", again_in_s=self.again_in_s
        )
