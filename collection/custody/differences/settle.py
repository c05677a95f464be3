"""Settle a difference: it is paid, written off, returned or kept, and the ledger says so."""

from datetime import datetime
from uuid import UUID

from collection.custody import store as tills
from collection.custody.differences import store
from collection.custody.differences.difference import ENDS, Settlement
from collection.custody.errors import AlreadySettled, DifferenceNotFound, OwnDifference
from collection.custody.ledger import Kind, LedgerAccount, move
from core.errors import InvalidField
from core.said import say
from data.session import Session

VAULT, LOSS = LedgerAccount.BRANCH_VAULT, LedgerAccount.CASH_LOSS
OWED, EXCESS = LedgerAccount.AGENT_SHORTAGE, LedgerAccount.CASH_EXCESS


async def settle(
    session: Session,
    staff_id: UUID,
    difference_id: UUID,
    how: Settlement,
    note: str | None,
    now: datetime,
) -> store.StoredDifference:
    """Settle a difference, once; the difference as it stands then.

    A shortage is ``paid`` in cash at the branch or ``written_off`` (by another person than who
    found it); an excess is ``returned`` in cash or ``kept``. Raises `DifferenceNotFound`,
    `OwnDifference`, `AlreadySettled` or `InvalidField`.
    """
    known = await store.lock_difference(session, difference_id)
    if known is None:
        raise DifferenceNotFound(str(difference_id))
    if staff_id == known.owner_id or (how is Settlement.WRITTEN_OFF and staff_id == known.found_by):
        raise OwnDifference(str(difference_id))
    if known.settled_at:
        raise AlreadySettled(str(difference_id), known.settled_at)
    if how not in ENDS[known.sort]:
        raise InvalidField(
            "how",
            say("one of {ends} for a {sort}", ends=", ".join(ENDS[known.sort]), sort=known.sort),
        )
    await store.set_settled(session, difference_id, staff_id, how, note, now)
    owner = known.owner_id or known.branch_id
    branch = known.branch_id
    debit, credit = {
        Settlement.PAID: ((VAULT, branch), (OWED, owner)),
        Settlement.WRITTEN_OFF: ((LOSS, branch), (OWED, owner)),
        Settlement.RETURNED: ((EXCESS, branch), (VAULT, branch)),
        Settlement.KEPT: ((EXCESS, branch), (LOSS, branch)),
    }[how]
    entry = move(Kind.DIFFERENCE_SETTLED, difference_id, known.amount, debit=debit, credit=credit)
    await tills.write_entry(session, branch, entry, now)
    settled = await store.lock_difference(session, difference_id)
    assert settled is not None
    return settled
