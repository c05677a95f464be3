"""What can go wrong with payments online."""

from dataclasses import dataclass

from core.errors import Forbidden, Invalid, NotFound, Refused, Unavailable
from core.said import say


@dataclass(eq=False)
class LinkNotFound(NotFound):
    """There is no such payment link among yours."""

    link_id: str


@dataclass(eq=False)
class LinkNotOpen(Refused):
    """Nothing can be paid with this link any more."""

    state: str

    @property
    def detail(self) -> str:
        return say("It is {state}; ask for a new one", state=self.state)


@dataclass(eq=False)
class NotThisAmount(Invalid):
    """This amount cannot be paid with the link."""

    expected: str

    @property
    def detail(self) -> str:
        return say("amount: {expected}", expected=self.expected)


@dataclass(eq=False)
class NoGateway(Refused):
    """Nothing can be paid online here."""

    @property
    def detail(self) -> str:
        return say("No payment gateway is set up (ROUNDSMAN_GATEWAY_URL)")


@dataclass(eq=False)
class GatewayAway(Unavailable):
    """The payment gateway does not answer."""

    status: int | None


@dataclass(eq=False)
class NotFromGateway(Forbidden):
    """This does not come from the gateway."""

    because: str

    @property
    def detail(self) -> str:
        return self.because


@dataclass(eq=False)
class EventUnreadable(Invalid):
    """What the gateway tells cannot be understood."""

    field: str
    expected: str

    @property
    def detail(self) -> str:
        return say("{field}: {expected}", field=self.field, expected=self.expected)
