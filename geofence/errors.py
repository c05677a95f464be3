"""What can go wrong with visits."""

from dataclasses import dataclass
from datetime import datetime

from core.errors import Conflict, Invalid, NotFound


@dataclass(eq=False)
class CaseNotFound(NotFound):
    """There is no such case among yours."""

    case_id: str

    @property
    def detail(self) -> str:
        return "Load today's round again; the case may have moved to another agent"


@dataclass(eq=False)
class CaseWithoutFence(Conflict):
    """The case's address is not on the map yet."""

    case_id: str

    @property
    def detail(self) -> str:
        return "Ask your supervisor to pin the address; then check in again"


@dataclass(eq=False)
class CheckInNotFound(NotFound):
    """There is no such check-in of yours."""

    check_in_id: str

    @property
    def detail(self) -> str:
        return "Send the check-in first, then its check-out"


@dataclass(eq=False)
class AlreadyCheckedOut(Conflict):
    """This check-in has its check-out already."""

    check_in_id: str


@dataclass(eq=False)
class TimeNotPlausible(Invalid):
    """The phone's clock cannot be right."""

    field: str
    given: datetime
    expected: str

    @property
    def detail(self) -> str:
        return f"{self.field}: {self.expected}"
