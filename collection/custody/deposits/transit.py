"""A deposit that is locked with its till, and what leaves transit."""

from uuid import UUID

from collection.custody import store as tills
from collection.custody.deposits import store
from collection.custody.errors import DepositNotFound
from data.session import Session


async def lock_deposit(session: Session, deposit_id: UUID) -> store.StoredDeposit:
    """A deposit in scope, its agent's till locked before it, as everything that moves money does.

    Raises `DepositNotFound`.
    """
    agent_id = await store.agent_of(session, deposit_id)
    if agent_id is None:
        raise DepositNotFound(str(deposit_id))
    await tills.lock_till(session, agent_id)
    known = await store.deposit(session, deposit_id, lock=True)
    if known is None:
        raise DepositNotFound(str(deposit_id))
    return known


async def leave_transit(session: Session, known: store.StoredDeposit, minor: int) -> None:
    """Have so much of a deposit (negative: come back to it) not be in transit any more.

    Where the limit waited for proof, it has that room again.
    """
    await tills.move_cash(
        session,
        known.agent_id,
        in_transit_minor=-minor,
        pending_minor=0 if known.deposit.frees_at_once else -minor,
        is_fact=True,
    )
