"""Say what a line is that proves nothing: a charge, something else, or disputed."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from collection.reconciliation.errors import AlreadyMatched, LineNotFound
from collection.reconciliation.open_items import store
from core.errors import InvalidField
from core.ids import new_id
from core.said import say
from data.session import Session


class MarkKind(StrEnum):
    """What a line without a claim is."""

    CHARGE = "charge"
    OTHER = "other"
    DISPUTED = "disputed"


async def mark_line(
    session: Session, staff_id: UUID, line_id: UUID, kind: MarkKind, reason: str, now: datetime
) -> None:
    """Set a line aside, with a reason. Raises `LineNotFound`, `AlreadyMatched`, `InvalidField`."""
    if not reason.strip():
        raise InvalidField("reason", say("what this line is"))
    known = await store.lines_by_id(session, [line_id])
    if line_id not in known:
        raise LineNotFound(str(line_id))
    if await store.is_matched(session, line_id):
        raise AlreadyMatched("This line")
    await store.drop_proposals_of(session, line_id)
    await store.add_mark(
        session,
        id=new_id(),
        branch_id=known[line_id].branch_id,
        line_id=line_id,
        kind=kind.value,
        reason=reason.strip(),
        made_at=now,
        made_by=staff_id,
    )


async def unmark_line(
    session: Session, staff_id: UUID, line_id: UUID, because: str, now: datetime
) -> None:
    """Open a line again that was set aside. Raises `LineNotFound` or `InvalidField`."""
    if not because.strip():
        raise InvalidField("because", say("why it is open again"))
    if not await store.end_mark(session, line_id, staff_id, because.strip(), now):
        raise LineNotFound(str(line_id))
