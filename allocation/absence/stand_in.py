"""An agent drops out: neighbors make the open visits, with their rounds planned anew at once."""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from allocation import store as allocation
from allocation.absence import store
from allocation.absence.absence import LENT, PINNED, Absent, StandIn, Visit, stand_in_of, who_may
from allocation.absence.look import MISSING, reason_of
from allocation.allocate import rules_of
from core.clock import local_day
from data.alerts import clear_alert
from data.live import announce
from data.session import Session
from identity import store as identity
from identity.attendance import store as attendance
from identity.policies.store import effective
from routing.travel.cities import Cities
from routing.travel.city import City
from routing.underway.relief.decide import (
    Decided,
    Relieve,
    Scene,
    Waits,
    decide,
    look_around,
    put_in_force,
)


async def stand_in(
    session: Session, absent: Absent, city: City, relieve: Relieve, now: datetime
) -> StandIn:
    """Mark an agent absent, and have neighbors make today's open visits.

    The most urgent go first, and neighbors' less urgent ones make way. The visits that change hands
    are lent for the day: they return to whom they were from when it is over, or when the agent
    comes back. New rounds are in force with this transaction. Cash in the agent's till stays there.
    Doing it again moves nothing more, and tells what is still open. Raises `AgentNotFound`,
    `PlanBreaksRules`, and `AssignedMeanwhile` or `PlannedMeanwhile` when somebody was faster.
    """
    # 1. Owners of the branch change by one decision at a time; a repeat gets the first answer.
    branch = await identity.branch_of_agent(session, absent.agent_id)
    day = local_day(now, branch.zone)
    await allocation.lock_allocation(session, branch.id)
    known = await store.last_absence(session, absent.agent_id, day)
    if known and known.ended_at is None:
        return stand_in_of(absent.agent_id, [visit for visit in known.visits if not visit.to_agent])
    now = max(now, await store.last_change(session, branch.id, day) or now)
    # 2. Who makes what is still open.
    scene, decided = await _decided(session, absent.agent_id, branch.id, day, city, relieve, now,
                                    hold=True)  # fmt: skip
    # 3. From now on nobody plans with this agent; others have the visits for the day.
    await attendance.mark_absent(session, absent.agent_id, now, absent.reason)
    visits = await _visits(session, decided)
    handed = [(one.case_id, one.to_agent_id) for one in visits if one.to_agent_id]
    name = await identity.staff_name(session, absent.agent_id)
    reason = f"stands in for {name} today: {absent.reason}"
    await allocation.hand_over(session, handed, reason, absent.by, now)
    await store.add(session, absent, branch.id, day, visits, now)
    await clear_alert(session, branch.id, MISSING, absent.agent_id, now)
    # 4. The new rounds, for phones and screens.
    if scene:
        await put_in_force(session, scene, decided, now)
    concerned = {absent.agent_id, *(one.day.agent_id for one in decided.rounds)}
    for agent_id in sorted(concerned):
        announce(session, branch.id, "figures", {"agent_id": str(agent_id)})
    return stand_in_of(absent.agent_id, visits)


async def foresee(
    session: Session, agent_id: UUID, city: City, relieve: Relieve, now: datetime
) -> StandIn:
    """What `stand_in` would decide now; nothing is changed. Raises `AgentNotFound`."""
    branch = await identity.branch_of_agent(session, agent_id)
    day = local_day(now, branch.zone)
    _, decided = await _decided(session, agent_id, branch.id, day, city, relieve, now, hold=False)
    return stand_in_of(agent_id, await _visits(session, decided))


async def _decided(
    session: Session,
    agent_id: UUID,
    branch_id: UUID,
    day: date,
    city: City,
    relieve: Relieve,
    now: datetime,
    *,
    hold: bool,
) -> tuple[Scene | None, Decided]:
    scene = await look_around(session, agent_id, branch_id, day, now, hold=hold)
    if scene is None:
        return None, Decided((), (), (), (), ())
    rules = rules_of(await effective(session, branch_id), day, now)
    # Who knows whom does not weigh for a day, and is dear to find out.
    cases = await allocation.cases_by_id(session, scene.case_ids, replace(rules, since=now))
    near = [neighbor.day.agent_id for neighbor in scene.neighbors]
    agents = {one.id: one for one in await allocation.agents_by_id(session, near, day)}
    has = {case: one.day.agent_id for one in scene.neighbors for case in one.own}
    may = who_may([agents[one] for one in near if one in agents], cases, has)
    stays = {one.case.id: PINNED for one in cases if one.case.pinned}
    stays |= dict.fromkeys(await allocation.lent_visits(session, agent_id, day), LENT)
    open_ = scene.open_
    goes = tuple(case for case in open_.cases if case.case_id not in stays)
    decided = await decide(replace(scene, open_=open_.with_cases(goes)), may, city, relieve, now)
    kept = tuple(
        Waits(case.case_id, agent_id, case.urgency, stays[case.case_id])
        for case in open_.cases
        if case.case_id in stays
    )
    return scene, replace(decided, left=(*decided.left, *kept))


async def _visits(session: Session, decided: Decided) -> tuple[Visit, ...]:
    return await store.called(
        session, (*decided.taken, *decided.moved), (*decided.left, *decided.pushed_out)
    )


async def stand_in_for_missing(
    session: Session, agent_id: UUID, cities: Cities, relieve: Relieve, now: datetime
) -> StandIn | None:
    """`stand_in` for an agent who is still missing; None for one who has come meanwhile."""
    missing = await attendance.missing(session, now)
    one = next((one for one in missing if one.agent_id == agent_id and one.stand_in), None)
    if one is None:
        return None
    branch = await identity.branch_of_agent(session, agent_id)
    city = await cities.at(session, branch.location)
    absent = Absent(agent_id, reason_of(one), None, "not_signed_on")
    return await stand_in(session, absent, city, relieve, now)
