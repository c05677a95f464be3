"""What can go wrong with territories."""

from dataclasses import dataclass
from typing import Any

from core.errors import Conflict, NotFound, Refused
from core.said import say, say_all


@dataclass(eq=False)
class TerritoryNotFound(NotFound):
    """There is no such territory in the branch."""

    territory: str


@dataclass(eq=False)
class TerritoriesOverlap(Conflict):
    """This territory shares ground or pin codes with another one."""

    overlaps: list[dict[str, Any]]

    @property
    def detail(self) -> str:
        return say_all(each["sentence"] for each in self.overlaps[:5])


@dataclass(eq=False)
class TooManyTerritories(Refused):
    """There are fewer places with work than territories wanted."""

    territories: int
    places: int
    cases: int
    far_from_streets: int

    @property
    def detail(self) -> str:
        told = say(
            "{territories:,} territories, and work at {places:,} crossings ({cases:,} cases); ask "
            "for fewer",
            territories=self.territories,
            places=self.places,
            cases=self.cases,
        )
        if not self.far_from_streets:
            return told
        far = say("{cases:,} more are far from streets", cases=self.far_from_streets)
        return say_all([told, far])


@dataclass(eq=False)
class NothingToCut(Refused):
    """No territories can be cut."""

    reason: str
    cases_on_map: int
    agents: int

    @property
    def detail(self) -> str:
        return {
            "no_cases": say("no open case of the branch is due and on the map"),
            "no_agents": say("the branch has no agents; say how many `territories`"),
        }[self.reason]


@dataclass(eq=False)
class TerritoryProposalNotFound(NotFound):
    """There is no such proposal in your branches."""

    proposal_id: str


@dataclass(eq=False)
class TerritoryProposalSettled(Conflict):
    """This proposal has been decided on."""

    proposal_id: str
    state: str

    @property
    def detail(self) -> str:
        return say("It was {state}; make another proposal", state=self.state)
