"""What learning speeds from trails is worth, on riders whose true speeds are known.

Riders go by streets' true times, which differ by class, hour and street, with opinions and luck of
their own (`benchmarks/_driven_days.py`). Each day's legs are foretold from the days before. Beside
it: how much of the way is matched to the streets ridden, how fast, and what other weights cost.
Fails when learning makes travel times worse, or nothing was matched.
"""

import argparse
import json
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks._driven_days import PhoneDay, Riders, a_round, phone_day, truth_of
from core.geometry import Floats, LocalPlane
from core.settings import settings
from routing.speeds.estimate import estimate
from routing.speeds.hour_group import HOUR_GROUPS
from routing.speeds.learned import LearnedSpeeds
from routing.speeds.lesson import Lesson, lesson
from routing.speeds.match import Streets, match, match_streets
from routing.speeds.ride import Rides, rides
from routing.travel.travel_times import TravelTimes, travel_times
from streets.graph import StreetGraph
from streets.network import build
from streets.profile import Profile
from streets.snap import snap_index
from tracking.trails.day_pings import day_pings
from tracking.trails.trail import trail_of

PROFILE = Profile.TWO_WHEELER
MONDAY_S = 1_770_595_200.0
"""2026-02-09 00:00 UTC; only Mondays to Fridays are ridden."""

STOPS, RIDERS, DAYS = 18, 8, 8
SAMPLINGS_S = (10.0, 30.0, 60.0)


@dataclass(frozen=True, slots=True)
class Matching:
    """How much of the matched way lies on the streets ridden, at one sampling, and how fast."""

    every_s: float
    right_pct: float
    covered_pct: float
    pings_per_s: float


def rides_of(sent: PhoneDay, graph: StreetGraph) -> Rides:
    """The rides that the product sees in a day's pings; the stays are not told."""
    nothing, one = np.full(len(sent.t_s), np.nan), np.zeros(len(sent.t_s))
    pings = day_pings(
        sent.t_s, sent.lat, sent.lon, sent.accuracy_m, nothing, one, now_s=float("inf")
    )
    return rides(trail_of(pings), (), LocalPlane(graph.center))


def matching(
    riders: Riders, streets: Streets, every_s: float, days: int, error_m: float
) -> Matching:
    """Match some days; a piece is right when its edge was ridden between the two very pings."""
    graph, chance = riders.truth.graph, riders.chance
    right_m = matched_m = ridden_m = 0.0
    pings, took_s = 0, 0.0
    for _ in range(days):
        doors = a_round(graph, chance, STOPS)
        sent = phone_day(riders, doors, MONDAY_S, every_s, error_m)
        ride = rides_of(sent, graph)
        began = perf_counter()
        found = match(ride, streets)
        took_s += perf_counter() - began
        pings += len(ride.t_s)
        metres = np.abs(found.share) * graph.edge_length_m[found.edge]
        since, until = ride.t_s[found.ping - 1], ride.t_s[found.ping]
        edge = np.concatenate([drive.edges for drive in sent.drives])
        begins = np.concatenate([drive.at_s[:-1] for drive in sent.drives])
        ends = np.concatenate([drive.at_s[1:] for drive in sent.drives])
        first, after = np.searchsorted(ends, since), np.searchsorted(begins, until)
        right = [
            e in edge[a:b].tolist()
            for e, a, b in zip(found.edge.tolist(), first.tolist(), after.tolist(), strict=True)
        ]
        right_m += float(metres[np.array(right, bool)].sum())
        matched_m += float(metres.sum())
        ridden_m += float(graph.edge_length_m[edge].sum())
    if not matched_m:
        sys.exit("nothing was matched")
    return Matching(
        every_s,
        round(100 * right_m / matched_m, 2),
        round(100 * matched_m / ridden_m, 1),
        round(pings / took_s),
    )


