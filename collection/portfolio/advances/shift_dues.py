"""Have what falls due on a holiday count from the next working day on."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID

from collection.gate.closed_days.store import calendars
from collection.portfolio.advances import store
from collection.portfolio.advances.offered import AHEAD
from data.session import Session
from identity.store import branch_by_code


async def shift_dues(session: Session, branch_ids: Collection[UUID], day: date) -> None:
    """Do so for the demands of branches in scope that are due in the two weeks around `day`.

    What calendars and declarations say now counts: a day that is a holiday no more is undone.
    """
    await _shift(session, branch_ids, day - AHEAD, day + AHEAD)


async def shift_coming_dues(session: Session, branch: str, now: datetime) -> None:
    """Do so at once for what falls due from tomorrow on, at a branch in scope and those below it,
    of whose days something was just declared: what is due tomorrow can be asked for today only.

    What was due by today stays as the day began with it, until the next one begins.
    """
    days = await store.days_below(session, (await branch_by_code(session, branch)).id, now)
    for day in set(days.values()):
        there = [branch_id for branch_id, its in days.items() if its == day]
        await _shift(session, there, day + timedelta(days=1), day + AHEAD)


async def _shift(session: Session, branch_ids: Collection[UUID], first: date, last: date) -> None:
    for branch_id, days in (await calendars(session, branch_ids, first, last + AHEAD)).items():
        await store.shift_dues(session, branch_id, first, last, days.shifts(first, last))
