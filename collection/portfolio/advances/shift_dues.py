"""Have what falls due on a holiday count from the next working day on."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from collection.gate.closed_days.store import calendars
from collection.portfolio.advances import store
from collection.portfolio.advances.offered import AHEAD
from data.session import Session


async def shift_dues(session: Session, branch_ids: Collection[UUID], day: date) -> None:
    """Do so for the demands of branches in scope that are due in the two weeks around `day`.

    What calendars and declarations say now counts: a day that is a holiday no more is undone.
    """
    first, last = day - AHEAD, day + AHEAD
    for branch_id, days in (await calendars(session, branch_ids, first, last + AHEAD)).items():
        await store.shift_dues(session, branch_id, first, last, days.shifts(first, last))
