"""What can go wrong when rounds are planned."""

from dataclasses import dataclass
from datetime import date

from core.errors import Conflict, NotFound, Refused, Unavailable
from core.said import say, say_all


@dataclass(eq=False)
class NoWay(NotFound):
    """There is no way along the streets."""

    from_node: int
    to_node: int

    @property
    def detail(self) -> str:
        return say(
            "no street leads from node {from_node} to node {to_node}",
            from_node=self.from_node,
            to_node=self.to_node,
        )


@dataclass(eq=False)
class PlannedMeanwhile(Conflict):
    """Somebody else planned this agent's round at the same moment."""

    agent_id: str

    @property
    def detail(self) -> str:
        return say("Look at the round as it is now; plan again if it still needs it")


@dataclass(eq=False)
class PlanBreaksRules(Refused):
    """The plan breaks rules and was not published."""

    violations: tuple[str, ...]

    @property
    def detail(self) -> str:
        return say_all(self.violations)


@dataclass(eq=False)
class DayIsOver(Refused):
    """Rounds are planned for today and later."""

    day: date
    today: date

    @property
    def detail(self) -> str:
        return say("{day} is over; it is {today} at this branch", day=self.day, today=self.today)


@dataclass(eq=False)
class NobodyOnShift(Conflict):
    """Nobody can be sent on a round that day."""

    day: date
    shifts: int

    @property
    def detail(self) -> str:
        if self.shifts:
            return say(
                "Each of the {shifts} shifts of {day} is over or its agent is absent; set shifts "
                "that end later on the page Shifts, or with PUT /v1/shifts",
                shifts=self.shifts,
                day=self.day,
            )
        return say(
            "No agent has a shift on {day}; set them on the page Shifts, or with PUT /v1/shifts",
            day=self.day,
        )


@dataclass(eq=False)
class NoStreetsNear(Unavailable):
    """No street network covers this branch."""

    nearest: str
    away_m: float

    @property
    def detail(self) -> str:
        return say(
            "The nearest, {nearest}, is {away_m:,.0f} km away. Check the branch's "
            "location, or load its city with `./roundsman streets PLACE`",
            nearest=self.nearest,
            away_m=self.away_m / 1000,
        )


class NoStreets(Unavailable):
    """No street network is loaded."""

    @property
    def detail(self) -> str:
        return say(
            "Load one with `./roundsman streets PLACE` or `./roundsman streets FILE.osm.pbf`"
        )
