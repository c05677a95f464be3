"""Start a run that improves all rounds of a branch's day, and cancel it."""

from datetime import date, datetime
from uuid import UUID

from allocation import store as allocation
from allocation.allocate import HEADROOM
from allocation.city.improve_city import USUAL
from allocation.city.sectors import sectors
from allocation.city_runs import store
from allocation.city_runs.next_pass import end_with_best
from allocation.city_runs.run import Progress, Wanted
from allocation.errors import CityRunNotFound, NobodyAtWork
from data.queue import enqueue
from data.session import Session
from identity.policies.store import effective
from routing.travel.cities import Cities


async def start_run(
    session: Session, branch_id: UUID, day: date, wanted: Wanted, by: UUID, now: datetime
) -> Progress:
    """Begin with a job for each sector of neighbors; they start when this commits.

    Nobody may come to own more than an allocation would give: a tenth above the mean of work, and
    the visits that the branch's policy allows on top. Raises `NobodyAtWork` and `CityRunUnderWay`.
    """
    # 1. Who takes part.
    await allocation.lock_allocation(session, branch_id)
    agents = [a for a in await allocation.agents_on(session, day, now) if a.branch_id == branch_id]
    if not agents:
        raise NobodyAtWork(day.isoformat())
    ids = [agent.id for agent in agents]
    # 2. The most work for each.
    owned = await store.portfolio(session, ids)
    overload_s = (await effective(session, branch_id)).allocation_overload_visits * owned.median_s
    limit_s = int(HEADROOM * owned.work_s / len(agents) + overload_s)
    run_id = await store.add_run(
        session, branch_id, day, wanted, limit_s, USUAL.passes, ids, by, now
    )
    # 3. The first pass plans each agent alone, in the neighborhood of their homes.
    begun = await store.run(session, run_id)
    assert begun is not None, "it was just added"
    city = await store.city_map(session, run_id, now)
    groups = [
        ([city.agent_ids[row] for row in rows.tolist()], ()) for rows in sectors(city.homes, 0)
    ]
    added = await store.add_sectors(session, begun, 0, groups)
    for sector_id in added:
        await enqueue(session, "city.improve_sector", lane="city", sector_id=str(sector_id))
    return await progress_of(session, run_id)


async def progress_of(session: Session, run_id: UUID) -> Progress:
    """A run in scope as it stands. Raises `CityRunNotFound`."""
    found = await store.progress(session, run_id)
    if found is None:
        raise CityRunNotFound(str(run_id))
    return found


async def cancel_run(session: Session, run_id: UUID, cities: Cities, now: datetime) -> Progress:
    """End a run with the best rounds so far; what its workers are at is not waited for.

    Ended already, nothing happens. Raises `CityRunNotFound` or `NoStreets`.
    """
    found = await store.run(session, run_id, lock=True)
    if found is None:
        raise CityRunNotFound(str(run_id))
    if found.state == "running":
        await end_with_best(session, found, "cancelled", cities, now)
    return await progress_of(session, run_id)
