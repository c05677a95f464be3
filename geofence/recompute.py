"""Recompute the visits of an agent whose pings or check-ins have changed."""

from datetime import date, datetime, timedelta

from core.clock import day_range, local_day
from data.live import announce
from data.session import Session
from geofence import store
from geofence.detect import detect
from geofence.revision import Revision, revise


async def recompute_next(session: Session, now: datetime) -> bool:
    """Bring one waiting agent's visits up to date. False when nobody waits.

    Several workers may call this at once; each gets another agent. Pings that arrive meanwhile
    leave the agent on the list for the next call.
    """
    agent = await store.lock_dirty_agent(session)
    if agent is None:
        return False
    last = await store.last_ping_at(session, agent.agent_id)
    day = local_day(agent.since, agent.zone)
    while last is not None and day <= local_day(max(last, agent.since), agent.zone):
        await _recompute_day(session, agent, day, now)
        day += timedelta(days=1)
    await store.settle(session, agent)
    return True


async def _recompute_day(
    session: Session, agent: store.DirtyAgent, day: date, now: datetime
) -> None:
    begin, end = day_range(day, agent.zone)
    pings = await store.pings_between(session, agent.agent_id, begin, end)
    ground = await store.ground_of(session, agent.agent_id, day)
    check_ins = await store.check_ins_between(session, agent.agent_id, begin, end)
    detected = detect(pings, ground.fences, ground.planned, check_ins)
    known = await store.current_visits(session, agent.agent_id, day)
    revision = revise(known, detected)
    if not revision.changes and not revision.outdated:
        return
    await store.write_revision(session, agent, day, revision, ground, now)
    _tell(session, agent, revision, ground)


def _tell(
    session: Session, agent: store.DirtyAgent, revision: Revision, ground: store.Ground
) -> None:
    for change in revision.changes:
        for case_id in store.cases_of(change.visit, ground):
            announce(
                session,
                agent.branch_id,
                "stop",
                {
                    "agent_id": str(agent.agent_id),
                    "case_id": str(case_id),
                    "status": change.visit.verdict.level.value,
                },
            )
    announce(session, agent.branch_id, "figures", {"agent_id": str(agent.agent_id)})
