"""What can go wrong when rounds are planned."""

from dataclasses import dataclass
from datetime import date

from core.errors import Conflict, NotFound, Refused, Unavailable


@dataclass(eq=False)
class NoWay(NotFound):
    """There is no way along the streets."""

    from_node: int
    to_node: int

    @property
    def detail(self) -> str:
        return f"no street leads from node {self.from_node} to node {self.to_node}"


@dataclass(eq=False)
class PlannedMeanwhile(Conflict):
    """Somebody else planned this agent's round at the same moment."""

    agent_id: str

    @property
    def detail(self) -> str:
        return "Look at the round as it is now; plan again if it still needs it"


@dataclass(eq=False)
class PlanBreaksRules(Refused):
    """The plan breaks rules and was not published."""

    violations: tuple[str, ...]

    @property
    def detail(self) -> str:
        return "; ".join(self.violations)


@dataclass(eq=False)
class DayIsOver(Refused):
    """Rounds are planned for today and later."""

    day: date
    today: date

    @property
    def detail(self) -> str:
        return f"{self.day} is over; it is {self.today} at this branch"


@dataclass(eq=False)
class NobodyOnShift(Conflict):
    """Nobody can be sent on a round that day."""

    day: date
    shifts: int

    @property
    def detail(self) -> str:
        if self.shifts:
            return (
                f"Each of the {self.shifts} shifts of {self.day} is over or its agent is absent;"
                " set a shift that ends later: PUT /v1/agents/{agent_id}/shift"
            )
        return f"No agent has a shift on {self.day}; set one: PUT /v1/agents/{{agent_id}}/shift"


@dataclass(eq=False)
class NoStreetsNear(Unavailable):
    """No street network covers this branch."""

    nearest: str
    away_m: float

    @property
    def detail(self) -> str:
        return (
            f"The nearest, {self.nearest}, is {self.away_m / 1000:,.0f} km away. Check the branch's"
            " location, or load its city with `./roundsman streets PLACE`"
        )


class NoStreets(Unavailable):
    """No street network is loaded."""

    @property
    def detail(self) -> str:
        return "Load one with `./roundsman streets PLACE` or `./roundsman streets FILE.osm.pbf`"
