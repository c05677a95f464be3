"""Undo a match: its lines and claims are open again, and the ledger is turned back."""

from datetime import datetime
from uuid import UUID

from collection.reconciliation.errors import AlreadyUndone, MatchNotFound
from collection.reconciliation.matches import store
from collection.reconciliation.matches.post import take_back
from core.errors import InvalidField
from core.said import say
from data.session import Session

TAKEN_BACK = "The bank took the money back"


async def undo(
    session: Session, staff_id: UUID, match_id: UUID, because: str, now: datetime
) -> None:
    """Undo a match, with a reason. Raises `MatchNotFound`, `AlreadyUndone` or `InvalidField`."""
    if not because.strip():
        raise InvalidField("because", say("why it does not belong together"))
    await _undo(session, match_id, staff_id, because.strip(), now)


async def undo_for_the_bank(session: Session, match_id: UUID, now: datetime) -> None:
    """Undo a match whose line the bank took back."""
    await _undo(session, match_id, None, TAKEN_BACK, now)


async def _undo(
    session: Session, match_id: UUID, staff_id: UUID | None, because: str, now: datetime
) -> None:
    known = await store.match_of(session, match_id)
    if known is None or known.state == "proposed":
        raise MatchNotFound(str(match_id))
    if known.state == "undone":
        raise AlreadyUndone(str(match_id))
    await store.set_undone(session, match_id, staff_id, because, now)
    for part in known.parts:
        await take_back(session, part.id, part.kind, part.claim_id, part.branch_id, now)
