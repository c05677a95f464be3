"""What can go wrong with plans for arrears."""

from dataclasses import dataclass

from core.errors import Conflict, NotFound, Refused
from core.said import say


@dataclass(eq=False)
class ArrearsPlanNotFound(NotFound):
    """There is no such plan among yours."""

    plan_id: str


@dataclass(eq=False)
class NoPlanToOffer(Refused):
    """No plan may be offered to this customer."""

    case_id: str
    reasons: tuple[str, ...]

    @property
    def detail(self) -> str:
        return "; ".join(self.reasons)


@dataclass(eq=False)
class PlanRuns(Conflict):
    """A plan for the arrears of this account runs already."""

    case_id: str


@dataclass(eq=False)
class PlanSettled(Conflict):
    """The plan does not stand like that any more."""

    plan_id: str
    state: str

    @property
    def detail(self) -> str:
        return say("It is {state} by now; load the case again", state=self.state)


@dataclass(eq=False)
class OfferOutdated(Conflict):
    """The offer is no longer what is overdue."""

    plan_id: str

    @property
    def detail(self) -> str:
        return say("Something was paid or fell due since, or its days are over; make a new offer")
