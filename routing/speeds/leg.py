"""Legs: unbroken rides from one stay to the next, as planned beside as they were."""

from dataclasses import dataclass

import numpy as np

from core.geometry import Floats
from routing.planner.problem import UNREACHABLE_S
from routing.speeds.added_up import added_up
from routing.speeds.hour_group import Ints, hour_groups
from routing.speeds.match import Matched
from routing.speeds.ride import Rides, Rows
from routing.travel.travel_times import TravelTimes
from streets.graph import StreetGraph

LEAST_M, LEAST_S = 500.0, 60.0
"""Shorter legs are mostly parking and turning, which no street explains."""

DETOUR = 1.5
"""Who rides a way that by default takes half as long again as the fastest one had something else to
do than to get there: looked for a house, or was at a door too briefly for a stop."""

AT_ONCE = 200
"""Legs of one matrix, of which only the diagonal is wanted."""


@dataclass(frozen=True, slots=True, eq=False)
class Legs:
    """A row for each leg: where on which edge it begins and ends, how far and how long it was.

    `row` is its first ping among the rides, `road` the number of the class it mostly ran on.
    `ridden_s` is what the way that was ridden takes by default.
    """

    row: Rows
    began_s: Floats
    group: Ints
    road: Ints
    start_edge: Ints
    start_at: Floats
    end_edge: Ints
    end_at: Floats
    length_m: Floats
    ridden_s: Floats
    actual_s: Floats


def legs(rides: Rides, matched: Matched, graph: StreetGraph, default_s: Floats, zone: str) -> Legs:
    """The legs of rides, where the whole of a leg is known."""
    rows = np.arange(len(rides.t_s))
    first = np.maximum.accumulate(np.where(matched.linked, 0, rows))
    begins = np.flatnonzero(~matched.linked)
    ends = np.append(begins, len(rows))[1:] - 1
    pieces_m = matched.share * graph.edge_length_m[matched.edge]
    chain = np.searchsorted(begins, first[matched.ping])
    length_m = added_up(chain, pieces_m, len(begins)) if len(begins) else np.zeros(0)
    actual_s = rides.t_s[ends] - rides.t_s[begins]
    kept = (length_m >= LEAST_M) & (actual_s >= LEAST_S)
    classes = len(graph.class_names)
    on_class = added_up(
        chain * classes + graph.edge_class[matched.edge],
        matched.share * default_s[matched.edge],
        len(begins) * classes,
    ).reshape(-1, classes)
    ridden_s = on_class.sum(axis=1)
    begins, ends = begins[kept], ends[kept]
    return Legs(
        begins,
        rides.t_s[begins],
        hour_groups((rides.t_s[begins] + rides.t_s[ends]) / 2, zone),
        on_class[kept].argmax(axis=1).astype(np.int32),
        matched.at_edge[begins],
        matched.at_fraction[begins],
        matched.at_edge[ends],
        matched.at_fraction[ends],
        length_m[kept],
        ridden_s[kept],
        actual_s[kept],
    )


def planned_s(
    times: TravelTimes, graph: StreetGraph, travel_s: Floats, some: Legs, rows: Rows
) -> Floats:
    """What the fastest way takes on the legs in `rows`, in seconds; NaN where there is none.

    `travel_s` are the seconds of each edge that `times` were made with.
    """
    planned = np.empty(len(rows))
    for begin in range(0, len(rows), AT_ONCE):
        part = rows[begin : begin + AT_ONCE]
        start, end = some.start_edge[part], some.end_edge[part]
        between = np.diagonal(times.matrix(graph.edge_to[start], graph.edge_from[end]))
        rest_s = (1 - some.start_at[part]) * travel_s[start] + some.end_at[part] * travel_s[end]
        whole = np.where(between >= UNREACHABLE_S, np.nan, between + rest_s)
        along = (start == end) & (some.end_at[part] >= some.start_at[part])
        straight_s = (some.end_at[part] - some.start_at[part]) * travel_s[start]
        planned[begin : begin + AT_ONCE] = np.where(along, straight_s, whole)
    return planned
