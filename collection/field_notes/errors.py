"""What can go wrong when contacts are noted."""

from dataclasses import dataclass
from typing import Any

from core.errors import Conflict, Invalid, NotFound
from core.money import Money
from core.said import say


@dataclass(eq=False)
class CodeInUse(Conflict):
    """A code that was chosen before must stay in the list."""

    codes: list[str]

    @property
    def detail(self) -> str:
        listed = ", ".join(self.codes)
        return say(
            "Keep {listed}; give them a last day (active_until) to end their use", listed=listed
        )


@dataclass(eq=False)
class CauseNotFound(NotFound):
    """There is no such root cause among yours."""

    cause_id: str


@dataclass(eq=False)
class CauseExists(Conflict):
    """A root cause was given for this contact already."""

    cause_id: str

    @property
    def detail(self) -> str:
        return say("See {cause_id}: say there what is done about it", cause_id=self.cause_id)


@dataclass(eq=False)
class CauseMissing(Invalid):
    """What is paid is not what is due, and nobody says why.

    `field` is where to say it, `causes` what can be said there: code and words.
    """

    field: str
    demanded: Money
    paid: Money
    causes: tuple[tuple[str, str], ...]

    @property
    def detail(self) -> str:
        codes = ", ".join(code for code, _ in self.causes)
        return say(
            "{field}: {demanded} is due and {paid} is paid. Send a note with one of {codes}",
            field=self.field,
            demanded=self.demanded,
            paid=self.paid,
            codes=codes,
        )

    def facts(self) -> dict[str, Any]:
        """With the list as a client shows it."""
        listed = [{"code": code, "label": label} for code, label in self.causes]
        return {"field": self.field, "demanded": self.demanded, "paid": self.paid, "causes": listed}


@dataclass(eq=False)
class CauseElsewhere(Conflict):
    """This root cause is not at that step."""

    cause_id: str
    state: str

    @property
    def detail(self) -> str:
        return say(
            "It is {state}; the steps are: open, then an action, then closed", state=self.state
        )
