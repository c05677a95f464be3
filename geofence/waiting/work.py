"""What is to be recomputed: an agent who waits, their days, and what each is judged by."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from core.clock import day_range, local_day
from geofence.detect import DetectedVisit
from geofence.fence import Fence
from geofence.revision import Change, Revision


@dataclass(frozen=True, slots=True)
class WaitingAgent:
    """An agent whose visits wait to be recomputed from `since` on.

    `marks` counts what has come in up to now; `last_ping_at` is None for an agent without pings.
    """

    agent_id: UUID
    branch_id: UUID
    zone: str
    since: datetime
    marks: int
    last_ping_at: datetime | None


@dataclass(frozen=True, slots=True)
class AgentDay:
    """A working day of an agent, from `begin` to `end` (which is the next one's)."""

    agent: WaitingAgent
    day: date
    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Ground:
    """Where an agent could have made the visits of a day.

    `fences` are those near its stays; `planned` are the fences of the whole day's round; `cases`
    gives the open cases of each fence; `changed` tells when a fence was last moved or redrawn.
    """

    fences: tuple[Fence, ...]
    planned: frozenset[UUID]
    cases: dict[UUID, tuple[UUID, ...]]
    changed: Mapping[UUID, datetime] = field(default_factory=dict)

    def cases_of(self, visit: DetectedVisit) -> list[UUID]:
        """The open cases at a visit's place."""
        return [case for fence in visit.fence_ids for case in self.cases.get(fence, ())]

    def told(self, revision: Revision, day: AgentDay) -> Revision:
        """The same revision, saying by which fences it was decided where they have changed since
        the day began: that may be the reason."""
        changes = (replace(c, why=c.why + self._by_fence(c, day)) for c in revision.changes)
        return replace(revision, changes=tuple(changes))

    def _by_fence(self, change: Change, day: AgentDay) -> str:
        moved = [
            at for fence in change.visit.fence_ids if (at := self.changed.get(fence)) is not None
        ]
        if not moved or max(moved) < day.begin:
            return ""
        at = max(moved).astimezone(ZoneInfo(day.agent.zone))
        return f"; by the fence as of {at:%Y-%m-%d %H:%M}"

    def customers_at(self, visit: DetectedVisit) -> int:
        """How many customers have open cases at a visit's place: each has a fence of their own."""
        return sum(1 for fence in visit.fence_ids if self.cases.get(fence))


NO_GROUND = Ground((), frozenset(), {})


def days_of(agent: WaitingAgent) -> list[AgentDay]:
    """The days to recompute: from the oldest new ping's to the newest ping's."""
    if agent.last_ping_at is None:
        return []
    days = []
    day, last = local_day(agent.since, agent.zone), max(agent.last_ping_at, agent.since)
    while day <= local_day(last, agent.zone):
        days.append(AgentDay(agent, day, *day_range(day, agent.zone)))
        day += timedelta(days=1)
    return days
