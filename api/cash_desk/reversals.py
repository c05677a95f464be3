"""The cash desk: receipts that are to be undone."""

from datetime import datetime
from uuid import UUID

from api.agents.reversals import ReversalAnswer, ReversalBody
from api.cursor import Cursor, Limit, cut, keys_of
from api.deps import CashDesk, Now, Read, Tx
from api.routing import Router
from api.schemas import Answer, FactId
from collection.receipts.reversals import store
from collection.receipts.reversals.ask_reversal import ask_reversal
from collection.receipts.reversals.decide_reversal import approve, decline

router = Router(prefix="/v1/receipt-reversals", tags=["cash desk"])


class ReversalsAnswer(Answer):
    """A page of reversals, the oldest first."""

    items: list[ReversalAnswer]
    next_cursor: str | None


@router.get("")
async def get_reversals(
    caller: CashDesk,
    session: Read,
    open: bool | None = None,  # noqa: A002
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ReversalsAnswer:
    """Reversals of the caller's branches, the oldest first."""
    after = keys_of(cursor, datetime.fromisoformat)
    found = await store.reversals(session, is_open=open, after=after, limit=limit + 1)
    page, behind = cut(found, limit, lambda one: (one.asked_at, one.id))
    items = [ReversalAnswer.model_validate(one) for one in page]
    return ReversalsAnswer(items=items, next_cursor=behind)


@router.put("/{id}")
async def put_reversal(
    id: FactId,  # noqa: A002
    body: ReversalBody,
    caller: CashDesk,
    session: Tx,
    now: Now,
) -> ReversalAnswer:
    """Ask that a receipt be undone; a colleague decides."""
    asked = await ask_reversal(
        session, caller.id, id, body.receipt_id, body.reason, body.digest(), now
    )
    return ReversalAnswer.model_validate(asked)


@router.post("/{id}/approve")
async def post_approve(
    id: UUID,  # noqa: A002
    caller: CashDesk,
    session: Tx,
    now: Now,
) -> ReversalAnswer:
    """Undo the receipt by a mirror of its entry. The receipt and its number stay."""
    return ReversalAnswer.model_validate(await approve(session, caller.id, id, now))


@router.post("/{id}/decline")
async def post_decline(
    id: UUID,  # noqa: A002
    caller: CashDesk,
    session: Tx,
    now: Now,
) -> ReversalAnswer:
    """Leave the receipt as it is."""
    return ReversalAnswer.model_validate(await decline(session, caller.id, id, now))
