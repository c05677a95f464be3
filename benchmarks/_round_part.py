"""What each part of the rounds benchmark needs and gives."""

import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from time import perf_counter
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks._field_days import City, city_of, grid_city
from benchmarks._round_judge import Round, deposit
from core.settings import settings
from routing.planner.problem import Problem
from routing.planner.solver import plan
from routing.planner.stop import StopAfter
from routing.planner.warm import warm
from streets.graph import StreetGraph

OURS = "Roundsman"
WARM_UPS, WARM_UP_S = 5, 0.2
Item = TypeVar("Item")
Result = TypeVar("Result")
console = Console(stderr=True, highlight=False)


@dataclass(slots=True)
class Figures:
    """A part's figures by key, the tables that show them beside peers, and what else it tells."""

    keys: dict[str, float | None]
    tables: list[Table] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Streets:
    """Where the days take place; `graph` is None for the grid, which is arrays only."""

    name: str
    city: City
    graph: StreetGraph | None


def open_streets(name: str) -> Streets:
    """``grid``, or anything that ``./roundsman streets`` takes."""
    if name == "grid":
        return Streets(name, grid_city(), None)
    from streets.network import build

    cache = settings().state_dir / "streets"
    cache.mkdir(parents=True, exist_ok=True)
    graph = build(name, cache)
    return Streets(name, city_of(graph), graph)


def ours(problem: Problem, seconds: float, seed: int = 1) -> Round:
    """Our plan as the judge reads it."""
    made = plan(problem, StopAfter(seconds=seconds), seed)
    numbers = {candidate.case_id: number for number, candidate in enumerate(problem.candidates)}
    counters = {point.key: number for number, point in enumerate(problem.deposits)}
    order = [numbers[stop.candidate.case_id] for stop in made.stops]
    for handed_in in reversed(made.deposits):
        order.insert(handed_in.before, deposit(counters[handed_in.point.key]))
    return order


def warm_up(problem: Problem) -> None:
    """Compile what is compiled on first use, then plan a day of the kind to be timed until that
    takes no longer than it may: only then is nothing left to compile."""
    warm()
    for _ in range(WARM_UPS):
        _, took_s = timed(lambda: ours(problem, WARM_UP_S))
        if took_s < 1.5 * WARM_UP_S:
            return


def timed(make: Callable[[], Result]) -> tuple[Result, float]:
    """What is made, and the seconds it takes."""
    began = perf_counter()
    made = make()
    return made, perf_counter() - began


def one_by_one(items: Iterable[Item], doing: str, total: int) -> Iterable[Item]:
    """The items, with a progress bar for whoever watches."""
    return track(items, doing, total=total, console=console, disable=not console.is_terminal)


def on_two_cores(work: Callable[[Item], Result], items: Sequence[Item], doing: str) -> list[Result]:
    """`work` for each item, two at once, in their order."""
    with ProcessPoolExecutor(2, mp_context=get_context("forkserver")) as pool:
        return list(one_by_one(pool.map(work, items), doing, len(items)))


def no_work(why: str) -> None:
    """End the benchmark: its figures would mean nothing."""
    sys.exit(f"no figures: {why}")
