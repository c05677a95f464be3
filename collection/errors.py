"""What can go wrong in more than one part of collection."""

from dataclasses import dataclass

from core.errors import NotFound
from core.said import say


@dataclass(eq=False)
class CaseNotFound(NotFound):
    """There is no such case among yours."""

    case_id: str

    @property
    def detail(self) -> str:
        return say("Load today's round again; the case may have moved to another agent")


@dataclass(eq=False)
class CustomerNotFound(NotFound):
    """There is no such customer among yours."""

    customer_id: str
