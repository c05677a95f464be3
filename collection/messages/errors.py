"""What can go wrong with messages."""

from dataclasses import dataclass
from datetime import date

from core.errors import Conflict, Invalid, NotFound, Refused, Unavailable
from core.said import say, say_all


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
class MessageNotFound(NotFound):
    """There is no such message in your branches."""

    message_id: str


@dataclass(eq=False)
class NotToBeSentAgain(Refused):
    """This message is not sent again."""

    purpose: str

    @property
    def detail(self) -> str:
        if self.purpose == "payment_link":
            return say("Send the payment link again instead: how much is left may have changed")
        return say("Have a new code sent instead; what a code was is not kept")


@dataclass(eq=False)
class TooManySendings(Refused):
    """This was sent often enough."""

    most: int

    @property
    def detail(self) -> str:
        return say(
            "It was sent {most} times. Call the customer, or check the number", most=self.most
        )


@dataclass(eq=False)
class MessageBarred(Refused):
    """The contact rules allow no message to this customer now."""

    rules: tuple[str, ...]

    @property
    def detail(self) -> str:
        return say_all(self.rules)


@dataclass(eq=False)
class WrittenToday(Conflict):
    """This customer has had this message today."""

    purpose: str
    day: date

    @property
    def detail(self) -> str:
        return say(
            "One {purpose} a day: it was put out on {day}", purpose=self.purpose, day=self.day
        )


@dataclass(eq=False)
class NothingToRemindOf(Refused):
    """Nothing is overdue on this case."""

    case_id: str

    @property
    def detail(self) -> str:
        return say("Write about something else, or not at all")
