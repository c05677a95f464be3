"""Begin a branch's day: allocate its cases, then plan the rounds."""

from datetime import date, datetime
from uuid import UUID

from allocation.allocate import Allocated, allocate
from data.session import Scope, Session, enter
from identity import store as identity
from routing.rounds.plan_rounds import PublishedRound, SolveAll, plan_rounds
from routing.travel.cities import Cities


async def begin_day(
    session: Session,
    branch_id: UUID,
    day: date,
    cities: Cities,
    solve_all: SolveAll,
    now: datetime,
) -> tuple[Allocated, list[PublishedRound]]:
    """Allocate and plan for one branch, on its own streets. Raises `NoStreets`.

    Narrows the session's scope to the branch.
    """
    await enter(session, Scope((branch_id,)))
    branch = next(iter(await identity.branches(session)), None)
    city = await cities.at(session, branch.location if branch else None)
    allocated = await allocate(session, branch_id, day, city, now)
    return allocated, await plan_rounds(session, day, city, solve_all, now)
