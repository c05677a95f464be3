"""Recompute the visits of agents whose pings or check-ins have changed."""

from collections.abc import Sequence
from datetime import datetime

from data.live import announce
from data.session import Session
from geofence.detect import DetectedVisit, Sketch, sketch, visits_at
from geofence.evidence.seal import Decision, seal
from geofence.place import ManualCheckIn, Priors, places_of
from geofence.revision import Revision, revise
from geofence.waiting import store
from geofence.waiting.work import NO_GROUND, AgentDay, Ground, days_of

MOST_AT_ONCE = 64
"""Agents of one transaction: enough to share its cost, few enough that none waits for long."""

PRIORS = Priors()


async def recompute_waiting(session: Session, now: datetime, most: int = MOST_AT_ONCE) -> int:
    """Bring those who have waited longest up to date; how many they were.

    Several workers may call this at once; each gets other agents. Pings that arrive meanwhile
    leave their agent on the list for the next call.
    """
    # 1. Whose turn it is, and what their phones said.
    agents = await store.lock_waiting(session, most)
    decisions: list[Decision] = []
    days = [day for agent in agents for day in days_of(agent)]
    if days:
        sketches = [
            sketch(pings) if len(pings) else None for pings in await store.pings_of(session, days)
        ]
        # 2. Where they could have been: asked only for those who stayed anywhere.
        grounds = await store.grounds_of(session, _stays(days, sketches))
        check_ins = await store.check_ins_of(session, days)
        known = await store.current_visits_of(session, days)
        # 3. What that makes of their visits.
        for number, day in enumerate(days):
            ground = grounds.get(number, NO_GROUND)
            detected = _visits(sketches[number], ground, check_ins.get(number, ()))
            revision = revise(known.get(number, ()), detected)
            if revision.changes or revision.outdated:
                ids = await store.write_revision(session, day, revision, ground, now)
                decisions.append(Decision(day, revision, ground, ids))
                _tell(session, day, revision, ground)
    # 4. Seal it, with what they reported.
    if agents:
        await seal(session, agents, decisions, now)
    await store.settle(session, agents)
    return len(agents)


def _stays(
    days: Sequence[AgentDay], sketches: Sequence[Sketch | None]
) -> dict[int, tuple[AgentDay, Sketch]]:
    return {
        number: (day, drawn)
        for number, (day, drawn) in enumerate(zip(days, sketches, strict=True))
        if drawn is not None and drawn.pieces
    }


def _visits(
    drawn: Sketch | None, ground: Ground, check_ins: Sequence[ManualCheckIn]
) -> tuple[DetectedVisit, ...]:
    if drawn is None or not ground.fences:
        return ()
    places = places_of(ground.fences, ground.planned, drawn.plane, PRIORS)
    return visits_at(places, drawn, check_ins, PRIORS)


def _tell(session: Session, day: AgentDay, revision: Revision, ground: Ground) -> None:
    agent = day.agent
    for change in revision.changes:
        for case_id in ground.cases_of(change.visit):
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
