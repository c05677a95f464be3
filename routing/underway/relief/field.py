"""The field around an agent who drops out: what is open, whose rounds pass by, as one problem."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from core.geometry import LatLon, LocalPlane
from routing.planner.problem import DepositPoint
from routing.planner.vacancy import Vacancy, nearest_rounds
from routing.rounds.day import Prepared, Unplaced, prepare
from routing.rounds.facts import AgentDay, CaseToVisit
from routing.rounds.places import obstacles, places
from routing.travel.city import City
from routing.underway.rest_of_round import day_left, rest_of_ride
from routing.underway.ride import Ride


@dataclass(frozen=True, slots=True)
class Idle:
    """An agent at work for whom no round has been planned, and where to be found."""

    agent_id: UUID
    at: LatLon


@dataclass(frozen=True, slots=True)
class Neighbor:
    """An agent who could take visits over: the day with all cases, and the round in force."""

    day: AgentDay
    ride: Ride | None
    must: frozenset[UUID]

    @property
    def own(self) -> tuple[UUID, ...]:
        """The cases that the round has still to visit, in order; all, where there is none."""
        if self.ride is None:
            return tuple(case.case_id for case in self.day.cases)
        return to_come(self.ride, {case.case_id for case in self.day.cases})


def to_come(ride: Ride, known: Collection[UUID]) -> tuple[UUID, ...]:
    """Of the `known` cases those that a round has still to visit, in order."""
    return tuple(
        stop.case_id
        for stop in ride.stops
        if stop.case_id and stop.case_id in known and not stop.is_here and not stop.is_gone
    )


def nearby(ride: Ride, others: Sequence[Ride], idle: Sequence[Idle]) -> list[UUID]:
    """The agents who pass nearest to what a round has still to visit, nearest first."""
    open_ = [LatLon(stop.lat, stop.lon) for stop in ride.stops if stop.case_id and not stop.is_here]
    if not open_:
        return []
    plane = LocalPlane(open_[0])
    ids = [*(other.agent_id for other in others), *(one.agent_id for one in idle)]
    points = [*map(_passes, others), *([one.at] for one in idle)]
    near = nearest_rounds(_points_m(plane, open_), [_points_m(plane, each) for each in points])
    return [ids[row] for row in near]


def _passes(ride: Ride) -> list[LatLon]:
    stops = [LatLon(stop.lat, stop.lon) for stop in ride.stops if stop.case_id]
    found = [*([ride.position] if ride.position else []), *stops]
    return found or [place for place in (ride.home, ride.branch_at) if place]


def _points_m(plane: LocalPlane, points: Sequence[LatLon]) -> NDArray[np.float64]:
    table = np.array(points, dtype=np.float64).reshape(-1, 2)
    return np.column_stack(plane.xy(table[:, 0], table[:, 1]))


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """One problem for all: `cases` are the vacancy's candidates, `owner` says who has each.

    The orphans are the visits left, and those of neighbors who have no round yet. `unplaced` are
    open visits that cannot be planned wherever they go.
    """

    vacancy: Vacancy
    cases: tuple[CaseToVisit, ...]
    owner: tuple[UUID, ...]
    neighbors: tuple[Neighbor, ...]
    unplaced: tuple[Unplaced, ...]


MayServe = dict[UUID, frozenset[UUID]]
"""By case, who of the neighbors may make the visit."""


def field_of(
    open_: AgentDay, neighbors: Sequence[Neighbor], may_serve: MayServe, city: City, now: datetime
) -> Field:
    """The problem of the visits that are the cases of `open_`, in the city as it is.

    Places are a start and an end for each neighbor, then the cases, then the counters.
    """
    # Whom it suits is told by `may_serve`: what the absent agent speaks does not matter.
    left = prepare(replace(open_, languages=frozenset()), city)
    rests = [_rest(neighbor, city, now) for neighbor in neighbors]
    parts = [(open_.agent_id, left)]
    for rides in (False, True):
        parts += [
            (neighbor.day.agent_id, rest)
            for neighbor, rest in zip(neighbors, rests, strict=True)
            if (neighbor.ride is not None) is rides
        ]
    cases = [case for _, part in parts for case in part.candidates]
    owner = [agent_id for agent_id, part in parts for _ in part.candidates]
    candidates = [candidate for _, part in parts for candidate in part.problem.candidates]
    number = {case.case_id: n for n, case in enumerate(cases)}
    rounds = [
        tuple(number[case] for case in neighbor.own if case in number) if neighbor.ride else ()
        for neighbor in neighbors
    ]
    first, orphans = 2 * len(neighbors), len(cases) - sum(map(len, rounds))
    points = {p.id: p.position for neighbor in neighbors for p in neighbor.day.deposit_points}
    counters = {id_: first + len(cases) + n for n, id_ in enumerate(points)}
    travel_s, distance_m = _matrices(neighbors, cases, list(points.values()), city)
    return Field(
        vacancy=Vacancy(
            shifts=tuple(
                replace(
                    rest.problem.shift,
                    start_place=2 * row,
                    end_place=None if rest.problem.shift.end_place is None else 2 * row + 1,
                )
                for row, rest in enumerate(rests)
            ),
            candidates=tuple(replace(c, place=first + n) for n, c in enumerate(candidates)),
            orphans=orphans,
            rounds=tuple(rounds),
            travel_s=travel_s,
            may_serve=_may(neighbors, cases, may_serve),
            distance_m=distance_m,
            deposits=tuple(_counters(rest.problem.deposits, counters) for rest in rests),
        ),
        cases=tuple(cases),
        owner=tuple(owner),
        neighbors=tuple(neighbors),
        unplaced=left.unplaced,
    )


def _rest(neighbor: Neighbor, city: City, now: datetime) -> Prepared:
    """A neighbor's visits still to make, with those that stay first pinned."""
    still = set(neighbor.own)
    day = day_left(neighbor.day, neighbor.ride)
    one = prepare(day.with_cases(tuple(c for c in day.cases if c.case_id in still)), city)
    return replace(one, problem=rest_of_ride(one.problem, neighbor.ride, neighbor.must, now))


