"""The agent is back: visits that nobody has made yet return, and all rounds are planned again."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from allocation import store as allocation
from allocation.absence import store
from allocation.absence.absence import Absence, CameBack, Outcome, came_back_of
from allocation.absence.look import BACK
from allocation.errors import NotAbsent
from core.clock import local_day
from data.alerts import clear_alert
from data.live import announce
from data.session import Session
from identity import store as identity
from identity.attendance import store as attendance
from routing.rounds.plan_rounds import SolveAll
from routing.travel.cities import Cities
from routing.underway import store as underway
from routing.underway.relief.store import hold_visits
from routing.underway.replan import replan_rounds

MOST_AT_ONCE = 500
"""Absences that are ended in one transaction."""


async def come_back(
    session: Session,
    agent_id: UUID,
    by: UUID,
    cities: Cities,
    solve_all: SolveAll,
    now: datetime,
) -> CameBack:
    """End an agent's absence of today: what others have not made returns to whom they had it from.

    What was made stays with who made it, and who is at a customer, or on the way there, makes that
    visit. The rounds of all concerned are planned again and in force with this transaction. The
    same again gets the same answer. Raises `AgentNotFound`, `NotAbsent`, `PlanBreaksRules`,
    `AssignedMeanwhile` or `PlannedMeanwhile`.
    """
    # 1. The absence, and nobody else's change between here and the end.
    branch = await identity.branch_of_agent(session, agent_id)
    day = local_day(now, branch.zone)
    await allocation.lock_allocation(session, branch.id)
    absence = await store.last_absence(session, agent_id, day)
    if absence is None:
        raise NotAbsent(str(agent_id), day)
    if absence.ended_at is not None:
        return came_back_of(absence.visits)
    now = max(now, await store.last_change(session, branch.id, day) or now)
    # 2. What goes back.
    handed = [visit for visit in absence.visits if visit.to_agent_id]
    await hold_visits(session, [visit.case_id for visit in handed])
    stand_ins = sorted({visit.to_agent_id for visit in handed if visit.to_agent_id})
    at_doors = await _under_way(session, stand_ins, now)
    await attendance.mark_present(session, agent_id, now)
    await _end(session, absence, "came_back", at_doors, by, now)
    await clear_alert(session, branch.id, BACK, agent_id, now)
    # 3. Everybody's round, of the agent and of those who gave or had given.
    concerned = sorted({agent_id, *stand_ins, *(visit.agent_id for visit in absence.visits)})
    await replan_rounds(session, concerned, day, cities, solve_all, now)
    for one in concerned:
        announce(session, branch.id, "figures", {"agent_id": str(one)})
    return came_back_of(await store.visits(session, absence.id))


async def end_with_day(session: Session, now: datetime) -> int:
    """End the absences in scope whose day is over: all visits return to whom they were from.

    How many there were. What was made that day stays made by whoever made it.
    """
    over = await store.absences_over(session, now, MOST_AT_ONCE)
    for absence in over:
        await _end(session, absence, "day_over", (), None, now)
    return len(over)


async def _under_way(
    session: Session, agent_ids: Collection[UUID], now: datetime
) -> frozenset[UUID]:
    """The visits that these agents are at, or on the way to."""
    rides = await underway.rides(session, now, list(agent_ids))
    first = [next((s for s in ride.stops if s.case_id), None) for ride in rides]
    return frozenset(
        stop.case_id
        for ride, stop in zip(rides, first, strict=True)
        if stop and stop.case_id and (stop.is_here or now.timestamp() >= ride.begins_s)
    )


async def _end(
    session: Session,
    absence: Absence,
    how: str,
    under_way: Collection[UUID],
    by: UUID | None,
    now: datetime,
) -> None:
    out = [visit for visit in absence.visits if visit.is_out]
    with_them = await store.still_with(session, absence.id)
    made = await store.reached(session, [visit.case_id for visit in out], absence.day)

    def outcome(case_id: UUID) -> Outcome:
        if case_id not in with_them:
            return "moved_on"
        if case_id in made:
            return "made"
        return "under_way" if case_id in under_way else "returned"

    outcomes = {visit.case_id: outcome(visit.case_id) for visit in out}
    # What is made, or is being made, stays with who makes it until the day is over.
    stays = set() if how == "day_over" else {"made", "under_way"}
    back = [
        (v.case_id, v.agent_id) for v in out if outcomes[v.case_id] not in (stays | {"moved_on"})
    ]
    over = [case_id for case_id, what in outcomes.items() if what not in stays]
    words = "the day is over" if how == "day_over" else f"{absence.agent} is back"
    await allocation.hand_over(session, back, words, by, now)
    await store.settle(session, absence.id, outcomes, over, now)
    await store.end(session, absence.id, how, by, now)
