"""Planning from a process that answers requests: in a child process, kept ready."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from routing.planner.plan import Plan
from routing.planner.pool import plan_one, relieve_one, warm_pool
from routing.planner.problem import Problem
from routing.planner.stop import StopAfter
from routing.planner.vacancy import Relief, Vacancy

Answer = TypeVar("Answer")

SEARCH = StopAfter(seconds=0.1)
"""Per round, while somebody waits for the answer."""

SEED = 1


class Planners:
    """One child process for plans that cannot wait for a worker. It starts when first needed, or
    with `start`."""

    def __init__(self) -> None:
        self._pool: asyncio.Task[ProcessPoolExecutor] | None = None

    def start(self) -> None:
        """Have the child made ready, which takes some seconds; nobody waits for it."""
        if self._pool is None:
            self._pool = asyncio.create_task(asyncio.to_thread(warm_pool, 1))

    async def relieve(self, vacancy: Vacancy) -> Relief:
        """`routing.planner.relief.relieve` in the child. Raises `BrokenProcessPool`."""
        return await self._run(relieve_one, vacancy)

    async def solve_all(self, problems: Sequence[Problem]) -> Sequence[Plan]:
        """Plans for problems, in their order. Raises `BrokenProcessPool`."""
        return await asyncio.gather(
            *(self._run(plan_one, problem, SEARCH, SEED) for problem in problems)
        )

    async def close(self) -> None:
        """End the child."""
        if self._pool is not None:
            for made in await asyncio.gather(self._pool, return_exceptions=True):
                if isinstance(made, ProcessPoolExecutor):
                    made.shutdown(cancel_futures=True)

    async def _run(self, work: Callable[..., Answer], *given: object) -> Answer:
        self.start()
        assert self._pool is not None, "it was just started"
        pool = await asyncio.shield(self._pool)
        try:
            return await asyncio.get_running_loop().run_in_executor(pool, work, *given)
        except BrokenProcessPool:
            # A pool that lost its child takes no more work: the next who asks gets a new one.
            self._pool = None
            raise
