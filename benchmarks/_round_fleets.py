"""Many vehicles at once: our joint search against PyVRP at the same seconds."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

import numpy as np
import pyvrp
from pyvrp.stop import MaxRuntime
from rich.table import Table

from benchmarks._fleet_instances import KINDS, Instance, made
from benchmarks._round_part import Figures, no_work, on_two_cores
from routing.planner.fleet import Fleet
from routing.planner.improve_fleet import improve_fleet
from routing.planner.problem import Candidate, Shift, Window
from routing.planner.stop import StopAfter

Routes = list[list[int]]
"""Customers by number (1 and up) in order, a list for each vehicle."""

POINT = 1_000
"""What a point is worth in tenths when customers may be left out: more than a way could save."""

TEAM = 3
"""Vehicles in team orienteering."""

SECONDS = {100: 3.0, 200: 6.0}
"""For so many customers or fewer; the last for more."""


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """An instance to be solved by both, with or without leave to leave customers out."""

    instance: Instance
    team: bool
    seconds: float
    seed: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What routes come to, `served` out of all customers; None for routes that break a rule."""

    vehicles: int
    served: int
    distance: int
    score: int


def fleet_figures(seed: int, given: Sequence[Instance] | None) -> Figures:
    """`vrptw_ratio` (ours ÷ PyVRP's distance) and `toptw_ratio` (ours ÷ PyVRP's score).

    Both solve with the number of vehicles that PyVRP takes; an instance counts for the distance
    when both serve all.
    """
    tasks = tasks_of(seed, given)
    warm()
    pairs = on_two_cores(solved, tasks, "Sending out fleets")
    rows = [row(task, *pair) for task, pair in zip(tasks, pairs, strict=True)]
    if not any(one["served"] for one in rows):
        no_work("no customer was served")
    keys: dict[str, float | None] = {
        key: _mean([one["ratio"] for one in rows if one["problem"] == problem])
        for key, problem in (("vrptw_ratio", "VRPTW"), ("toptw_ratio", "TOPTW"))
    }
    return Figures(keys, [table(rows)], {"fleets": rows})


def tasks_of(seed: int, given: Sequence[Instance] | None) -> list[Task]:
    """Of instances given, both problems; else six kinds of 100 and three of 200 customers."""
    routed = given or [
        *(made(kind, 100, seed) for kind in KINDS),
        *(made(kind, 200, seed) for kind in KINDS[:3]),
    ]
    teams = given or [made(kind, size, seed) for size in SECONDS for kind in KINDS[:3]]
    tasks = [Task(each, False, _seconds(each), seed) for each in routed]
    return tasks + [Task(each, True, _seconds(each), seed) for each in teams]


def solved(task: Task) -> tuple[Outcome | None, Outcome | None]:
    """(ours, PyVRP's)."""
    warm()
    instance = task.instance
    vehicles = TEAM if task.team else instance.vehicles
    theirs = judged(instance, by_py_vrp(task, vehicles), task.team)
    if theirs is not None and not task.team:
        vehicles = theirs.vehicles
    return judged(instance, by_us(task, vehicles), task.team), theirs


def judged(instance: Instance, routes: Routes, team: bool) -> Outcome | None:
    """Worked out from the instance alone."""
    distance = 0
    visited = [customer for route in routes for customer in route]
    if len(set(visited)) != len(visited) or 0 in visited:
        return None
    for route in routes:
        if not team and instance.demand[route].sum() > instance.capacity:
            return None
        at, now = 0, 0
        for to in [*route, 0] if route else []:
            distance += int(instance.distance[at, to])
            now = max(now + int(instance.distance[at, to]), int(instance.ready[to]))
            if now > instance.due[to]:
                return None
            now, at = now + int(instance.service[to]), to
    score = int(instance.score[visited].sum()) if visited else 0
    return Outcome(sum(bool(route) for route in routes), len(visited), distance, score)


