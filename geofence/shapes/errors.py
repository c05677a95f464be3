"""What can go wrong with the shapes of fences."""

from dataclasses import dataclass

from core.errors import Conflict, NotFound
from core.said import say


@dataclass(eq=False)
class AddressUnknown(NotFound):
    """There is no such address in your branches."""

    id: str


@dataclass(eq=False)
class NoShape(NotFound):
    """This address has no polygon; its fence is a circle."""

    id: str


@dataclass(eq=False)
class PreviewOutdated(Conflict):
    """This is not what was previewed."""

    apply: str

    @property
    def detail(self) -> str:
        return say("The file or the fences have changed since; preview it again and apply that")
