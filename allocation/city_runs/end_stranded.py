"""The watch over runs: one whose sector nobody will search any more ends by itself."""

from datetime import datetime

from allocation.city_runs import store
from allocation.city_runs.next_pass import end_with_best
from data.session import Scope, Session, enter
from routing.travel.cities import Cities

GIVEN_UP = (
    "a sector could not be searched: its worker was killed or failed each time it tried; what was"
    " better until then is kept as a proposal"
)


async def end_stranded(session: Session, cities: Cities, now: datetime) -> int:
    """End the runs in scope that wait for a sector without a job, with the best rounds so far; how
    many there were.

    A sector whose worker was killed has its job until the queue has given it up. Raises
    `NoStreets`.
    """
    stranded = await store.stranded(session)
    for run in stranded:
        await enter(session, Scope((run.branch_id,)))
        await end_with_best(session, run, "failed", cities, now, failure=GIVEN_UP)
    return len(stranded)
