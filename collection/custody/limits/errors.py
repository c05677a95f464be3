"""What can go wrong with cash limits."""

from dataclasses import dataclass

from core.errors import Conflict, Forbidden, NotFound, Refused
from core.money import Money
from core.said import say


@dataclass(eq=False)
class LimitChangeNotFound(NotFound):
    """There is no such change of a cash limit among yours."""

    change_id: str


@dataclass(eq=False)
class LimitChangeDecided(Conflict):
    """This change of a limit was decided already."""

    decision: str

    @property
    def detail(self) -> str:
        return say(
            "It was {decision}; propose another change", decision=say_decision(self.decision)
        )


class OwnLimitChange(Forbidden):
    """Who proposes a higher limit does not accept it."""

    @property
    def detail(self) -> str:
        return say("Ask another supervisor to accept it; you can take it back")


@dataclass(eq=False)
class RaisedByTwo(Refused):
    """Two people raise a cash limit."""

    limit: Money

    @property
    def detail(self) -> str:
        return say("Propose the higher limit, and have another supervisor accept it")


def say_decision(decision: str) -> str:
    """A decision as a word of a sentence."""
    return {
        "accepted": say("accepted"), "rejected": say("rejected"),
        "overtaken": say("overtaken by another one"),
    }.get(decision, decision)  # fmt: skip
