"""What can go wrong with visits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.errors import Conflict, Invalid, NotFound
from core.said import say


@dataclass(eq=False)
class CaseNotFound(NotFound):
    """There is no such case among yours."""

    case_id: str

    @property
    def detail(self) -> str:
        return say("Load today's round again; the case may have moved to another agent")


@dataclass(eq=False)
class CaseWithoutFence(Conflict):
    """The case's address is not on the map yet."""

    case_id: str

    @property
    def detail(self) -> str:
        return say("Ask your supervisor to pin the address; then check in again")


@dataclass(eq=False)
class CheckInNotFound(NotFound):
    """There is no such check-in of yours."""

    check_in_id: str

    @property
    def detail(self) -> str:
        return say("Send the check-in first, then its check-out")


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
        return say("{field}: {expected}", field=self.field, expected=self.expected)


@dataclass(eq=False)
class ReasonNeeded(Invalid):
    """A check-in so far from the customer needs a reason."""

    distance_m: float
    outside_m: float
    errors: tuple[Mapping[str, str], ...] = (
        {"field": "reason", "expected": "why the check-in is not at the customer's, 3 letters on"},
    )

    @property
    def detail(self) -> str:
        return say(
            "The position is {outside_m:.0f} m outside the fence and {distance_m:.0f} m "
            "from its center. reason: say why, in three letters or more",
            outside_m=self.outside_m,
            distance_m=self.distance_m,
        )


@dataclass(eq=False)
class VisitNotFound(NotFound):
    """There is no such visit in your branches."""

    visit_id: str
