"""Give an agent one case more while the day runs."""

from datetime import datetime
from uuid import UUID

from allocation.during_day import store
from allocation.store import hand_over
from collection.errors import CaseNotFound
from core.clock import local_day
from data.live import announce
from data.session import Session
from identity import store as identity
from routing.underway.errors import NoRunningShift
from routing.underway.notices import store as notices
from routing.underway.notices.notice import NewNotice, Notice
from routing.underway.notices.tell import plan_again


async def add_case(
    session: Session, new: NewNotice, case_id: UUID, now: datetime, *, urgent: bool
) -> Notice:
    """Make an agent the owner of a case from now on; all concerned are planned again at once.

    An `urgent` case is visited today whatever it is worth, if it can be. Raises `AgentNotFound`,
    `NoRunningShift`, `CaseNotFound` for a case that is not open, and `AssignedMeanwhile`.
    """
    branch = await identity.branch_of_agent(session, new.agent_id)
    day = local_day(now, branch.zone)
    if await notices.running_shift(session, new.agent_id, now) is None:
        raise NoRunningShift(str(new.agent_id), day)
    owner = await store.open_case_owner(session, case_id)
    if owner is None:
        raise CaseNotFound(str(case_id))
    concerned = {new.agent_id, *([owner.agent_id] if owner.agent_id else [])}
    if owner.agent_id != new.agent_id:
        reason = new.reason or "added during the day"
        await hand_over(session, [(case_id, new.agent_id)], reason, new.told_by, now)
    facts = {"case_id": str(case_id), "urgent": urgent}
    await notices.add(session, branch.id, day, new, facts, now)
    await plan_again(session, sorted(concerned), day)
    for agent_id in concerned:
        announce(session, branch.id, "figures", {"agent_id": str(agent_id)})
    taken = await notices.notice(session, new.id)
    assert taken is not None
    return taken
