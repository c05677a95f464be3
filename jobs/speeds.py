"""The job that learns from the days of agents how fast streets are."""

import structlog

from core.settings import settings
from data.queue import queue
from jobs import context
from routing.speeds.learn import learn
from routing.travel.cities import Cities

log = structlog.get_logger()

_cities = Cities(settings().state_dir / "streets")


@queue.periodic(cron="53 */6 * * *")
@queue.task(name="speeds.learn", queueing_lock="speeds.learn")
async def learn_job(timestamp: int | None = None) -> None:  # noqa: ARG001 - when it was due
    """Learn from the days that are over, in whatever zone, and put it to use."""
    days = await learn(context.database(), _cities, context.clock().now())
    for one in days:
        log.info(
            "speeds.learned", network=one.network, day=str(one.day), agents=one.agents,
            rides=one.rides, stretches=one.stretches, legs=one.legs,
        )  # fmt: skip
