"""Take down what somebody says of a day that runs, and have the rest planned for it."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from core.clock import local_day
from core.errors import IdReused
from data.queue import enqueue
from data.session import Session
from identity import store as identity
from routing.underway.errors import NoRunningShift
from routing.underway.notices import store
from routing.underway.notices.notice import Kind, NewNotice, Notice, check_notice


async def tell(session: Session, new: NewNotice, now: datetime) -> Notice:
    """Take down that an agent is late or stops early; the rest of the round is planned at once.

    Stopping early ends the shift then; when it was to end stays in the notice. The same body again
    gets the same answer. Raises `AgentNotFound`, `NoRunningShift`, `InvalidField` or `IdReused`.
    """
    # 1. A repeat gets the first answer.
    known = await store.notice(session, new.id)
    if known:
        return _same(known, new)
    # 2. It must be about the shift that runs.
    branch = await identity.branch_of_agent(session, new.agent_id)
    day = local_day(now, branch.zone)
    shift = await store.running_shift(session, new.agent_id, now)
    if shift is None:
        raise NoRunningShift(str(new.agent_id), day)
    # Who told the same at the same moment has changed the shift by now.
    known = await store.notice(session, new.id)
    if known:
        return _same(known, new)
    check_notice(new.at, shift, now)
    # 3. Take it down, and plan.
    facts = {"shift_ended_at": shift.ends_at.isoformat()} if new.kind is Kind.STOPS_EARLY else {}
    if not await store.add(session, branch.id, day, new, facts, now):
        raise IdReused("notice", str(new.id))
    if new.kind is Kind.STOPS_EARLY:
        await store.end_shift(session, shift.id, new.at)
    await plan_again(session, [new.agent_id], day)
    taken = await store.notice(session, new.id)
    assert taken is not None
    return taken


def _same(known: Notice, new: NewNotice) -> Notice:
    if known.body_hash != new.body_hash or known.agent_id != new.agent_id:
        raise IdReused("notice", str(new.id))
    return known


async def plan_again(session: Session, agent_ids: Sequence[UUID], day: date) -> None:
    """Have the rests of these agents' rounds planned and published by a job."""
    await enqueue(
        session, "rounds.plan_agents", agent_ids=[str(a) for a in agent_ids], day=day.isoformat()
    )
