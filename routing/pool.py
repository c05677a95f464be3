"""Many rounds at once, on all cores: the OR-Tools solver holds the GIL while it runs.

Whoever owns a pool (the worker, a benchmark) opens it once and shuts it down; a child process takes
half a second to start.
"""

import multiprocessing
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from typing import TypeVar

from routing.plan import Plan
from routing.problem import Problem
from routing.stop import StopAfter

Key = TypeVar("Key")


def planning_pool(processes: int | None = None) -> ProcessPoolExecutor:
    """A pool for `plan_each`, one process per core unless told; children start clean."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["routing.solver"])
    return ProcessPoolExecutor(processes, mp_context=context)


def plan_each(
    pool: Executor, problems: Mapping[Key, Problem], stop: StopAfter, seed: int = 1
) -> Iterator[tuple[Key, Plan]]:
    """Solve every problem in `pool`; yields (its key, its plan) as they finish.

    What has not begun is called off when the caller stops listening. Raises `BrokenProcessPool`
    when a child process dies.
    """
    keys = {pool.submit(plan_one, problem, stop, seed): key for key, problem in problems.items()}
    try:
        for done in as_completed(keys):
            yield keys[done], done.result()
    finally:
        for waiting in keys:
            waiting.cancel()


def plan_one(problem: Problem, stop: StopAfter, seed: int) -> Plan:
    """`routing.solver.plan`, with OR-Tools imported only where it runs: in the child process."""
    from routing.solver import plan

    return plan(problem, stop, seed)
