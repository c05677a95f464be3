"""Jobs that change who has which case, or find out what would be if."""

import asyncio
from concurrent.futures.process import BrokenProcessPool
from uuid import UUID

from procrastinate import JobContext

from allocation.owners.turn_over import turn_over
from allocation.policy import Policy
from allocation.problem import Assignment, Problem
from allocation.scenarios.run_scenario import Means, give_up, run_scenario
from allocation.scenarios.solve import assigned
from collection.portfolio.geocode import Geocode, geocode_with
from core.settings import settings
from data.queue import queue
from data.session import EVERYTHING
from jobs import context
from jobs.rounds import AGAIN, MOST_ATTEMPTS, cities, solve_all
from routing.travel.city import City
from streets.geocoder import geocoder


@queue.periodic(cron="* * * * *")
@queue.task(name="allocation.turn_over", queueing_lock="allocation.turn_over")
async def turn_over_job(timestamp: int | None = None) -> None:  # noqa: ARG001 - when it was due
    """Carry out the moves of cases that were planned for now."""
    async with context.database().transaction(EVERYTHING) as session:
        await turn_over(session, context.clock().now())


@queue.task(name="allocation.run_scenario", retry=AGAIN, pass_context=True)
async def run_scenario_job(job: JobContext, scenario_id: str) -> None:
    """Find out what would be if, and keep it as a proposal."""
    means = Means(context.database(), cities, _geocode, _assign, solve_all)
    try:
        await run_scenario(means, UUID(scenario_id), context.clock().now())
    except Exception:  # the edge of the process: whoever waits is told, and the log has it all
        if job.job.attempts + 1 >= MOST_ATTEMPTS:
            await give_up(context.database(), UUID(scenario_id), context.clock().now())
        raise


async def _assign(problem: Problem, policy: Policy, handing_on: frozenset[UUID]) -> Assignment:
    """In a child process: the flow holds its interpreter's lock all the while."""
    pool = await context.solvers()
    try:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(pool, assigned, problem, policy, handing_on)
    except BrokenProcessPool:
        context.replace_solvers()
        raise


def _geocode(city: City) -> Geocode:
    return geocode_with(geocoder(settings().geocoder, city.graph))
