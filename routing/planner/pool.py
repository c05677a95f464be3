"""Many rounds at once, on all cores.

Whoever owns a pool (the worker, a benchmark) opens it once and shuts it down. Its first child takes
a second to start, or most of a minute where the search has yet to be compiled; the others are
copies of it.
"""

import multiprocessing
import signal
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from typing import TypeVar

from routing.planner.plan import Plan
from routing.planner.problem import Problem
from routing.planner.stop import StopAfter
from routing.planner.vacancy import Relief, Vacancy

Key = TypeVar("Key")


def planning_pool(processes: int | None = None) -> ProcessPoolExecutor:
    """A pool for `plan_each`, one process per core unless told; children start clean."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["routing.planner.warm"])
    return ProcessPoolExecutor(processes, mp_context=context, initializer=_end_with_parent)


def warm_pool(processes: int | None = None) -> ProcessPoolExecutor:
    """A `planning_pool` whose children are ready. Blocks until then: call it in a thread."""
    pool = planning_pool(processes)
    pool.submit(int).result()
    return pool


def _end_with_parent() -> None:
    """In a child: end when the owner of the pool does, however that ended."""
    owner = multiprocessing.parent_process()
    assert owner is not None, "this runs in a child"

    def wait() -> None:
        owner.join()
        signal.raise_signal(signal.SIGKILL)

    threading.Thread(target=wait, daemon=True).start()


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
    """`routing.planner.solver.plan`, with numba imported only in the child process."""
    from routing.planner.solver import plan

    return plan(problem, stop, seed)


def relieve_one(vacancy: Vacancy) -> Relief:
    """`routing.planner.relief.relieve`, with numba imported only in the child process."""
    from routing.planner.relief import relieve

    return relieve(vacancy)
