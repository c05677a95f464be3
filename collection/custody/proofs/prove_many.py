"""Move many deposits from transit to the bank's account, as one statement shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from collection.custody import store as tills
from collection.custody.errors import DepositNotFound
from collection.custody.ledger import bank_entry
from collection.custody.proofs import store
from core.money import Money
from data.session import Session


@dataclass(frozen=True, slots=True)
class WholeDeposit:
    """A deposit, all of which a statement of the bank account shows; `id` is the match's own."""

    id: UUID
    deposit_id: UUID
    branch_id: UUID
    bank_account_id: UUID
    amount: Money


async def prove_many(session: Session, proven: Sequence[WholeDeposit], now: datetime) -> None:
    """Post what a statement proves without a doubt, in a few statements however many there are.

    Does for each what `prove_by_bank` does for one. Raises `DepositNotFound` for the first that
    was sent back, or proven otherwise, meanwhile.
    """
    if not proven:
        return
    ids = [one.deposit_id for one in proven]
    await store.lock_tills_of(session, ids)
    done = set(await store.prove_whole(session, ids))
    for deposit_id in ids:
        if deposit_id not in done:
            raise DepositNotFound(str(deposit_id))
    for one in await store.left_transit(session, ids):
        await tills.move_cash(
            session,
            one.agent_id,
            in_transit_minor=-one.proven_minor,
            pending_minor=-one.pending_minor,
            is_fact=True,
        )
    entries = [
        (
            one.branch_id,
            bank_entry(
                one.id, one.bank_account_id, one.deposit_id, one.amount,
                Money(0, one.amount.currency),
            ),
        )
        for one in proven
    ]  # fmt: skip
    await store.write_entries(session, entries, now)
