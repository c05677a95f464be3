"""Days under way, planned again after something happens: how soon, how good, how much moves."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.table import Table

from benchmarks._field_days import City, field_day, field_nodes
from benchmarks._round_churn import churn
from benchmarks._round_events import (
    KINDS,
    Event,
    Matrix,
    UnderWay,
    event,
    rest_of_day,
)
from benchmarks._round_judge import Round, judge
from benchmarks._round_part import (
    Figures,
    Streets,
    no_work,
    on_two_cores,
    one_by_one,
    ours,
    timed,
    warm_up,
)
from routing.planner.problem import Problem
from routing.travel.travel_times import travel_times
from routing.underway.rest_of_round import DISTURBANCE_S

SECONDS = 0.1
PLANNED_S = 0.5
"""For the plan of the morning, and for the one from scratch that ours is held against."""


Again = tuple[Event, Problem, Round, float]


@dataclass(frozen=True, slots=True)
class Replanned:
    """One event. `lost_pct` is what is lost of the net value that a plan from scratch has."""

    kind: str
    ms: float
    moved: int
    needed: int
    left: int
    lost_pct: float


def replan_figures(streets: Streets, seed: int, events: int, cases: int) -> Figures:
    """`replan_ms` (the median of building the problem, travel times and all, and planning it) and
    `churn` (see `_round_churn`)."""
    matrix: Matrix = streets.city.travel_s
    if streets.graph is not None:
        matrix = travel_times(streets.graph).matrix
    mornings = [(streets.city, seed * 1_000 + number, cases) for number in range(events)]
    days = on_two_cores(under_way, mornings, "Planning mornings")
    happenings = [
        event(day, KINDS[number % len(KINDS)], streets.city, np.random.default_rng((seed, number)))
        for number, day in enumerate(days)
    ]
    warm_up(rest_of_day(days[0], happenings[0], matrix, DISTURBANCE_S))
    again = [
        replanned(matrix, day, happened)
        for day, happened in one_by_one(
            list(zip(days, happenings, strict=True)), "Planning again", events
        )
    ]
    told = on_two_cores(held_against_scratch, again, "Planning from scratch")
    if not sum(one.left for one in told):
        no_work("no stop was left to be planned again")
    rows = [row(kind, [one for one in told if one.kind == kind]) for kind in KINDS]
    rows = [*(each for each in rows if each["events"]), row("all", told)]
    whole = rows[-1]
    keys: dict[str, float | None] = {"replan_ms": whole["ms"], "churn": whole["churn"]}
    extra = {"replan_p95_ms": whole["p95_ms"], "replan_lost_pct": whole["lost_pct"]}
    return Figures(keys, [table(rows)], extra | {"replans": rows})


def under_way(morning: tuple[City, int, int]) -> UnderWay:
    """A planned day with a quarter to a half of its stops done; from city, seed and cases."""
    city, seed, cases = morning
    problem = field_day(city, seed, cases)
    order = ours(problem, PLANNED_S)
    if len(order) < 4:
        no_work("a day with fewer than four stops")
    done = int(np.random.default_rng((seed, 2)).integers(len(order) // 4, len(order) // 2)) or 1
    ends_s = judge(problem).departures_s(order)
    return UnderWay(problem, field_nodes(city, seed, cases), order, ends_s, done)


def replanned(matrix: Matrix, day: UnderWay, happened: Event) -> Again:
    """The rest of the day, planned again by us, and the seconds that it takes."""

    def again() -> tuple[Problem, Round]:
        problem = rest_of_day(day, happened, matrix, DISTURBANCE_S)
        return problem, ours(problem, SECONDS)

    (problem, order), took_s = timed(again)
    return happened, problem, order, took_s


def held_against_scratch(again: Again) -> Replanned:
    """Judge a new plan. Ends the benchmark when it breaks a rule."""
    happened, problem, order, took_s = again
    its = judge(problem)
    value = its.net_value(order)
    if not np.isfinite(value):
        no_work(f"{happened.kind}: the new round breaks a rule")
    forgetful = Problem(problem.shift, problem.candidates, problem.travel_s)
    best = max(value, its.net_value(ours(forgetful, PLANNED_S)))
    lost_pct = 100 * (best - value) / best if best > 0 else 0.0
    moved, needed, left = churn(its, order, happened)
    return Replanned(happened.kind, took_s * 1000, moved, needed, left, lost_pct)


def row(name: str, told: Sequence[Replanned]) -> dict[str, Any]:
    """Events taken together."""
    took_ms = np.array([one.ms for one in told] or [0.0])
    left = sum(one.left for one in told)
    return {
        "event": name,
        "events": len(told),
        "ms": round(float(np.median(took_ms)), 1),
        "p95_ms": round(float(np.quantile(took_ms, 0.95)), 1),
        "moved": sum(one.moved for one in told),
        "needed": sum(one.needed for one in told),
        "left": left,
        "churn": round(sum(one.moved - one.needed for one in told) / left, 4) if left else None,
        "lost_pct": round(float(np.mean([one.lost_pct for one in told] or [0.0])), 2),
    }


def table(rows: Sequence[dict[str, Any]]) -> Table:
    """Kinds of events, one under the other."""
    shown = Table(
        "planned again", "events", "ms", "95th", "stops left", "moved", "needed", "churn %",
        "net value lost %", box=None,
    )  # fmt: skip
    for one in rows:
        numbers = (one[key] for key in ("events", "ms", "p95_ms", "left", "moved", "needed"))
        share = "" if one["churn"] is None else f"{100 * one['churn']:.1f}"
        shown.add_row(one["event"], *map(str, numbers), share, f"{one['lost_pct']:.2f}")
    return shown
