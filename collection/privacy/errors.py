"""What can go wrong with what people ask about their data."""

from dataclasses import dataclass

from core.errors import Conflict, Forbidden, NotFound, Refused
from core.said import say, say_all


@dataclass(eq=False)
class ConsentNotFound(NotFound):
    """There is no such consent among yours that still stands."""

    consent_id: str


@dataclass(eq=False)
class HoldNotFound(NotFound):
    """There is no such legal hold among yours that still stands."""

    hold_id: str


@dataclass(eq=False)
class ErasureNotFound(NotFound):
    """There is no such request for erasure among yours."""

    erasure_id: str


@dataclass(eq=False)
class ErasureDecided(Conflict):
    """This request for erasure has been decided on."""

    erasure_id: str
    state: str


@dataclass(eq=False)
class ErasureAsked(Conflict):
    """This customer's erasure has been asked for already, or was done."""

    customer_id: str


@dataclass(eq=False)
class OwnErasure(Forbidden):
    """Another person than who asked decides on an erasure."""

    erasure_id: str


@dataclass(eq=False)
class DataNeeded(Refused):
    """This customer's data is still needed."""

    customer_id: str
    because: tuple[str, ...]

    @property
    def detail(self) -> str:
        return say("It can be erased once this is over: {because}", because=say_all(self.because))
