"""Draw payers by lot, whom somebody else than the agent will ask what is still owed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from collection.receipts.confirmations import store
from collection.receipts.confirmations.confirmation import Confirmation
from data.session import Session
from identity.errors import BranchNotFound
from identity.store import branch_by_code


async def draw_sample(
    session: Session, staff_id: UUID, code: str, days: int, count: int, now: datetime
) -> Sequence[Confirmation]:
    """Draw up to `count` of a branch's payers who gave an agent cash in the last `days` and were
    not drawn in them. Raises `BranchNotFound`.
    """
    if await branch_by_code(session, code) is None:
        raise BranchNotFound(code)
    since, seed = now - timedelta(days=days), f"{staff_id} {now.isoformat()}"
    ids = await store.draw(session, code, since, count, seed, staff_id, now)
    drawn = [await store.confirmation(session, id_) for id_ in ids]
    return [one for one in drawn if one]