def _may(
    neighbors: Sequence[Neighbor], cases: Sequence[CaseToVisit], may_serve: MayServe
) -> NDArray[np.bool_]:
    nobody = frozenset[UUID]()
    return np.array(
        [
            [neighbor.day.agent_id in may_serve.get(case.case_id, nobody) for case in cases]
            for neighbor in neighbors
        ],
        dtype=np.bool_,
    ).reshape(len(neighbors), len(cases))


def _counters(
    deposits: Sequence[DepositPoint], place_of: dict[UUID, int]
) -> tuple[DepositPoint, ...]:
    return tuple(replace(point, place=place_of[point.key]) for point in deposits)


Matrices = tuple[NDArray[Any], ...]


def _matrices(
    neighbors: Sequence[Neighbor],
    cases: Sequence[CaseToVisit],
    points: Sequence[LatLon],
    city: City,
) -> tuple[Matrices, Matrices]:
    """Travel times and, where a shift has a limit, metres: one for all, or one per neighbor."""
    ends = [
        place
        for neighbor in neighbors
        for start in [neighbor.day.start or neighbor.day.home]
        for place in (start, neighbor.day.finish or start)
    ]
    positions = [*(case.position for case in cases if case.position), *points]
    lines = [*(case.line for case in cases), *("" for _ in points)]
    limited = any(neighbor.day.max_distance_m is not None for neighbor in neighbors)
    profiles = list(dict.fromkeys(neighbor.day.profile for neighbor in neighbors))
    travel_s, distance_m = {}, {}
    for profile in profiles:
        found, _ = obstacles(city, profile, positions, lines)
        at = places(city, profile, ends, found)
        travel_s[profile] = at.travel_s().copy()
        if limited:
            distance_m[profile] = at.distance_m().copy()
        # Who begins at the first visit is there at once.
        starts = [2 * row for row, one in enumerate(neighbors) if one.day.start is None]
        for matrix in (travel_s[profile], *([distance_m[profile]] if limited else ())):
            matrix[starts, :] = 0
    if len(profiles) == 1:
        return tuple(travel_s.values()), tuple(distance_m.values())
    own = [neighbor.day.profile for neighbor in neighbors]
    return (
        tuple(travel_s[profile] for profile in own),
        tuple(distance_m[profile] for profile in own) if limited else (),
    )
