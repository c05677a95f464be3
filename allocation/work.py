"""Who works and what there is to do: agents and cases, as an allocation sees them.

Work is counted in seconds of an agent's time: a visit's service time plus its share of the travel
between visits. Members of a center who move together are one `Case` here.
"""

from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from core.geometry import LatLon
from streets.profile import Profile

NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Agent:
    """Someone who can own cases. `position` is where the day starts or the middle of the area.

    `capacity_s` is the work wanted of the agent; 0 means no new work at all. `max_cases` counts
    members of centers one by one; None for no limit. One of whom no `languages` are known is taken
    to manage all. `certificates` are those valid on the day. An agent never gets a case with one of
    `excluded_tags`, nor one whose customer may hand over more cash than `cash_limit_minor`; None
    for an agent without a till.
    """

    id: UUID
    branch_id: UUID
    position: LatLon
    capacity_s: int
    skills: frozenset[str] = NOTHING
    languages: frozenset[str] = NOTHING
    gender: str | None = None
    certificates: frozenset[str] = NOTHING
    excluded_tags: frozenset[str] = NOTHING
    cash_limit_minor: int | None = None
    max_cases: int | None = None
    profile: Profile = Profile.TWO_WHEELER


class Known(NamedTuple):
    """An agent who knows a case's customer, from 0 (hardly) to 1 (nobody knows them better)."""

    agent_id: UUID
    weight: float


class Worked(NamedTuple):
    """The territory that a case lies in, by its code, and the agents who work it."""

    territory: str
    agents: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Carried:
    """What an agent carries beside the branch's own cases: those lent by other branches."""

    work_s: int
    cases: int


@dataclass(frozen=True, slots=True)
class Case:
    """One piece of work with at most one owner.

    `incumbent_id` is the owner until now. A `pinned` case stays with its incumbent whatever it
    costs and whatever the skills say: a manager decided. `priority` is 1 to 100, high first.

    Of an agent it asks all `skills`, `languages` and `certificates`, each of `genders` (two of
    them ask for what nobody is), none of `tags` excluded, not to be one of `not_with`, and to be
    allowed `cash_minor` in cash. `barred` is, in words, why nobody may have it. `expected_minor`
    is what a visit should bring in, `members` how many cases it stands for. `worked` is the
    territory it lies in, None for none; one that `stays_in_territory` is for its agents only.
    """

    id: UUID
    branch_id: UUID
    position: LatLon
    service_s: int
    skills: frozenset[str] = NOTHING
    languages: frozenset[str] = NOTHING
    priority: int = 50
    incumbent_id: UUID | None = None
    pinned: bool = False
    genders: frozenset[str] = NOTHING
    certificates: frozenset[str] = NOTHING
    tags: frozenset[str] = NOTHING
    not_with: frozenset[UUID] = frozenset()
    barred: str | None = None
    cash_minor: int = 0
    expected_minor: int = 0
    members: int = 1
    known_by: tuple[Known, ...] = ()
    worked: Worked | None = None
    stays_in_territory: bool = False

    @property
    def bound_to(self) -> Worked | None:
        """The territory whose agents alone may own it; None for one that anybody may."""
        return self.worked if self.stays_in_territory else None

    def __post_init__(self) -> None:
        if self.service_s <= 0 or self.members <= 0:
            raise ValueError("a case takes at least a second of work and counts at least once")
        if not 1 <= self.priority <= 100:
            raise ValueError("a priority is 1 to 100")
        if self.pinned and self.incumbent_id is None:
            raise ValueError("a case is pinned to its incumbent, and this one has none")
