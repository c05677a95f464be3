"""Undo a match: its lines and claims are open again, and the ledger is turned back."""

from collections.abc import Sequence
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
    await undo_all(session, staff_id, [match_id], because.strip(), now)


async def undo_for_the_bank(session: Session, match_id: UUID, now: datetime) -> None:
    """Undo a match whose line the bank took back."""
    await undo_all(session, None, [match_id], TAKEN_BACK, now)


async def undo_all(
    session: Session,
    staff_id: UUID | None,
    match_ids: Sequence[UUID],
    because: str,
    now: datetime,
) -> None:
    """Undo matches, in a few statements however many there are; `staff_id` is None for the bank.

    Raises `MatchNotFound` or `AlreadyUndone` for the first that cannot be undone.
    """
    states = await store.lock_matches(session, match_ids)
    for match_id in match_ids:
        state = states.get(match_id)
        if state in (None, "proposed"):
            raise MatchNotFound(str(match_id))
        if state == "undone":
            raise AlreadyUndone(str(match_id))
    await store.set_undone(session, match_ids, staff_id, because, now)
    await take_back(session, await store.parts_of(session, match_ids), now)
