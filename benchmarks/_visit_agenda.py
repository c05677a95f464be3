"""What an agent does on a day: whom the plan names, who is visited, and the pauses between."""

from typing import NamedTuple

import numpy as np

from benchmarks._visit_doors import Doors
from core.geometry import Floats

PLANNED = (17, 24)
SKIPPED = 0.18
NEXT_DOOR = 0.065
"""Of the planned visits that are made; about 5 % of all visits."""

UNPLANNED = 0.2
"""For each planned visit made; about 15 % of all visits, with the returns."""

VISIT_S, VISIT_SPREAD, VISIT_LIMITS_S = 400.0, 0.65, (75.0, 2_400.0)
"""Lengths are log-normal: seven minutes in the middle, a minute at a locked door."""

PAUSES = {"tea": (240.0, 900.0), "fuel": (150.0, 480.0), "lunch": (1_500.0, 3_000.0)}
CORNER_SHARE, CORNER_S = 0.14, (60.0, 300.0)


class Task(NamedTuple):
    """Something to do: a pause of some kind, then a wait at the corner, then a visit.

    Without a pause `pause` is empty, without a visit `door` is -1. `meant` is the planned door
    when the visit is made to its neighbor, else -1.
    """

    door: int
    visit_s: float = 0.0
    meant: int = -1
    pause: str = ""
    pause_s: float = 0.0
    corner_s: float = 0.0


Agenda = list[Task]


def agenda(rng: np.random.Generator, doors: Doors) -> tuple[Agenda, tuple[int, ...]]:
    """What is done, in order, and the customers whom the plan names."""
    planned_doors = rng.choice(len(doors), int(rng.integers(*PLANNED)), replace=False)
    planned = tuple(int(rng.choice(doors.customers[door])) for door in planned_doors)
    tasks = _visits(rng, doors, planned_doors.tolist())
    tasks = _with_returns(rng, _in_order(rng, tasks, doors.front))
    return _with_pauses(rng, tasks), planned


def _visits(rng: np.random.Generator, doors: Doors, planned: list[int]) -> Agenda:
    tasks = []
    for door in planned:
        if rng.random() < SKIPPED:
            continue
        beside = [other for other in doors.next_to(door) if other not in planned]
        if beside and rng.random() < NEXT_DOOR * 1.6:  # not every door has such a neighbor
            tasks.append(Task(int(rng.choice(beside)), _visit_s(rng), door))
        else:
            tasks.append(Task(door, _visit_s(rng)))
    taken = {task.door for task in tasks} | set(planned)
    others = [door for door in range(len(doors)) if door not in taken]
    count = min(len(others), int(rng.binomial(2 * len(tasks), UNPLANNED / 2)))
    return tasks + [Task(int(d), _visit_s(rng)) for d in rng.choice(others, count, replace=False)]


def _visit_s(rng: np.random.Generator) -> float:
    return float(np.clip(rng.lognormal(np.log(VISIT_S), VISIT_SPREAD), *VISIT_LIMITS_S))


def _in_order(rng: np.random.Generator, tasks: Agenda, front: Floats) -> Agenda:
    """Mostly the nearest next; agents know better, or not."""
    left, order = list(tasks), []
    here = front[int(rng.integers(len(front)))]
    while left:
        away_m = np.hypot(*(front[[task.door for task in left]] - here).T)
        nearest = left.pop(int(np.argmin(away_m * rng.uniform(0.6, 1.8, len(left)))))
        order.append(nearest)
        here = front[nearest.door]
    return order


def _with_returns(rng: np.random.Generator, tasks: Agenda) -> Agenda:
    """One or two customers are called on again: later, or soon after the next one."""
    for _ in range(rng.integers(0, 3)):
        first = int(rng.integers(len(tasks) - 2))
        later = min(len(tasks), first + (2 if rng.random() < 0.3 else int(rng.integers(3, 12))))
        again = tasks[first]._replace(visit_s=_visit_s(rng), meant=-1)
        beside = (tasks[later - 1].door, tasks[later].door if later < len(tasks) else -1)
        if again.door not in beside:
            tasks = [*tasks[:later], again, *tasks[later:]]
    return tasks


def _with_pauses(rng: np.random.Generator, tasks: Agenda) -> Agenda:
    kinds = ["tea"] * int(rng.integers(1, 4)) + ["fuel"] * int(rng.integers(0, 2))
    at = dict(zip(rng.choice(len(tasks), len(kinds), replace=False).tolist(), kinds, strict=True))
    at[len(tasks) // 2] = "lunch"
    made = []
    for number, task in enumerate(tasks):
        corner_s = rng.uniform(*CORNER_S) if rng.random() < CORNER_SHARE else 0.0
        kind = at.get(number, "")
        pause_s = rng.uniform(*PAUSES[kind]) if kind else 0.0
        made.append(task._replace(pause=kind, pause_s=pause_s, corner_s=corner_s))
    return made
