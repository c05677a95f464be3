"""Have branches' days planned by themselves, at the time of day that their policy says."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from allocation import store
from core.errors import DomainError
from data.queue import enqueue
from data.session import Session
from identity.policies.store import effective_by_branch
from identity.store import branches
from routing.rounds.outlook import outlook

LATEST = timedelta(hours=3)
"""After the time: until then it is made up for that no worker ran, or that nobody had a shift."""


def day_to_plan(at: str, zone: str, now: datetime) -> date | None:
    """Which day is to be planned now where `at` says when (``06:30``, empty for never)."""
    if not at:
        return None
    local = now.astimezone(ZoneInfo(zone))
    begins_at = datetime.combine(local, time.fromisoformat(at), local.tzinfo)
    return local.date() if begins_at <= now < begins_at + LATEST else None


async def plan_mornings(session: Session, now: datetime) -> Sequence[UUID]:
    """Ask once for the plan of each branch whose time has come and who has somebody on shift; the
    branches. Where a plan was asked for or made already, nothing is done. Sees everything.
    """
    known = {branch.id: branch for branch in await branches(session)}
    days = {
        its.branch_id: day
        for its in await effective_by_branch(session)
        if (day := day_to_plan(its.policies.plan_rounds_at, known[its.branch_id].zone, now))
    }
    asked = []
    for branch_id in await store.unplanned(session, days):
        try:
            await outlook(session, known[branch_id], days[branch_id], now)
        except DomainError:
            continue  # nobody to plan for, or no streets: looked at again while there is time
        await enqueue(
            session, "rounds.begin_day", once=f"begin-day:{branch_id}:{days[branch_id]}",
            branch_id=str(branch_id), day=days[branch_id].isoformat(),
        )  # fmt: skip
        asked.append(branch_id)
    return asked
