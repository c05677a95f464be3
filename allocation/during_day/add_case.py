"""Give an agent one case more while the day runs."""

from datetime import datetime
from uuid import UUID

from allocation.during_day import store
from allocation.errors import CaseCannotGoThere
from allocation.owners.move import Order, Terms
from allocation.owners.move_cases import move_cases
from allocation.owners.store import on_rounds
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
    session: Session, new: NewNotice, case_id: UUID, now: datetime, *, urgent: bool,
    overrule: bool = False,
) -> Notice:  # fmt: skip
    """Move a case to an agent, as by hand; all concerned are planned again at once.

    An `urgent` case is visited today whatever it is worth, if it can be. Raises `AgentNotFound`,
    `NoRunningShift`, `CaseNotFound` for a case that is not open, `CaseCannotGoThere` where a rule
    keeps the agent from it (unless `overrule`), and `AssignedMeanwhile`.
    """
    branch = await identity.branch_of_agent(session, new.agent_id)
    day = local_day(now, branch.zone)
    if await notices.running_shift(session, new.agent_id, now) is None:
        raise NoRunningShift(str(new.agent_id), day)
    owner = await store.open_case_owner(session, case_id)
    if owner is None:
        raise CaseNotFound(str(case_id))
    concerned = {new.agent_id, *([owner.agent_id] if owner.agent_id else [])}
    planned: set[UUID] = set()
    if owner.agent_id != new.agent_id:
        terms = Terms(new.reason or "added during the day", overrule=overrule)
        orders = [Order(case_id, new.agent_id)]
        done = await move_cases(session, orders, terms, new.told_by, now)
        for why_not in done.refused:
            raise CaseCannotGoThere(str(case_id), str(new.agent_id), why_not.code, why_not.detail)
        planned = {agent for agent, _, _ in await on_rounds(session, sorted(concerned), now)}
    facts = {"case_id": str(case_id), "urgent": urgent}
    await notices.add(session, branch.id, day, new, facts, now)
    # The move has had all planned again who have a round today; the others get one.
    if concerned - planned:
        await plan_again(session, sorted(concerned - planned), day)
    for agent_id in concerned:
        announce(session, branch.id, "figures", {"agent_id": str(agent_id)})
    taken = await notices.notice(session, new.id)
    assert taken is not None
    return taken