def learning(
    riders: Riders, streets: Streets, times: TravelTimes, every_s: float, days: int
) -> tuple[list[Lesson], LearnedSpeeds]:
    """Some working days, each foretold from those before, and what is known at the end."""
    graph, known, lessons = riders.truth.graph, None, []
    by_class = by_edge = None
    for number in range(days):
        day_s = MONDAY_S + (number + 2 * (number // 5)) * 86_400
        sent = [
            phone_day(riders, a_round(graph, riders.chance, STOPS), day_s, every_s)
            for _ in range(RIDERS)
        ]
        taught = lesson([rides_of(one, graph) for one in sent], "UTC", streets, times, known)
        by_class = by_class.plus(taught.by_class) if by_class else taught.by_class
        by_edge = by_edge.plus(taught.by_edge) if by_edge else taught.by_edge
        known = estimate(by_class, by_edge, graph)
        lessons.append(taught)
    assert known is not None
    return lessons, known


def errors(lessons: Sequence[Lesson], rows: Callable[[Lesson], Any]) -> dict[str, float]:
    """Median and mean absolute error and bias, in percent, before and after."""
    actual = np.concatenate([one.legs.actual_s[rows(one)] for one in lessons])
    default = np.concatenate([one.default_s[rows(one)] for one in lessons])
    learned = np.concatenate([one.learned_s[rows(one)] for one in lessons])
    figures: dict[str, float] = {"legs": len(actual)}
    for name, planned in (("before", default), ("after", learned)):
        figures |= {f"{key}_{name}": value for key, value in _off(planned, actual).items()}
    return figures


def _all_legs(_one: Lesson) -> slice:
    return slice(None)


def _off(planned_s: Floats, actual_s: Floats) -> dict[str, float]:
    off = np.abs(planned_s / actual_s - 1)
    return {
        "median_pct": round(100 * float(np.median(off)), 2),
        "mean_pct": round(100 * float(off.mean()), 2),
        "bias_pct": round(100 * float(planned_s.sum() / actual_s.sum() - 1), 2),
    }


def customizing(graph: StreetGraph, times: TravelTimes, known: LearnedSpeeds) -> dict[str, float]:
    """Milliseconds to take other speeds, beside building everything anew."""
    share = np.zeros(HOUR_GROUPS)
    share[9:18] = 1 / 9
    weights, custom, rebuild = [], [], []
    for _ in range(5):
        began = perf_counter()
        travel_s = known.travel_s(graph, PROFILE, share)
        weighed = perf_counter()
        times.reweighted(travel_s)
        customized = perf_counter()
        travel_times(graph, PROFILE)
        weights.append(weighed - began)
        custom.append(customized - weighed)
        rebuild.append(perf_counter() - customized)
    named = {"weights_ms": weights, "customize_ms": custom, "rebuild_ms": rebuild}
    return {name: round(1000 * statistics.median(times), 1) for name, times in named.items()}


def main() -> None:
    """``./roundsman bench speeds -- --seed 7 --json``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="only the line of JSON")
    parser.add_argument("--city", default="demo", help="demo, a place or a file of streets")
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument("--every", type=float, default=30.0, help="seconds between pings")
    parser.add_argument("--error", type=float, default=7.0, help="metres, 1σ per axis")
    options = parser.parse_args()

    cache = settings().state_dir / "streets"
    cache.mkdir(parents=True, exist_ok=True)
    graph = build(options.city, cache)
    chance = np.random.default_rng(options.seed)
    riders = Riders(truth_of(graph, chance), chance)
    streets = match_streets(snap_index(graph, PROFILE), PROFILE)
    times = travel_times(graph, PROFILE)
    # Once before anything is timed: it compiles.
    match(rides_of(phone_day(riders, a_round(graph, chance, 2), MONDAY_S, 30), graph), streets)

    matched = [matching(riders, streets, every_s, 6, options.error) for every_s in SAMPLINGS_S]
    lessons, known = learning(riders, streets, times, options.every, options.days)
    whole = errors(lessons[1:], _all_legs)
    rush = errors(lessons[1:], lambda one: np.isin(one.legs.group, (8, 18)))
    calm = errors(lessons[1:], lambda one: np.isin(one.legs.group, (10, 11, 14, 15, 16)))
    last = errors(lessons[-1:], _all_legs)
    cost = customizing(graph, times, known)
    if not options.json:
        print(f"{graph.name}: {graph.node_count:,} nodes, {graph.edge_count:,} edges")
        for one in matched:
            print(
                f"a ping every {one.every_s:2.0f} s: {one.right_pct:6.2f} % of what is matched on"
                f" the right street, {one.covered_pct:5.1f} % of the way matched,"
                f" {one.pings_per_s:,.0f} pings/s"
            )
        for name, found in (("all", whole), ("rush", rush), ("calm", calm), ("last day", last)):
            print(
                f"{name:>9}: {found['legs']:5.0f} legs, median error"
                f" {found['median_pct_before']:5.1f} → {found['median_pct_after']:5.1f} %, bias"
                f" {found['bias_pct_before']:+6.1f} → {found['bias_pct_after']:+6.1f} %"
            )
        print(
            f"other speeds: {cost['customize_ms']} ms (and {cost['weights_ms']} ms to work them"
            f" out); all anew {cost['rebuild_ms']} ms"
        )
    if not whole["median_pct_after"] < whole["median_pct_before"]:
        sys.exit("learning made travel times worse")
    print(
        json.dumps(
            {
                "bench": "speeds",
                "seed": options.seed,
                "nodes": graph.node_count,
                "matching": [vars_of(one) for one in matched],
                "legs": whole,
                "legs_rush": rush,
                "legs_calm": calm,
                "legs_last_day": last,
                "edges_learned": len(known.edges),
                **cost,
            }
        )
    )


def vars_of(one: Matching) -> dict[str, float]:
    """As JSON has it."""
    return {name: getattr(one, name) for name in Matching.__slots__}


if __name__ == "__main__":
    main()
