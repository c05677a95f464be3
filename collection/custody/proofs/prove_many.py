"""Move many deposits and remittances from transit to the bank, as a statement shows them."""

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
class WholeProof:
    """A deposit or remittance, all of which a statement of the bank account shows.

    `id` is the match's own, `transit_id` the deposit's or the remittance's.
    """

    id: UUID
    transit_id: UUID
    branch_id: UUID
    bank_account_id: UUID
    amount: Money


async def prove_many(session: Session, proven: Sequence[WholeProof], now: datetime) -> None:
    """Post what a statement proves without a doubt, in a few statements however many there are.

    Does for each what `prove_by_bank` does for one. Raises `DepositNotFound` for the first that
    was sent back, or proven otherwise, meanwhile.
    """
    if not proven:
        return
    ids = [one.transit_id for one in proven]
    await store.lock_tills_of(session, ids)
    done = set(await store.prove_whole(session, ids))
    for transit_id in ids:
        if transit_id not in done:
            raise DepositNotFound(str(transit_id))
    for one in await store.transit_of_agents(
        session, {each.transit_id: each.amount.amount_minor for each in proven}
    ):
        await tills.move_cash(
            session,
            one.agent_id,
            in_transit_minor=-one.moved_minor,
            pending_minor=-one.pending_minor,
            is_fact=True,
        )
    entries = [
        (
            one.branch_id,
            bank_entry(
                one.id, one.bank_account_id, one.transit_id, one.amount,
                Money(0, one.amount.currency),
            ),
        )
        for one in proven
    ]  # fmt: skip
    await store.write_entries(session, entries, now)
