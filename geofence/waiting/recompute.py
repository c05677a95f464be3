"""Recompute the visits of agents whose pings or check-ins have changed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from data.live import announce
from data.session import Session
from geofence.detect import DetectedVisit, Sketch, sketch, visits_at
from geofence.evidence.seal import Decision, seal
from geofence.place import ManualCheckIn, Priors, places_of
from geofence.revision import Revision, revise
from geofence.verdict import at_shared_place
from geofence.visits.live_word import visit_word, withdrawn_word
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
            detected = _visits(day, sketches[number], ground, check_ins.get(number, ()))
            revision = ground.told(revise(known.get(number, ()), detected), day)
            if revision.changes or revision.outdated:
                version_ids = await store.write_revision(session, day, revision, ground, now)
                decisions.append(Decision(day, revision, ground, version_ids))
                _tell(session, day, revision, version_ids, ground)
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
    day: AgentDay, drawn: Sketch | None, ground: Ground, check_ins: Sequence[ManualCheckIn]
) -> tuple[DetectedVisit, ...]:
    if drawn is None or not ground.fences:
        return ()
    places = places_of(ground.fences, ground.planned, drawn.plane, PRIORS, day.agent.agent_id)
    return tuple(
        replace(visit, verdict=at_shared_place(visit.verdict, ground.customers_at(visit)))
        for visit in visits_at(places, drawn, check_ins, PRIORS)
    )


def _tell(
    session: Session,
    day: AgentDay,
    revision: Revision,
    version_ids: Sequence[UUID],
    ground: Ground,
) -> None:
    agent = day.agent
    for withdrawal in revision.withdrawals:
        announce(session, agent.branch_id, "visit", withdrawn_word(agent.agent_id, withdrawal))
    for change, version_id in zip(revision.changes, version_ids, strict=True):
        word = visit_word(agent.agent_id, change, version_id, ground.cases_of(change.visit))
        announce(session, agent.branch_id, "visit", word)
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
    # The stops where visits are no more: which they are is known from the round only.
    kind = "round" if revision.outdated else "figures"
    announce(session, agent.branch_id, kind, {"agent_id": str(agent.agent_id)})
