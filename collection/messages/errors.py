"""What can go wrong with messages."""

from dataclasses import dataclass
from datetime import date

from core.errors import Conflict, Invalid, Refused, Unavailable


@dataclass(eq=False)
class NotSentYet(Unavailable):
    """The provider could not take a message now.

    `status` is its answer, None when there was none.
    """

    status: int | None


@dataclass(eq=False)
class NotTaken(Invalid):
    """The provider will not take this message, however often it is sent."""

    because: str

    @property
    def detail(self) -> str:
        return self.because


@dataclass(eq=False)
class MessageBarred(Refused):
    """The contact rules allow no message to this customer now."""

    rules: tuple[str, ...]

    @property
    def detail(self) -> str:
        return "; ".join(self.rules)


@dataclass(eq=False)
class WrittenToday(Conflict):
    """This customer has had this message today."""

    purpose: str
    day: date

    @property
    def detail(self) -> str:
        return f"One {self.purpose} a day: it was put out on {self.day}"


@dataclass(eq=False)
class NothingToRemindOf(Refused):
    """Nothing is overdue on this case."""

    case_id: str

    @property
    def detail(self) -> str:
        return "Write about something else, or not at all"
