"""An agent's day put as a problem for the planner: from facts in UTC to seconds of the day."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from core.geometry import LatLon
from routing.planner.problem import ALL_DAY, Candidate, Problem, RestBreak, Shift, Window
from routing.travel.areas import Area
from routing.travel.city import City, doors, nearest_doors
from routing.travel.doors import Doors, joined
from routing.travel.unreachable import Obstacle, Unreachable, obstacle
from streets.profile import Profile

PARK_AND_FIND_S = 180
"""To park, find the door and be let in: on top of the visit itself."""

REST_SLACK_S = 3600
"""A break may begin up to an hour later than it is set for."""


@dataclass(frozen=True, slots=True)
class CaseToVisit:
    """An open case as planning needs it. `position` None: its address is not on the map.

    `line` is the address as it is written. `area` is where around `position` the house is looked
    for, None when the position is the house.
    """

    case_id: UUID
    customer: str
    position: LatLon | None
    urgency: float
    service_s: int
    preferred_from: time | None
    preferred_to: time | None
    dpd: int
    promise_due: bool
    line: str = ""
    area: Area | None = None


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
    profile: Profile = Profile.TWO_WHEELER


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A problem, with where its places meet the streets.

    Place 0 is the start, 1 the finish, 2 and up the candidates in order. `unplaced` are cases
    that cannot be planned because their address is not on the map or no street is near it.
    """

    problem: Problem
    at: Doors
    candidates: tuple[CaseToVisit, ...]
    unplaced: tuple[tuple[CaseToVisit, str], ...]


def prepare(day: AgentDay, city: City) -> Prepared:
    """The planner's problem for an agent's day."""
    located = [case for case in day.cases if case.position is not None]
    nowhere = Unreachable(Obstacle.NOT_ON_THE_MAP, None, day.profile)
    unplaced = [(case, nowhere.text) for case in day.cases if case.position is None]
    positions = [case.position for case in located if case.position]
    found = doors(city, positions, day.profile, [case.line for case in located])
    whys = [obstacle(found, row, day.profile) for row in range(len(located))]
    unplaced += [(case, why.text) for case, why in zip(located, whys, strict=True) if why]
    kept = [number for number, why in enumerate(whys) if why is None]
    ends = nearest_doors(city, [day.start, day.finish or day.start], day.profile)
    at = joined(ends, found.at(kept))
    cases = tuple(located[number] for number in kept)
    problem = Problem(
        shift=_shift(day),
        candidates=tuple(
            _candidate(day, case, place, int(at.walk_s[place]))
            for place, case in enumerate(cases, start=2)
        ),
        travel_s=city.travel_s(day.profile, at),
    )
    return Prepared(problem, at, cases, tuple(unplaced))


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
        service_s=case.service_s
        + (case.area.search_s if case.area else PARK_AND_FIND_S)
        + 2 * walk_s,
        contact_hours=(Window(_clock_s(day, day.contact_from), _clock_s(day, day.contact_to)),),
        dpd=case.dpd,
        promise_due=case.promise_due,
    )
