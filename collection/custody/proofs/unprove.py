"""Take proofs by the bank back: what they have proven is in transit again."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from collection.custody import store as tills
from collection.custody.errors import DepositNotFound
from collection.custody.ledger import Kind, mirror
from collection.custody.proofs import store
from collection.custody.store import StoredEntry
from data.session import Session


async def unprove(session: Session, proofs: Mapping[UUID, UUID], now: datetime) -> None:
    """Take proofs back, in a few statements however many there are.

    `proofs` has the deposit or remittance of each, by the proof's own id. Raises `DepositNotFound`
    for the first that is not there to be in transit again.
    """
    if not proofs:
        return
    await store.lock_tills_of(session, list(proofs.values()))
    entries = await tills.entries_of(session, Kind.RECONCILIATION, list(proofs))
    minor: Counter[UUID] = Counter()
    for proof_id, transit_id in proofs.items():
        postings = entries[proof_id].postings
        minor[transit_id] -= sum(
            p.amount.amount_minor for p in postings if p.owner_id == transit_id
        )
    done = set(await store.prove_less(session, minor))
    for transit_id in minor:
        if transit_id not in done:
            raise DepositNotFound(str(transit_id))
    for one in await store.transit_of_agents(session, minor):
        await tills.move_cash(
            session,
            one.agent_id,
            in_transit_minor=one.moved_minor,
            pending_minor=one.pending_minor,
            is_fact=True,
        )
    await mirror_proofs(session, entries, now)


async def mirror_proofs(
    session: Session, entries: Mapping[UUID, StoredEntry], now: datetime
) -> None:
    """Write the exact mirrors of what proofs have posted, in the books where that stands."""
    mirrors = [
        (its.branch_id, mirror(Kind.RECONCILIATION_REVERSAL, proof_id, its.id, its.postings))
        for proof_id, its in entries.items()
    ]
    await store.write_entries(session, mirrors, now)
