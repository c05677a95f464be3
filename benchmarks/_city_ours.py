"""All that the product does for a city's day, from travel times to audited rounds."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from time import perf_counter
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from rich.progress import Progress

from allocation.allocate import HEADROOM
from allocation.city.city_day import CityDay, Ways, sector_of
from allocation.city.improve_city import improve_city
from allocation.city.improve_sector import audited
from allocation.problem import Problem
from allocation.solver import assign
from allocation.store import TRAVEL_SHARE_S
from allocation.work import Agent, Case
from benchmarks._city_field import CityField
from benchmarks._round_part import console
from core.geometry import LatLon
from routing.planner.pool import plan_each
from routing.planner.stop import StopAfter
from routing.travel.travel_times import TravelTimes

PROCESSES = 2
FIRST_S = 0.05
"""For each agent's first round, which the joint search begins with."""

AFTER_S = 0.003
"""For each agent's audit, which comes after the joint search."""

SEARCHED = 0.97
"""Of the time that is left, what is searched: sectors are packed, sent and audited besides."""

HERE = LatLon(0, 0)
BRANCH = UUID(int=1)


@dataclass(slots=True)
class Made:
    """Rounds, how many seconds each step took, and how many visits are not by the case's owner."""

    orders: list[list[int]] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    peak_mb: float = 0.0
    moved: int = 0

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a step."""
        began = perf_counter()
        yield
        self.seconds[name] = round(perf_counter() - began, 2)

    @property
    def total_s(self) -> float:
        """All steps."""
        return sum(self.seconds.values())


def made(
    day_field: CityField,
    times: TravelTimes,
    pool: ProcessPoolExecutor,
    seconds: float,
    seed: int,
    price_s: int,
) -> Made:
    """The city's day within `seconds`, all steps together. `times` and `pool` are ready."""
    ours = Made()
    began = perf_counter()
    with _peak_mb_of_all_processes(ours):
        with ours.step("travel"):
            homes = day_field.nodes[day_field.homes].astype(np.int32)
            doors = day_field.nodes[: len(day_field.candidates)].astype(np.int32)
            from_home_s = times.matrix(homes, doors).astype(np.float32)
        with ours.step("allocate"):
            owner = _owners(day_field, from_home_s)
        day = CityDay(
            shifts=day_field.shifts,
            candidates=day_field.candidates,
            owner=owner,
            may_own=np.ones(from_home_s.shape, dtype=np.bool_),
            points=np.column_stack([day_field.city.x_m, day_field.city.y_m])[day_field.nodes],
            price_s=price_s,
        )

        def ways(_agents: NDArray[np.int64], places: NDArray[np.int64]) -> Ways:
            return Ways((times.matrix(day_field.nodes[places].astype(np.int32)),))

        nobody: list[list[int]] = [[] for _ in day.shifts]
        with ours.step("first_rounds"):
            sectors = {
                agent: sector_of(
                    day, nobody, np.array([agent]), np.flatnonzero(owner == agent), ways
                )
                for agent in range(len(day.shifts))
            }
            problems = {
                agent: one.fleet.alone(0, range(len(one.cases))) for agent, one in sectors.items()
            }
            ours.orders = nobody
            for agent, plan in plan_each(pool, problems, StopAfter(seconds=FIRST_S), seed):
                cases = sectors[agent].cases
                ours.orders[agent] = [int(cases[stop.candidate.place]) for stop in plan.stops]
        with ours.step("improve"), Progress(console=console, transient=True) as bars:
            bar = bars.add_task("Improving sectors", total=None)
            left_s = SEARCHED * (seconds - (perf_counter() - began) - AFTER_S * len(day.shifts))
            for at in improve_city(day, ours.orders, ways, pool, PROCESSES, left_s, seed):
                ours.orders = [list(order) for order in at.orders]
                bars.update(bar, completed=at.done, total=at.total)
        with ours.step("audit"):
            for agent, order in enumerate(ours.orders):
                alone = sector_of(day, ours.orders, np.array([agent]), np.array(order, int), ways)
                audited(alone.fleet, 0, range(len(order)))
    ours.moved = sum(
        int(owner[case]) != agent for agent, order in enumerate(ours.orders) for case in order
    )
    return ours


def _owners(day_field: CityField, from_home_s: NDArray[np.float32]) -> NDArray[np.int64]:
    """The product's allocation: every agent is wanted a tenth above the mean of work."""
    work_s = [c.service_s + TRAVEL_SHARE_S for c in day_field.candidates]
    wanted_s = int(HEADROOM * sum(work_s) / len(day_field.shifts))
    agents = tuple(Agent(UUID(int=n + 1), BRANCH, HERE, wanted_s) for n in range(len(from_home_s)))
    cases = tuple(
        Case(c.case_id, BRANCH, HERE, s, priority=max(1, round(c.score)))
        for c, s in zip(day_field.candidates, work_s, strict=True)
    )
    problem = Problem(agents, cases, from_home_s)
    owner = np.full(len(cases), -1, dtype=np.int64)
    for owned in assign(problem).owners:
        owner[problem.case_index[owned.case_id]] = problem.agent_index[owned.agent_id]
    return owner


@contextmanager
def _peak_mb_of_all_processes(ours: Made) -> Iterator[None]:
    """The most memory that this process and its children hold at once, looked at twice a second.

    Pages that they share count once for each.
    """
    done = Event()

    def watch() -> None:
        while not done.wait(0.5):
            ours.peak_mb = max(ours.peak_mb, _resident_mb())

    watcher = Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def _resident_mb() -> float:
    """Of this process and all that it has started, in MB."""
    parent: dict[int, int] = {}
    resident: dict[int, int] = {}
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            told = dict(line.split(":", 1) for line in status.read_text().splitlines())
        except OSError:
            continue
        pid = int(status.parent.name)
        parent[pid] = int(told["PPid"])
        resident[pid] = int(told.get("VmRSS", "0 kB").split()[0])
    ours = {_self_pid()}
    while more := {pid for pid, its in parent.items() if its in ours} - ours:
        ours |= more
    return sum(resident.get(pid, 0) for pid in ours) / 1024


def _self_pid() -> int:
    return int(Path("/proc/self").readlink().name)