def by_us(task: Task, vehicles: int) -> Routes:
    """From empty rounds. Demand stands as cash, capacity as the limit; who must be served must."""
    instance = task.instance
    horizon = int(instance.due[0])
    shift = Shift(0, horizon, 0, 0, cash_limit_minor=None if task.team else instance.capacity)
    candidates = tuple(
        Candidate(
            case_id=UUID(int=customer),
            place=customer,
            score=float(instance.score[customer]),
            service_s=int(instance.service[customer]),
            windows=(Window(int(instance.ready[customer]), int(instance.due[customer])),),
            contact_hours=(Window(0, 2 * horizon),),
            must_visit=not task.team,
            expected_cash_minor=0 if task.team else int(instance.demand[customer]),
        )
        for customer in range(1, instance.customers + 1)
    )
    fleet = Fleet(
        shifts=(shift,) * vehicles,
        candidates=candidates,
        travel_s=(instance.distance,),
        may_serve=np.ones((vehicles, len(candidates)), dtype=np.bool_),
        prize_value_s=POINT,
    )
    orders = improve_fleet(fleet, [[]] * vehicles, StopAfter(seconds=task.seconds), task.seed)
    return [[number + 1 for number in order] for order in orders]


def by_py_vrp(task: Task, vehicles: int) -> Routes:
    """PyVRP with its defaults; no routes when it finds none that keep the rules."""
    instance = task.instance
    clients = [
        pyvrp.Client(
            location=customer,
            delivery=[] if task.team else [int(instance.demand[customer])],
            service_duration=int(instance.service[customer]),
            tw_early=int(instance.ready[customer]),
            tw_late=int(instance.due[customer]),
            prize=int(instance.score[customer]) * POINT if task.team else 0,
            required=not task.team,
        )
        for customer in range(1, instance.customers + 1)
    ]
    van = pyvrp.VehicleType(
        num_available=vehicles,
        capacity=[] if task.team else [instance.capacity],
        tw_early=0,
        tw_late=int(instance.due[0]),
    )
    data = pyvrp.ProblemData(
        locations=[pyvrp.Location(0, 0) for _ in instance.demand],
        clients=clients,
        depots=[pyvrp.Depot(0)],
        vehicle_types=[van],
        distance_matrices=[instance.distance],  # type: ignore[list-item]
        duration_matrices=[instance.distance],  # type: ignore[list-item]
    )
    stop = MaxRuntime(task.seconds)
    best = pyvrp.solve(data, stop, seed=task.seed, collect_stats=False).best
    if not best.is_feasible():
        return []
    return [
        [visit.idx + 1 for visit in route.schedule() if visit.is_client()]
        for route in best.routes()
    ]


@cache
def warm() -> None:
    """Compile what is compiled on first use, or load it, once in each process."""
    by_us(Task(made("R1", 20, 1), True, 0.2, 1), 2)
    by_us(Task(made("R1", 20, 1), False, 0.2, 1), 8)


def row(task: Task, mine: Outcome | None, theirs: Outcome | None) -> dict[str, Any]:
    """An instance's outcome. Ours ends the benchmark when it breaks a rule."""
    if mine is None:
        no_work(f"{task.instance.name}: our rounds break a rule")
    assert mine is not None
    everybody = task.instance.customers
    both = theirs is not None and (
        task.team or (mine.served == everybody and theirs.served == everybody)
    )
    measure = "score" if task.team else "distance"
    ratio = getattr(mine, measure) / getattr(theirs, measure) if both else None
    return {
        "problem": "TOPTW" if task.team else "VRPTW",
        "instance": task.instance.name,
        "seconds": task.seconds,
        "vehicles": mine.vehicles,
        "served": mine.served,
        "ours": getattr(mine, measure),
        "pyvrp": getattr(theirs, measure) if theirs else None,
        "pyvrp_served": theirs.served if theirs else None,
        "ratio": round(ratio, 4) if ratio else None,
    }


def table(rows: Sequence[dict[str, Any]]) -> Table:
    """Instances, one under the other."""
    shown = Table("fleets", "seconds", "vehicles", "served", "ours", "PyVRP", "ratio", box=None)
    for one in rows:
        kind = "distance" if one["problem"] == "VRPTW" else "score"
        cells = (one[key] for key in ("seconds", "vehicles", "served", "ours", "pyvrp", "ratio"))
        shown.add_row(f"{one['problem']} {one['instance']}, {kind}", *map(str, cells))
    return shown


def _seconds(instance: Instance) -> float:
    fitting = (s for size, s in SECONDS.items() if instance.customers <= size)
    return next(fitting, max(SECONDS.values()))


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(float(np.mean(known)), 4) if known else None
