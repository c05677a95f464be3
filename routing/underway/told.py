"""What the customers of a round can be told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from data.session import Session
from identity import store as identity
from routing.underway import store
from routing.underway.arrival_window import Ahead, ArrivalWindow, arrival_window
from routing.underway.errors import NoVisitExpected
from routing.underway.store import FoundStop


@dataclass(frozen=True, slots=True)
class ToldStop:
    """A stop still to make: when it is expected, and what the customer can be told (None when the
    hours leave nothing to tell)."""

    stop_id: UUID
    case_id: UUID
    seq: int
    arrives_at: datetime
    begins_at: datetime
    late_s: int
    slack_s: float
    tell_from: datetime | None
    tell_to: datetime | None


@dataclass(frozen=True, slots=True)
class Told:
    """An agent's stops still to make, as they were looked at; without stops before the first look
    at today's round."""

    agent_id: UUID
    looked_at: datetime | None
    late_s: int
    ends_at: datetime | None
    stops: tuple[ToldStop, ...]


async def told_windows(session: Session, agent_id: UUID, now: datetime) -> Told:
    """Expected times and what can be told, of an agent in scope. Raises `AgentNotFound`."""
    await identity.agent_branch(session, agent_id)
    found = await store.found_progress(session, agent_id, now)
    if found is None:
        return Told(agent_id, None, 0, None, ())
    stops = tuple(
        _told(stop, _window(found.stops, nth, now)) for nth, stop in enumerate(found.stops)
    )
    return Told(agent_id, found.looked_at, found.late_s, found.ends_at, stops)


async def told_of_case(session: Session, case_id: UUID, now: datetime) -> ToldStop:
    """What the customer of a case in scope can be told today. Raises `NoVisitExpected`."""
    agent_id = await store.visited_by(session, case_id, now)
    if agent_id is None:
        raise NoVisitExpected(str(case_id))
    told = await told_windows(session, agent_id, now)
    found = next((stop for stop in told.stops if stop.case_id == case_id), None)
    if found is None:
        raise NoVisitExpected(str(case_id))
    return found


def _window(stops: Sequence[FoundStop], nth: int, now: datetime) -> ArrivalWindow | None:
    ahead = [
        *(Ahead(stop.travel_s, stop.service_s) for stop in stops[:nth]),
        Ahead(stops[nth].travel_s),
    ]
    stop = stops[nth]
    return arrival_window(stop.begins_at, ahead, stop.opens_at, stop.closes_at, now)


def _told(stop: FoundStop, window: ArrivalWindow | None) -> ToldStop:
    return ToldStop(
        stop.stop_id, stop.case_id, stop.seq, stop.arrives_at, stop.begins_at, stop.late_s,
        stop.slack_s, window.from_ if window else None, window.to if window else None,
    )  # fmt: skip
