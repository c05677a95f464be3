"""An agent's day put as a problem for the planner: from facts in UTC to seconds of the day."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np

from core.geometry import LatLon
from routing.planner.problem import ALL_DAY, Candidate, Problem, RestBreak, Shift, Window
from routing.travel.city import City, Doors, doors

PARK_AND_FIND_S = 180
"""To park, find the door and be let in: on top of the visit itself."""

REST_SLACK_S = 3600
"""A break may begin up to an hour later than it is set for."""


@dataclass(frozen=True, slots=True)
class CaseToVisit:
    """An open case as planning needs it. `position` None: its address is not on the map."""

    case_id: UUID
    customer: str
    position: LatLon | None
    urgency: float
    service_s: int
    preferred_from: time | None
    preferred_to: time | None
    dpd: int
    promise_due: bool


@dataclass(frozen=True, slots=True)
class AgentDay:
    """An agent's working day and the cases that could be visited.

    `start` is where the round begins: home, or the last position once the day is under way.
    """

    agent_id: UUID
    branch_id: UUID
    zone: str
    currency: str
    day: date
    begins_at: datetime
    ends_at: datetime
    break_from: datetime | None
    break_s: int
    start: LatLon
    finish: LatLon | None
    skills: frozenset[str]
    contact_from: time
    contact_to: time
    cases: tuple[CaseToVisit, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A problem, with where its places meet the streets.

    Place 0 is the start, 1 the finish, 2 and up the candidates in order. `unplaced` are cases
    that cannot be planned because their address is not on the map or no street is near it.
    """

    problem: Problem
    at: Doors
    positions: tuple[LatLon, ...]
    candidates: tuple[CaseToVisit, ...]
    unplaced: tuple[tuple[CaseToVisit, str], ...]


def prepare(day: AgentDay, city: City) -> Prepared:
    """The planner's problem for an agent's day."""
    located = [case for case in day.cases if case.position is not None]
    unplaced = [(c, "its address is not on the map yet") for c in day.cases if c.position is None]
    ends = (day.start, day.finish or day.start)
    found = doors(city, [*ends, *(case.position for case in located if case.position)])
    far = found.node[2:] < 0
    unplaced += [
        (case, "no street within 300 m of its address")
        for case, is_far in zip(located, far, strict=True)
        if is_far
    ]
    kept = np.flatnonzero(~far)
    rows = np.concatenate([[0, 1], kept + 2])
    at = Doors(found.node[rows], found.walk_s[rows])
    cases = tuple(located[i] for i in kept.tolist())
    # A start far from any street (a ping on the beach) begins at the first case's crossing.
    nodes = np.where(at.node < 0, at.node.max(initial=0), at.node)
    at = Doors(nodes.astype(np.int32), at.walk_s)
    problem = Problem(
        shift=_shift(day),
        candidates=tuple(
            _candidate(day, case, place, int(at.walk_s[place]))
            for place, case in enumerate(cases, start=2)
        ),
        travel_s=city.times.matrix(at.node),
    )
    positions = (*ends, *(case.position for case in cases if case.position))
    return Prepared(problem, at, positions, cases, tuple(unplaced))


def instant(day: AgentDay, second: int) -> datetime:
    """The instant that is `second` seconds after the day's local midnight."""
    midnight = datetime.combine(day.day, time(), ZoneInfo(day.zone)).astimezone(UTC)
    return datetime.fromtimestamp(midnight.timestamp() + second, UTC)


def second(day: AgentDay, moment: datetime) -> int:
    """Seconds from the day's local midnight to an instant."""
    midnight = datetime.combine(day.day, time(), ZoneInfo(day.zone))
    return round(moment.timestamp() - midnight.timestamp())


def _clock_s(day: AgentDay, at: time) -> int:
    return second(day, datetime.combine(day.day, at, ZoneInfo(day.zone)))


def _shift(day: AgentDay) -> Shift:
    rests: tuple[RestBreak, ...] = ()
    if day.break_from is not None and day.break_s:
        earliest_s = second(day, day.break_from)
        rests = (RestBreak(earliest_s, earliest_s + REST_SLACK_S, day.break_s),)
    return Shift(
        start_s=second(day, day.begins_at),
        end_s=second(day, day.ends_at),
        start_place=0,
        end_place=1 if day.finish else None,
        rest_breaks=rests,
        skills=day.skills,
    )


def _candidate(day: AgentDay, case: CaseToVisit, place: int, walk_s: int) -> Candidate:
    wish = ALL_DAY
    if case.preferred_from and case.preferred_to:
        wish = Window(_clock_s(day, case.preferred_from), _clock_s(day, case.preferred_to))
    return Candidate(
        case_id=case.case_id,
        place=place,
        score=case.urgency,
        windows=(wish,),
        service_s=case.service_s + PARK_AND_FIND_S + 2 * walk_s,
        contact_hours=(Window(_clock_s(day, day.contact_from), _clock_s(day, day.contact_to)),),
        dpd=case.dpd,
        promise_due=case.promise_due,
    )
