"""Somebody leaves: nothing that was theirs is left open."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allocation.leaving import store
from allocation.leaving.errors import AlreadyLeft, OwnLeaving, StillHoldsCash
from allocation.leaving.standing import Standing
from allocation.owners.move import Terms
from allocation.owners.move_cases import Moved, hand_over_from_who_goes
from collection.custody import store as tills
from collection.custody.denominations import fewest
from collection.custody.deposits.acknowledge import acknowledge
from collection.custody.deposits.deposit import Target
from collection.custody.deposits.post_deposit import DepositReport, post_deposit
from collection.custody.differences.difference import Count
from collection.custody.handovers.handover import State
from collection.custody.handovers.store import set_state
from collection.custody.leases.close_lease import return_lease
from core.ids import new_id
from core.money import Money
from data.session import Session
from identity.bearers.store import end_sessions
from identity.devices.end_key import revoke
from identity.leaving.store import end_account


@dataclass(frozen=True, slots=True)
class Wanted:
    """How somebody leaves: why, who gets their cases (None: nobody yet), and whether the cash that
    they have not handed over is posted as owed by them."""

    reason: str
    cases_to: UUID | None
    post_shortage: bool


@dataclass(frozen=True, slots=True)
class Left:
    """What leaving came to; `was` is what they had before."""

    was: Standing
    shortage: Money | None
    moved: Moved | None


async def leave(session: Session, staff_id: UUID, wanted: Wanted, by: UUID, now: datetime) -> Left:
    """End somebody's account and all that hangs on it, or nothing.

    Cash in transit stays with who has to count it. What their phone has not sent yet is lost to
    them, so its last sign of life is in the preview. Raises `PersonNotFound`, `OwnLeaving`,
    `AlreadyLeft`, `StillHoldsCash`, and what moving cases raises.
    """
    # 1. What they have, and whether they may go.
    if staff_id == by:
        raise OwnLeaving
    await tills.lock_till(session, staff_id)
    was = await store.standing(session, staff_id, now, lock=True)
    if was.left_at:
        raise AlreadyLeft(str(staff_id))
    if was.holds_cash and was.cash and not wanted.post_shortage:
        raise StillHoldsCash(was.cash.in_hand)
    # 2. Cash: offers end, the phone's lease returns to the till, what is missing is owed.
    for handover_id in was.open_handovers:
        await set_state(session, handover_id, State.WITHDRAWN, now)
    if was.lease_id:
        await return_lease(session, staff_id, was.lease_id, now)
    shortage = await _post_shortage(session, was, by, now)
    # 3. Cases, with the rounds of today.
    moved = None
    if was.open_cases:
        terms = Terms(f"{was.name} left: {wanted.reason}")
        moved = await hand_over_from_who_goes(session, staff_id, wanted.cases_to, terms, by, now)
    # 4. The phone's key, all sign-ins, the account with the keys of programs.
    if was.phone:
        await revoke(session, was.phone.id, now)
    await end_sessions(session, staff_id, now)
    await end_account(session, staff_id, now)
    cleared = {
        "sign_ins": was.sign_ins, "cases": was.open_cases, "shifts": was.shifts,
        "handovers": len(was.open_handovers), "receipt_books": was.receipt_books,
        "api_keys": was.api_keys,
        "lease": was.lease_id is not None,
        "phone_id": str(was.phone.id) if was.phone else None,
        "shortage_minor": shortage.amount_minor if shortage else 0,
    }  # fmt: skip
    await store.add_leaving(session, was, by, wanted.reason, cleared, now)
    return Left(was, shortage, moved)


async def _post_shortage(session: Session, was: Standing, by: UUID, now: datetime) -> Money | None:
    """Call in what the till says, and count nothing: the ledger, the lots and the day's proof see
    a deposit like any other, and what is missing of it is owed by who leaves."""
    if not was.holds_cash or was.cash is None:
        return None
    missing = was.cash.in_hand
    report = DepositReport(
        new_id(), missing, fewest(missing), Target.BRANCH, None, (), now, b"leaving"
    )
    await post_deposit(session, was.staff_id, report, now)
    await acknowledge(session, by, report.id, Count(()), now)
    return missing
