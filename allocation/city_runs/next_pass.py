"""What follows a sector: the rest of its pass, the next pass, or the end with a proposal."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from allocation.city.sectors import middles_of, parts, sectors
from allocation.city_runs import store
from allocation.city_runs.run import BetterRound, Run, StoredSector
from allocation.scenarios.propose_owners import propose_owners
from data.queue import enqueue
from data.session import Session
from routing.travel.cities import Cities


async def take_sector(
    session: Session,
    sector: StoredSector,
    better: Sequence[BetterRound],
    cities: Cities,
    now: datetime,
) -> None:
    """Keep the better rounds of a sector; the last one of a pass brings the next pass, or the end.

    Of a run that has ended, and of a sector that was done before, nothing is kept.
    """
    # 1. One at a time; somebody may have cancelled, or have done it twice.
    run = await store.run(session, sector.run.id, lock=True)
    again = await store.sector(session, sector.id)
    if run is None or run.state != "running" or again is None or again.is_done:
        return
    # 2. The best so far.
    if await store.keep_rounds(session, sector, better, now):
        return
    # 3. Other borders, or enough.
    if run.turn == run.passes:
        await end_with_best(session, run, "done", cities, now)
    else:
        await _begin_pass(session, run, run.turn + 1, now)


async def end_with_best(
    session: Session,
    run: Run,
    state: Literal["done", "cancelled", "failed"],
    cities: Cities,
    now: datetime,
    *,
    failure: str | None = None,
) -> None:
    """End a run: what its best rounds give to others than their owners becomes a proposal.

    `failure` says why one failed. Raises `NoStreets`.
    """
    moves = await store.moves(session, run.id)
    proposal_id = None
    if moves:
        reason = f"joint improvement of all rounds of {run.day}"
        owners = {move.case_id: move.to_id for move in moves}
        proposal_id = await propose_owners(
            session, (run.branch_id,), run.day, owners, "city_run", reason, cities, run.made_by, now
        )
    await store.end(session, run.id, state, now, proposal_id=proposal_id, failure=failure)


async def fail_run(session: Session, sector_id: UUID, why: str, now: datetime) -> None:
    """End the run of a sector that cannot be searched, unless it has ended."""
    sector = await store.sector(session, sector_id)
    run = await store.run(session, sector.run.id, lock=True) if sector else None
    if run is not None and run.state == "running":
        await store.end(session, run.id, "failed", now, failure=why)


async def _begin_pass(session: Session, run: Run, turn: int, now: datetime) -> None:
    city = await store.city_map(session, run.id, now)
    middles = middles_of(city.visitor, city.spots, city.homes)
    groups = sectors(middles, turn)
    cases_of = parts(groups, city.visitor, city.only, city.spots, city.homes)
    pairs = [
        (
            [city.agent_ids[row] for row in rows.tolist()],
            [city.case_ids[case] for case in cases.tolist()],
        )
        for rows, cases in zip(groups, cases_of, strict=True)
    ]
    for sector_id in await store.add_sectors(session, run, turn, pairs):
        await enqueue(session, "city.improve_sector", lane="city", sector_id=str(sector_id))
