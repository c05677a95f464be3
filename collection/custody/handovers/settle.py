"""Accept, decline or withdraw a handover. Accepted, the cash is the taker's, receipts and all."""

from datetime import datetime
from uuid import UUID

from collection.custody import store as tills
from collection.custody.errors import (
    GiverHoldsLess,
    HandoverNotFound,
    HandoverSettled,
    OverCashLimit,
)
from collection.custody.handovers import store
from collection.custody.handovers.handover import Handover, State
from collection.custody.leases import store as leases
from collection.custody.ledger import handover_entry
from collection.custody.lots.store import give_lots, take_lots
from collection.custody.over_limit import CASH_LIMIT
from collection.custody.till import Blocked
from data.alerts import clear_alert
from data.live import announce
from data.session import Session


async def accept(session: Session, taker_id: UUID, handover_id: UUID, now: datetime) -> Handover:
    """Take the cash over, within the taker's own limit; the session sees both tills.

    Once more gets the same answer. Raises `HandoverNotFound`, `HandoverSettled`, `GiverHoldsLess`
    (part of it went elsewhere meanwhile) or `OverCashLimit` (the taker's).
    """
    known = await _lock(session, handover_id, taker_id, is_taker=True)
    if known.handover.state is State.ACCEPTED:
        return known.handover
    _check_open(known.handover)
    amount = known.handover.amount
    taking = await tills.till(session, taker_id)
    assert taking is not None
    if await tills.move_cash(session, taker_id, amount.amount_minor) is None:
        raise OverCashLimit(taking.headroom, taking.limit, amount, taking.blocked_for)
    return await _move(session, known, now)


async def settle_taken(session: Session, handover_id: UUID, now: datetime) -> Handover:
    """Have the cash be the taker's, now that both phones have told of it: it is in their hands, so
    the limit refuses nothing. What is beyond it blocks the till, as any cash taken offline.

    Once more gets the same answer; the tills are locked. Raises `HandoverSettled` or
    `GiverHoldsLess`.
    """
    known = await store.handover(session, handover_id, lock=True)
    assert known is not None
    if known.handover.state is State.ACCEPTED:
        return known.handover
    _check_open(known.handover)
    taker_id, amount = known.handover.taker_id, known.handover.amount
    till = await tills.till(session, taker_id)
    assert till is not None
    # Room that the taker's phone leases is filled as by a receipt.
    lacking = amount - (till.limit - till.in_hand - till.reserved - till.pending)
    lease = await leases.open_lease(session, taker_id)
    freed_minor = 0
    if lease and lacking.amount_minor > 0:
        freed_minor = min(lacking.amount_minor, lease.lease.left.amount_minor)
        await leases.use(session, lease.lease.id, freed_minor)
    is_breach = lacking.amount_minor > freed_minor
    await tills.move_cash(
        session, taker_id, amount.amount_minor, reserved_minor=-freed_minor, is_fact=True,
        block=Blocked.LIMIT_BREACH if is_breach else None,
    )  # fmt: skip
    return await _move(session, known, now)


async def _move(session: Session, known: store.StoredHandover, now: datetime) -> Handover:
    """The giver's side, the receipts, and the books; the taker's till holds it already."""
    handover, branch_id = known.handover, known.branch_id
    handover_id, giver, taker_id = handover.id, handover.giver_id, handover.taker_id
    amount = handover.amount
    if await tills.move_cash(session, giver, -amount.amount_minor) is None:
        raise GiverHoldsLess(str(handover_id))
    parts = await take_lots(session, giver, amount)
    await give_lots(session, branch_id, taker_id, parts)
    await store.add_parts(session, handover_id, parts)
    entry = handover_entry(handover_id, giver, taker_id, amount)
    await tills.write_entry(session, branch_id, entry, now)
    await clear_alert(session, branch_id, CASH_LIMIT, giver, now)
    for agent_id in (giver, taker_id):
        announce(session, branch_id, "figures", {"agent_id": str(agent_id)})
    return await _set(session, handover_id, State.ACCEPTED, now)


async def decline(session: Session, taker_id: UUID, handover_id: UUID, now: datetime) -> Handover:
    """Refuse an offer; raises as `accept`. The cash stays with the giver."""
    return await _end(session, handover_id, taker_id, State.DECLINED, now)


async def withdraw(session: Session, giver_id: UUID, handover_id: UUID, now: datetime) -> Handover:
    """Take an offer back; raises as `accept`."""
    return await _end(session, handover_id, giver_id, State.WITHDRAWN, now)


async def _end(
    session: Session, handover_id: UUID, agent_id: UUID, state: State, now: datetime
) -> Handover:
    is_taker = state is State.DECLINED
    known = await _lock(session, handover_id, agent_id, is_taker=is_taker)
    if known.handover.state is state:
        return known.handover
    _check_open(known.handover)
    return await _set(session, handover_id, state, now)


async def _lock(
    session: Session, handover_id: UUID, agent_id: UUID, *, is_taker: bool
) -> store.StoredHandover:
    seen = await store.handover(session, handover_id)
    if seen is None or agent_id != (seen.handover.taker_id if is_taker else seen.handover.giver_id):
        raise HandoverNotFound(str(handover_id))
    await tills.lock_tills(session, [seen.handover.giver_id, seen.handover.taker_id])
    known = await store.handover(session, handover_id, lock=True)
    assert known is not None
    return known


def _check_open(handover: Handover) -> None:
    if handover.state is not State.OFFERED:
        raise HandoverSettled(str(handover.id), handover.state)


async def _set(session: Session, handover_id: UUID, state: State, now: datetime) -> Handover:
    await store.set_state(session, handover_id, state, now)
    known = await store.handover(session, handover_id)
    assert known is not None
    return known.handover
