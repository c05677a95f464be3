"""The changes of a scenario as they are sent: a union told apart by `kind`."""

from base64 import b64decode
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from allocation.scenarios.change import (
    AddAgents,
    CloseBranch,
    LeaveOutAgents,
    SetCapacity,
    SetWeights,
    TakeDemandFile,
    TakeTogether,
)
from allocation.scenarios.kind import Change
from allocation.scenarios.territory_split import SplitTerritory
from allocation.territories.territory import CODE
from api.schemas import Body, Day, Lat, Lon, Text
from core.geometry import LatLon
from core.said import say

MOST_FILE_BYTES = 20 * 1024 * 1024


def _base64(told: str) -> str:
    try:
        b64decode(told, validate=True)
    except ValueError:
        raise ValueError(say("a file's bytes in base64")) from None
    return told


Word = Annotated[str, Field(min_length=1, max_length=50, pattern=r"^[^\x00]*$")]
Words = Annotated[list[Word], Field(max_length=20)]
Agents = Annotated[list[UUID], Field(min_length=1, max_length=1000)]
Minutes = Annotated[int, Field(ge=0, le=600)]


class StartBody(Body):
    """Where agents start."""

    lat: Lat
    lon: Lon


class AddAgentsBody(Body):
    """So many more agents in a branch: like one of its own, or starting at a place."""

    kind: Literal["add_agents"]
    branch_id: UUID
    number: Annotated[int, Field(ge=1, le=100)]
    like_agent_id: UUID | None = None
    start: StartBody | None = None
    skills: Words = []
    languages: Words = []
    certificates: Words = []

    def change(self) -> Change:
        """The domain's value."""
        return AddAgents(
            self.branch_id, self.number, self.like_agent_id,
            LatLon(self.start.lat, self.start.lon) if self.start else None,
            frozenset(self.skills), frozenset(self.languages), frozenset(self.certificates),
        )  # fmt: skip


class LeaveOutAgentsBody(Body):
    """These agents do not work: what they have goes to others. With `others_keep` nobody else's
    cases change hands for it."""

    kind: Literal["leave_out_agents"]
    agent_ids: Agents
    others_keep: bool = False

    def change(self) -> Change:
        """The domain's value."""
        return LeaveOutAgents(tuple(self.agent_ids), self.others_keep)


class SetCapacityBody(Body):
    """How much agents (all where none are named) take: a share of an equal part, most cases."""

    kind: Literal["set_capacity"]
    agent_ids: Annotated[list[UUID], Field(max_length=1000)] = []
    share: Annotated[float, Field(ge=0, le=5, allow_inf_nan=False)] | None = None
    max_cases: Annotated[int, Field(ge=0, le=10_000)] | None = None

    def change(self) -> Change:
        """The domain's value."""
        return SetCapacity(tuple(self.agent_ids), self.share, self.max_cases)


class CloseBranchBody(Body):
    """A branch closes: its cases go to the nearest of these branches, or of all others."""

    kind: Literal["close_branch"]
    branch_id: UUID
    to_branch_ids: Annotated[list[UUID], Field(max_length=50)] = []

    def change(self) -> Change:
        """The domain's value."""
        return CloseBranch(self.branch_id, tuple(self.to_branch_ids))


class TakeTogetherBody(Body):
    """Branches work as one: any agent may have any case. The first one's weights hold."""

    kind: Literal["take_together"]
    branch_ids: Annotated[list[UUID], Field(min_length=2, max_length=50)]

    def change(self) -> Change:
        """The domain's value."""
        return TakeTogether(tuple(self.branch_ids))


class SplitTerritoryBody(Body):
    """A territory in two parts of about equal work, each whole on the streets, each for its own
    agents; whose is which makes the ways from home shorter."""

    kind: Literal["split_territory"]
    branch_id: UUID
    territory: Annotated[str, Field(pattern=f"^{CODE.pattern}$")]
    first_agent_ids: Annotated[list[UUID], Field(min_length=1, max_length=100)]
    second_agent_ids: Annotated[list[UUID], Field(min_length=1, max_length=100)]

    @model_validator(mode="after")
    def _check_teams(self) -> Self:
        if set(self.first_agent_ids) & set(self.second_agent_ids):
            raise ValueError(say("an agent works one part of a territory, and not both"))
        return self

    def change(self) -> Change:
        """The domain's value."""
        first, second = (dict.fromkeys(t) for t in (self.first_agent_ids, self.second_agent_ids))
        return SplitTerritory(self.branch_id, self.territory, tuple(first), tuple(second))


class SetWeightsBody(Body):
    """What wishes are worth, in minutes of travel; what is left out stays as it is."""

    kind: Literal["set_weights"]
    disturbance_min: Minutes | None = None
    continuity_min: Minutes | None = None
    fairness_min: Minutes | None = None
    overload_visits: Annotated[float, Field(ge=0, le=50, allow_inf_nan=False)] | None = None

    def change(self) -> Change:
        """The domain's value."""
        return SetWeights(
            self.disturbance_min, self.continuity_min, self.fairness_min, self.overload_visits
        )


class DemandFileBody(Body):
    """A demand file as if it had come in: its bytes in base64 (at most 20 MB)."""

    kind: Literal["demand_file"]
    branch_id: UUID
    name: Text
    business_date: Day
    content: Annotated[str, Field(max_length=MOST_FILE_BYTES * 4 // 3 + 4), AfterValidator(_base64)]

    def change(self) -> Change:
        """The domain's value."""
        return TakeDemandFile(self.branch_id, self.name, self.business_date, self.content)


ChangeBody = Annotated[
    AddAgentsBody
    | LeaveOutAgentsBody
    | SetCapacityBody
    | CloseBranchBody
    | TakeTogetherBody
    | SetWeightsBody
    | SplitTerritoryBody
    | DemandFileBody,
    Field(discriminator="kind"),
]
