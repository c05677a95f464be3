"""What one day of riders teaches, and how well what was known before foretold it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.geometry import Floats
from routing.speeds.hour_group import HOUR_GROUPS
from routing.speeds.learned import LearnedSpeeds
from routing.speeds.leg import Legs, legs, planned_s
from routing.speeds.match import Streets, match
from routing.speeds.observed import ClassSums, EdgeSums, stretches, sums
from routing.speeds.ride import Rides, Rows, joined
from routing.travel.travel_times import TravelTimes


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """The sums of a day; its legs, the rider of each (a number), and what they were to take."""

    by_class: ClassSums
    by_edge: EdgeSums
    rides: int
    stretches: int
    legs: Legs
    rider: Rows
    default_s: Floats
    learned_s: Floats


def lesson(
    days: Sequence[Rides],
    zone: str,
    streets: Streets,
    times: TravelTimes,
    default_s: Floats,
    known: LearnedSpeeds | None,
) -> Lesson:
    """What the rides of one day teach.

    `times` and `default_s` (seconds of each edge) are the defaults of these riders' vehicle.
    `known` was learned from other days, so what it foretells of this one is a fair test.
    """
    graph = streets.graph
    together = joined(days)
    matched = match(together, streets)
    seen = stretches(together, matched, graph, default_s, zone)
    before = known or LearnedSpeeds.none(graph.class_names)
    by_class, by_edge = sums(seen, graph, before.pace_of(graph))
    some = legs(together, matched, graph, default_s, zone)
    default, learned = np.full(len(some.row), np.nan), np.full(len(some.row), np.nan)
    for group in np.unique(some.group).tolist():
        rows = np.flatnonzero(some.group == group)
        default[rows] = planned_s(times, graph, default_s, some, rows)
        if known:
            hour = np.zeros(HOUR_GROUPS)
            hour[group] = 1.0
            hour_s = known.travel_s(graph, default_s, hour)
            learned[rows] = planned_s(times.reweighted(hour_s), graph, hour_s, some, rows)
    last_ping = np.cumsum([len(day.t_s) for day in days])
    rider = np.searchsorted(last_ping, some.row, "right").astype(np.intp)
    return Lesson(
        by_class, by_edge, len(together), len(seen.seconds), some, rider, default, learned
    )
