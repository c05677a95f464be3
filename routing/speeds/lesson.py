"""What one day of riders teaches, and how well what was known before foretold it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.geometry import Floats
from routing.speeds.hour_group import HOUR_GROUPS
from routing.speeds.learned import LearnedSpeeds
from routing.speeds.leg import DETOUR, Legs, legs, planned_s
from routing.speeds.match import Streets, match
from routing.speeds.observed import ClassSums, EdgeSums, stretches, sums
from routing.speeds.ride import Rides, Rows, joined
from routing.travel.travel_times import TravelTimes
from streets.profile import Profile


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

    @property
    def judged(self) -> Rows:
        """The legs that say something of travel times: those that went straight there."""
        with np.errstate(invalid="ignore"):
            direct = self.legs.ridden_s <= DETOUR * self.default_s
        return np.flatnonzero(direct & (self.default_s > 0))


def lesson(
    days: Sequence[Rides],
    zone: str,
    streets: Streets,
    times: TravelTimes,
    known: LearnedSpeeds | None,
) -> Lesson:
    """What the rides of one day teach.

    `times` are the default ones of these riders' profile, and `streets` those open to it.
    `known` was learned from other days, so what it foretells of this one is a fair test.
    """
    graph = streets.graph
    profile = times.profile or Profile.TWO_WHEELER
    default_s = graph.travel_s_of(profile)
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
            hour_s = known.travel_s(graph, profile, hour)
            learned[rows] = planned_s(times.reweighted(hour_s), graph, hour_s, some, rows)
    last_ping = np.cumsum([len(day.t_s) for day in days])
    rider = np.searchsorted(last_ping, some.row, "right").astype(np.intp)
    return Lesson(
        by_class, by_edge, len(together), len(seen.seconds), some, rider, default, learned
    )
