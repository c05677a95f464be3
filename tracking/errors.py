"""What can go wrong while pings are taken in."""

from dataclasses import dataclass

from core.errors import Invalid, Unavailable
from core.said import say


class PingsNotStored(Unavailable):
    """The pings could not be stored."""

    @property
    def detail(self) -> str:
        return say("Nothing of this message was stored; send it again")


@dataclass(eq=False)
class TooManyMessages(PingsNotStored):
    """This device sends too much."""

    retry_after_s: int


class QueueFull(PingsNotStored):
    """More pings are waiting than can be stored at once."""


@dataclass(eq=False)
class RefusedByDatabase(Invalid):
    """The database refuses a value of these pings."""

    reason: str

    @property
    def detail(self) -> str:
        return self.reason


@dataclass(eq=False)
class Undecodable(Invalid):
    """The message cannot be read."""

    expected: str

    @property
    def detail(self) -> str:
        return self.expected


class NoDeviceId(Invalid):
    """The message names no device."""

    @property
    def detail(self) -> str:
        return say("Enter the device key as the device identifier in the app's settings")
