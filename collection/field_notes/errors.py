"""What can go wrong when contacts are noted."""

from dataclasses import dataclass

from core.errors import Conflict, NotFound


@dataclass(eq=False)
class CodeInUse(Conflict):
    """A code that was chosen before must stay in the list."""

    codes: list[str]

    @property
    def detail(self) -> str:
        listed = ", ".join(self.codes)
        return f"Keep {listed}; give them a last day (active_until) to end their use"


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
        return f"See {self.cause_id}: say there what is done about it"


@dataclass(eq=False)
class CauseElsewhere(Conflict):
    """This root cause is not at that step."""

    cause_id: str
    state: str

    @property
    def detail(self) -> str:
        return f"It is {self.state}; the steps are: open, then an action, then closed"
