"""End the days of branches that are over: keep what they came to, in figures."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from collection.figures.facts import store
from data.session import EVERYTHING, Database, Scope, Session


async def end_days(
    database: Database, now: datetime, since: date | None = None
) -> Sequence[tuple[UUID, date]]:
    """End each branch's days that are over by `now`; the days that were ended.

    A day at a time, each as a whole: broken off and run again, it goes on where it was, and at the
    same time twice it changes nothing more. Days before `since` and before the first one ended are
    left alone; without it a branch's first day is yesterday.
    """
    async with database.transaction(EVERYTHING, read_only=True) as session:
        waiting = await store.to_end(session, now, since)
    ended = []
    for branch_id, day in waiting:
        async with database.transaction(Scope((branch_id,))) as session:
            if await end_day_of(session, branch_id, day, now):
                ended.append((branch_id, day))
    return ended


async def end_day_of(session: Session, branch_id: UUID, day: date, now: datetime) -> bool:
    """End a branch's day; False when it had ended already.

    What stood at its end (overdue, cash in hand, buckets) is seen only of the day before `now`.
    """
    levels = await store.end(session, branch_id, day, now)
    if levels is None:
        return False
    await store.keep(session, branch_id, day, levels=levels)
    if levels:
        await store.keep_rolls(session, branch_id, day)
    return True


async def count_again(database: Database, now: datetime) -> int:
    """Count those ended days again of which facts came in late; how many."""
    async with database.transaction(EVERYTHING, read_only=True) as session:
        branches = await store.branch_ids(session)
    counted = 0
    for branch_id in branches:
        async with database.transaction(Scope((branch_id,))) as session:
            for day in await store.changed_since(session, branch_id, now):
                await store.lock_day(session, branch_id, day, now)
                await store.keep(session, branch_id, day, levels=False)
                counted += 1
    return counted
