"""What planning knows of an agent's day, as it stands in the database: instants and positions."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from collection.gate.hours import ContactHours
from collection.portfolio.stages.visits import StageVisits
from core.geometry import LatLon
from routing.deposit_points.deposit_point import DepositPoint
from routing.instructions.instruction import ORDERED
from routing.instructions.store import StoredInstruction
from routing.travel.areas import Area
from streets.profile import Profile

NO_HOURS = ContactHours(())


@dataclass(frozen=True, slots=True)
class BestHours:
    """When a customer is met most often, by the branch's clock, and how often then."""

    from_time: time
    to_time: time
    chance: float


@dataclass(frozen=True, slots=True)
class CaseToVisit:
    """An open case as planning needs it. `position` None: its address is not on the map.

    `line` is the address as it is written. `area` is where around `position` the house is looked
    for, None when the position is the house. `service_s` is the whole stay, without that search.
    `due_minor` is what is promised for today, else what is overdue. `hours` are when the contact
    gate lets the case be visited. `stage` says what its stage means for visits; the skills that it
    asks for are among `needs`.
    """

    case_id: UUID
    customer: str
    position: LatLon | None
    line: str
    area: Area | None
    urgency: float
    factors: tuple[dict[str, Any], ...]
    service_s: int
    preferred_from: time | None
    preferred_to: time | None
    promise_due: bool
    promise_from: time | None
    promise_to: time | None
    due_minor: int
    dpd: int
    needs: frozenset[str]
    language: str | None
    stage: StageVisits
    best_hours: BestHours | None = None
    hours: ContactHours = NO_HOURS
    instruction: StoredInstruction | None = None

    @property
    def held_back(self) -> str | None:
        """Why its stage keeps the case from being visited; None where it does not."""
        its = self.instruction
        is_ordered = its is not None and its.instruction.kind in ORDERED
        return self.stage.held_back(is_asked=self.promise_due or is_ordered)


@dataclass(frozen=True, slots=True)
class Rest:
    """A rest that begins at `begins_at` or up to `slack_s` later."""

    begins_at: datetime
    length_s: int
    slack_s: int


@dataclass(frozen=True, slots=True)
class AgentDay:
    """An agent's working day and the cases that could be visited.

    `start` is where the round begins, the last position once the day is under way; None lets it
    begin at the first visit, as `finish` None lets it end at the last. `cash_share` is the part of
    what customers pay that comes in cash.
    """

    agent_id: UUID
    branch_id: UUID
    zone: str
    currency: str
    day: date
    begins_at: datetime
    ends_at: datetime
    rests: tuple[Rest, ...]
    home: LatLon
    start: LatLon | None
    finish: LatLon | None
    profile: Profile
    skills: frozenset[str]
    languages: frozenset[str]
    max_distance_m: int | None
    cash_in_hand_minor: int
    cash_limit_minor: int | None
    cash_share: float
    deposit_points: tuple[DepositPoint, ...]
    cases: tuple[CaseToVisit, ...]

    def instant(self, second: int) -> datetime:
        """The instant that is `second` seconds after the day's local midnight."""
        return datetime.fromtimestamp(self._midnight_s + second, UTC)

    def second(self, moment: datetime) -> int:
        """Seconds from the day's local midnight to an instant."""
        return round(moment.timestamp() - self._midnight_s)

    def clock_s(self, at: time) -> int:
        """Seconds from the day's local midnight until the clock shows `at`."""
        return self.second(datetime.combine(self.day, at, ZoneInfo(self.zone)))

    def clock(self, second: int) -> str:
        """What the branch's clock shows then, such as ``09:30``."""
        return f"{self.instant(second).astimezone(ZoneInfo(self.zone)):%H:%M}"

    def with_cases(self, cases: tuple[CaseToVisit, ...]) -> "AgentDay":
        """The same day with other cases."""
        return replace(self, cases=cases)

    @property
    def _midnight_s(self) -> float:
        return datetime.combine(self.day, time(), ZoneInfo(self.zone)).timestamp()
