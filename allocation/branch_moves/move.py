"""Move a person to another branch: at once, or on a day to come."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from allocation.branch_moves import store
from allocation.branch_moves.errors import (
    BranchMoveNotFound,
    CashMovedToday,
    MovePlanned,
    OwnMove,
    TillNotEmpty,
)
from allocation.leaving.errors import AlreadyLeft
from allocation.leaving.standing import Standing
from allocation.leaving.store import standing
from allocation.owners.move import Terms
from allocation.owners.move_cases import hand_over_from_who_goes
from collection.custody import store as tills
from collection.custody.handovers.handover import State
from collection.custody.handovers.store import set_state
from core.clock import local_day
from core.errors import InvalidField
from core.ids import new_id
from core.said import say
from data.session import Session
from identity.bearers.store import end_sessions
from identity.errors import BranchNotFound
from identity.leaving.store import end_shifts
from identity.sign_on import sign_off_from_all
from identity.store import BranchView, branches


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where to, from which day on (of the former branch's calendar), why, and who gets the open
    cases: None is nobody yet."""

    to_branch: str
    on_day: date | None
    reason: str
    cases_to: UUID | None


async def move(
    session: Session, staff_id: UUID, wanted: Wanted, by: UUID, now: datetime
) -> store.Move:
    """Carry a move out, or, of a day to come, plan it.

    Raises `OwnMove`, `PersonNotFound`, `AlreadyLeft`, `BranchNotFound`, `InvalidField`,
    `MovePlanned`, and what `carry_out` raises.
    """
    # 1. Who, from where, and where to.
    if staff_id == by:
        raise OwnMove
    was = await standing(session, staff_id, now, lock=True)
    if was.left_at:
        raise AlreadyLeft(str(staff_id))
    ours = {branch.code: branch for branch in await branches(session)}
    former = next(branch for branch in ours.values() if branch.id == was.branch_id)
    to = ours.get(wanted.to_branch)
    if to is None:
        raise BranchNotFound(wanted.to_branch)
    _check(was, former, to)
    today = local_day(now, former.zone)
    on_day = wanted.on_day or today
    if on_day < today:
        raise InvalidField("on_day", say("{today} or later", today=today))
    planned = await store.planned_of(session, staff_id)
    if planned is not None:
        raise MovePlanned(str(planned.id), planned.on_day)
    # 2. Now or later.
    new = store.NewMove(
        new_id(), former.id, staff_id, to.id, on_day, wanted.reason, wanted.cases_to, by
    )
    await store.add(session, new, now)
    if on_day == today:
        await carry_out(session, new.id, by, now)
    found = await store.move(session, new.id)
    assert found is not None
    return found


async def carry_out(session: Session, move_id: UUID, by: UUID | None, now: datetime) -> None:
    """Clear what the person has at the former branch, and have them belong to the other one.

    Cases go to whom the move says, offers of cash and sign-ins end, the phone stays at the branch
    and so do shifts to come. Raises `BranchMoveNotFound`, `TillNotEmpty` or `CashMovedToday`, and
    then nothing has changed.
    """
    found = await store.lock_planned(session, move_id)
    if found is None:
        raise BranchMoveNotFound(str(move_id))
    # 1. Cash stays where it is proven.
    await tills.lock_till(session, found.staff_id)
    was = await standing(session, found.staff_id, now, lock=True)
    if was.cash and (was.lease_id or was.cash.in_hand.amount_minor
                     or was.cash.in_transit.amount_minor):  # fmt: skip
        raise TillNotEmpty(was.cash.in_hand, was.cash.in_transit, was.cash.on_lease)
    today = local_day(now, found.zone)
    if was.cash and await store.cash_moved_on(session, found.staff_id, today, found.zone):
        raise CashMovedToday(today)
    for handover_id in was.open_handovers:
        await set_state(session, handover_id, State.WITHDRAWN, now)
    # 2. Cases, with the rounds of today.
    if was.open_cases:
        terms = Terms(f"{was.name} moved to another branch: {found.reason}")
        actor = by or found.asked_by
        await hand_over_from_who_goes(session, found.staff_id, found.cases_to, terms, actor, now)
    # 3. The phone, all sign-ins, and shifts to come at the former branch.
    if was.phone:
        await sign_off_from_all(session, found.staff_id, now)
    await end_sessions(session, found.staff_id, now)
    await end_shifts(session, found.staff_id, now)
    # 4. Where they belong. The database itself takes along what is theirs.
    cleared = {
        "cases": was.open_cases, "shifts": was.shifts, "sign_ins": was.sign_ins,
        "handovers": len(was.open_handovers), "phone_id": str(was.phone.id) if was.phone else None,
    }  # fmt: skip
    await store.settle(session, move_id, "done", by, cleared, now)


async def withdraw(session: Session, move_id: UUID, by: UUID, now: datetime) -> None:
    """Take a move back that is still to come. Raises `BranchMoveNotFound`."""
    if await store.lock_planned(session, move_id) is None:
        raise BranchMoveNotFound(str(move_id))
    await store.settle(session, move_id, "withdrawn", by, None, now)


def _check(was: Standing, former: BranchView, to: BranchView) -> None:
    if to.id == former.id:
        raise InvalidField("to_branch", say("the code of another branch"))
    if was.cash and to.currency != former.currency:
        raise InvalidField(
            "to_branch",
            say("a branch in {currency}, as the till is", currency=former.currency),
        )
