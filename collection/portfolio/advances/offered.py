"""Until when dues are offered in advance on a day: ahead of holidays, where the policy says so."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from uuid import UUID

from collection.gate.closed_days.calendar import LONGEST_CLOSED
from collection.gate.closed_days.store import calendars
from data.session import Session
from identity.policies.store import effective

AHEAD = timedelta(days=LONGEST_CLOSED)


async def offered_until(
    session: Session, branch_ids: Collection[UUID], day: date
) -> Mapping[UUID, date]:
    """The last of the closed days behind `day`, for those branches in scope that ask for what falls
    due on holidays before them, and that open on `day` and not on the next one."""
    known = await calendars(session, branch_ids, day, day + AHEAD)
    until = {branch_id: known[branch_id].closed_until(day) for branch_id in known}
    ahead = {branch_id: last for branch_id, last in until.items() if last > day}
    return {
        branch_id: last
        for branch_id, last in ahead.items()
        if (await effective(session, branch_id)).holiday_dues == "advance"
    }
