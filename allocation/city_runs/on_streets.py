"""Where a sector's agents and cases meet the streets, and their ways between."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.geometry import LatLon
from routing.deposit_points.deposit_point import DepositPoint
from routing.planner.problem import UNREACHABLE_S
from routing.rounds.facts import AgentDay, CaseToVisit
from routing.rounds.places import Places, obstacles, places
from routing.rounds.plan_rounds import city_of
from routing.travel.city import City

Ways = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class OnStreets:
    """Places are the cases, then the starts of all agents, their ends, and the counters.

    `travel_s` and `distance_m` have a matrix per agent; agents who get about alike in the same
    hours share theirs. `reached` says (agent, case). `at` is what one of them finds, behind two
    ends.
    """

    travel_s: tuple[Ways, ...]
    distance_m: tuple[Ways, ...]
    reached: NDArray[np.bool_]
    at: Places


def on_streets(
    city: City,
    days: Sequence[AgentDay],
    cases: Sequence[CaseToVisit],
    counters: Sequence[DepositPoint],
) -> OnStreets:
    """`days` are of one agent at least; all cases have a position."""
    positions = [case.position for case in cases if case.position]
    assert len(positions) == len(cases), "all cases have a position"
    positions += [point.position for point in counters]
    lines = [case.line for case in cases] + [""] * len(counters)
    starts = [day.start or day.home for day in days]
    ends = [day.finish or start for day, start in zip(days, starts, strict=True)]
    alike: dict[object, list[int]] = {}
    for nth, day in enumerate(days):
        alike.setdefault((day.profile, day.begins_at, day.ends_at), []).append(nth)
    travel_s, distance_m = list[Ways](), list[Ways]()
    reached = np.zeros((len(days), len(cases)), dtype=np.bool_)
    of_agent = np.zeros(len(days), dtype=np.int64)
    for kind, agents in enumerate(alike.values()):
        day = days[agents[0]]
        found = _ways(city_of(day, city), day, [*starts, *ends], positions, lines, len(cases))
        for nth in agents:
            of_agent[nth] = kind
            reached[nth] = found.reached
        for matrix in (found.travel_s, found.distance_m):
            # Who begins at the first visit is there at once.
            matrix[[len(cases) + nth for nth in agents if days[nth].start is None]] = 0
        travel_s.append(found.travel_s)
        distance_m.append(found.distance_m)
        last = found.at
    return OnStreets(
        tuple(travel_s[kind] for kind in of_agent.tolist()),
        tuple(distance_m[kind] for kind in of_agent.tolist()),
        reached,
        last,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    travel_s: Ways
    distance_m: Ways
    reached: NDArray[np.bool_]
    at: Places


def _ways(
    city: City,
    day: AgentDay,
    ends: Sequence[LatLon],
    positions: Sequence[LatLon],
    lines: Sequence[str],
    cases: int,
) -> _Found:
    """For those who get about as in `day`."""
    found, why = obstacles(city, day.profile, positions, lines)
    free = np.array([each is None for each in why], dtype=bool)
    among = places(city, day.profile, ends, found.at(np.flatnonzero(free)))
    # In the order of the ways that were found, the places as the sector numbers them.
    rows = np.concatenate(
        [
            np.arange(len(ends)) + cases,
            np.flatnonzero(free[:cases]),
            np.flatnonzero(free[cases:]) + cases + len(ends),
        ]
    )
    whole = len(ends) + len(positions)
    travel_s, distance_m = (
        np.full((whole, whole), UNREACHABLE_S, dtype=np.int32) for _ in range(2)
    )
    travel_s[np.ix_(rows, rows)] = among.travel_s()
    distance_m[np.ix_(rows, rows)] = np.rint(among.distance_m())
    return _Found(travel_s, distance_m, free[:cases], places(city, day.profile, ends[:2], found))
