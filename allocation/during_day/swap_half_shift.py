"""Two agents swap the rest of their day from a time on."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from allocation.during_day import store
from allocation.store import hand_over
from core.clock import local_day
from core.errors import InvalidField
from core.said import say
from data.live import announce
from data.session import Session
from identity import store as identity
from routing.underway.errors import NoRunningShift
from routing.underway.notices import store as notices
from routing.underway.notices.notice import NewNotice, RunningShift, check_notice
from routing.underway.notices.tell import plan_again


@dataclass(frozen=True, slots=True)
class Swapped:
    """What changed hands: how many visits went each way, and when each shift ends now."""

    given: int
    taken: int
    ends_at: datetime
    other_ends_at: datetime


async def swap_half_shift(
    session: Session, new: NewNotice, other_id: UUID, other_notice_id: UUID, now: datetime
) -> Swapped:
    """From `new.at` on each of two agents works the other's hours and makes the other's visits.

    Visits planned to begin at `new.at` or later change hands, and the ends of the two shifts change
    places. Cases lent by another branch stay with whom they were lent to. Both rounds are planned
    again at once, which leaves out what the other has no skill for.
    Raises `AgentNotFound`, `NoRunningShift`, `InvalidField` and `AssignedMeanwhile`.
    """
    # 1. Two people with a shift each that the time lies in; locked in one order.
    if other_id == new.agent_id:
        raise InvalidField("with_agent_id", say("another agent"))
    shifts: dict[UUID, RunningShift] = {}
    branch = await identity.branch_of_agent(session, new.agent_id)
    if await identity.agent_branch(session, other_id) != branch.id:
        raise InvalidField("with_agent_id", say("an agent of the same branch"))
    day = local_day(now, branch.zone)
    for agent_id in sorted((new.agent_id, other_id)):
        shift = await notices.running_shift(session, agent_id, now)
        if shift is None:
            raise NoRunningShift(str(agent_id), day)
        check_notice(new.at, shift, now)
        shifts[agent_id] = shift
    mine, theirs = shifts[new.agent_id], shifts[other_id]
    # 2. Visits and hours change hands.
    given = await store.visits_from(session, new.agent_id, day, new.at)
    taken = await store.visits_from(session, other_id, day, new.at)
    moves = [*((case, other_id) for case in given), *((case, new.agent_id) for case in taken)]
    if moves:
        reason = new.reason or "half a shift swapped"
        await hand_over(session, moves, reason, new.told_by, now)
    await notices.end_shift(session, mine.id, theirs.ends_at)
    await notices.end_shift(session, theirs.id, mine.ends_at)
    # 3. Written down for both, and planned.
    for one, with_, id_, shift in (
        (new.agent_id, other_id, new.id, mine), (other_id, new.agent_id, other_notice_id, theirs),
    ):  # fmt: skip
        its = replace(new, id=id_, agent_id=one)
        facts = {"with_agent_id": str(with_), "shift_ended_at": shift.ends_at.isoformat()}
        await notices.add(session, shift.branch_id, day, its, facts, now)
        announce(session, shift.branch_id, "figures", {"agent_id": str(one)})
    await plan_again(session, sorted(shifts), day)
    return Swapped(len(given), len(taken), theirs.ends_at, mine.ends_at)
