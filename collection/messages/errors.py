"""What can go wrong with messages."""

from dataclasses import dataclass

from core.errors import Invalid, Unavailable


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
