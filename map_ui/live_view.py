"""The live map's figures: facts about agents in, the JSON of the screens out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from typing_extensions import TypedDict

from core.geometry import LatLon
from tracking.agent_status import AgentStatus, agent_status

MARGIN_DEG = 0.002
"""Some 200 m around what is to be seen, so that nothing sits on the edge."""


class Position(TypedDict):
    """Where an agent is, by the device's time. None is unknown."""

    lat: float
    lon: float
    accuracy_m: float | None
    heading_deg: float | None
    speed_mps: float | None
    captured_at: datetime


class AgentView(TypedDict):
    """An agent on the map, with the figures of today."""

    id: str
    name: str
    branch: str
    status: AgentStatus
    position: Position | None
    battery_pct: float | None
    visits_done: int
    visits_planned: int
    collected_minor: int
    cash_in_hand_minor: int
    cash_limit_minor: int
    phone: str | None


class Strip(TypedDict):
    """The figures above the map: sums over the agents in scope."""

    agents_on_duty: int
    agents: int
    visits_done: int
    visits_planned: int
    collected_minor: int
    cash_in_hand_minor: int
    cash_limit_minor: int


@dataclass(frozen=True, slots=True)
class AgentFacts:
    """What the database knows of an agent today; amounts in minor units."""

    id: str
    name: str
    branch: str
    phone: str | None
    on_duty: bool
    at_customer: bool
    position: Position | None
    battery_pct: float | None
    visits_done: int
    visits_planned: int
    collected_minor: int
    cash_in_hand_minor: int
    cash_limit_minor: int

    def status(self, now: datetime) -> AgentStatus:
        """What the agent is doing at `now`."""
        return agent_status(
            on_duty=self.on_duty,
            at_customer=self.at_customer,
            captured_at=self.position["captured_at"] if self.position else None,
            speed_mps=self.position["speed_mps"] if self.position else None,
            now=now,
        )


def agent_view(facts: AgentFacts, now: datetime) -> AgentView:
    """The agent as the screens show it."""
    return {
        "id": facts.id,
        "name": facts.name,
        "branch": facts.branch,
        "status": facts.status(now),
        "position": facts.position,
        "battery_pct": facts.battery_pct,
        "visits_done": facts.visits_done,
        "visits_planned": facts.visits_planned,
        "collected_minor": facts.collected_minor,
        "cash_in_hand_minor": facts.cash_in_hand_minor,
        "cash_limit_minor": facts.cash_limit_minor,
        "phone": facts.phone,
    }


def strip(agents: Iterable[AgentFacts]) -> Strip:
    """The figures of all these agents together."""
    agents = list(agents)
    return {
        "agents_on_duty": sum(a.on_duty for a in agents),
        "agents": len(agents),
        "visits_done": sum(a.visits_done for a in agents),
        "visits_planned": sum(a.visits_planned for a in agents),
        "collected_minor": sum(a.collected_minor for a in agents),
        "cash_in_hand_minor": sum(a.cash_in_hand_minor for a in agents),
        "cash_limit_minor": sum(a.cash_limit_minor for a in agents),
    }


def bounds(places: Sequence[LatLon]) -> list[list[float]]:
    """``[[south, west], [north, east]]`` around the places; the whole world when there is none."""
    if not places:
        return [[-60.0, -180.0], [75.0, 180.0]]
    lats, lons = [p.lat for p in places], [p.lon for p in places]
    return [
        [min(lats) - MARGIN_DEG, min(lons) - MARGIN_DEG],
        [max(lats) + MARGIN_DEG, max(lons) + MARGIN_DEG],
    ]
