"""Take a customer over from another branch, or leave them there."""

from datetime import datetime
from uuid import UUID

from collection.portfolio.customers.moves import store
from collection.portfolio.customers.moves.errors import (
    MoveNotFound,
    MoveSettled,
    OwnMove,
    PhoneOut,
)
from collection.portfolio.customers.moves.move import CustomerMove, State
from data.session import Session


async def accept(session: Session, move_id: UUID, by: UUID, now: datetime) -> CustomerMove:
    """Have the customer be of the other branch, which must be in scope.

    Accounts, dues, cases and what is open on them follow, and whoever worked the cases does not
    any more. Receipts, visits and notes stay with the branch where they were made. The same person
    again gets the same answer. Raises `MoveNotFound`, `OwnMove`, `MoveSettled` or `PhoneOut`.
    """
    known = await _lock(session, move_id, by)
    if known.state is not State.ASKED:
        return _repeated(known, State.ACCEPTED, by)
    await store.settle(session, move_id, State.ACCEPTED, by, now)
    if not await store.carry_out(session, move_id, now):
        raise PhoneOut(str(move_id))
    return await _settled(session, move_id)


async def decline(session: Session, move_id: UUID, by: UUID, now: datetime) -> CustomerMove:
    """Leave the customer where they are; raises as `accept`."""
    known = await _lock(session, move_id, by)
    if known.state is not State.ASKED:
        return _repeated(known, State.DECLINED, by)
    await store.settle(session, move_id, State.DECLINED, by, now)
    return await _settled(session, move_id)


async def _lock(session: Session, move_id: UUID, by: UUID) -> CustomerMove:
    known = await store.lock(session, move_id)
    if known is None:
        raise MoveNotFound(str(move_id))
    if known.asked_by == by:
        raise OwnMove(str(move_id))
    return known


def _repeated(known: CustomerMove, wanted: State, by: UUID) -> CustomerMove:
    if (known.state, known.settled_by) != (wanted, by):
        raise MoveSettled(str(known.id), known.state)
    return known


async def _settled(session: Session, move_id: UUID) -> CustomerMove:
    known = await store.move(session, move_id)
    assert known is not None
    return known
