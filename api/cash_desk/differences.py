"""The cash desk: cash that counts found missing or over."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query

from api.cursor import Cursor, Limit, cut, keys_of
from api.deps import CashDesk, Now, Read, Tx
from api.routing import Router
from api.schemas import Answer, Body, Day, Instant, MoneyAnswer, Text
from collection.custody.differences import store
from collection.custody.differences.difference import Cause, Settlement, Sort
from collection.custody.differences.settle import settle
from core.errors import InvalidField
from core.said import say

router = Router(prefix="/v1/cash-differences", tags=["cash desk"])


class DifferenceLine(Answer):
    """Cash missing or over, who answers for it, who found it, and how, by whom and why it was
    settled."""

    id: UUID
    sort: Sort
    cause: Cause
    amount: MoneyAnswer
    source_id: UUID
    owner_id: UUID | None
    owner: str | None
    found_at: Instant
    found_by: UUID
    finder: str
    settled_at: Instant | None
    settled_by: UUID | None
    settler: str | None
    settled_how: Settlement | None
    note: str | None


class DifferencesAnswer(Answer):
    """A page of differences: the oldest first, or of settled ones only, those found last."""

    items: list[DifferenceLine]
    next_cursor: str | None


class SettlementBody(Body):
    """How a difference ends: a shortage is paid or written off, an excess returned or kept."""

    how: Settlement
    note: Text | None = None


@router.get("")
async def get_differences(
    caller: CashDesk,
    session: Read,
    open: Annotated[  # noqa: A002
        bool | None, Query(description="open ones only, or settled ones only")
    ] = None,
    since: Annotated[
        Day | None, Query(description="found on this day or later, by the branch's clock")
    ] = None,
    until: Annotated[Day | None, Query(description="found on this day or earlier")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> DifferencesAnswer:
    """Differences of the caller's branches: what is open, the oldest first, and what became of the
    others (`open=false`), those that were found last first."""
    if since and until and since > until:
        raise InvalidField("since", say("{last} or earlier", last=until))
    after = keys_of(cursor, datetime.fromisoformat)
    found = await store.differences(
        session, is_open=open, since=since, until=until, after=after, limit=limit + 1
    )
    page, behind = cut(found, limit, lambda one: (one.found_at, one.id))
    lines = [DifferenceLine.model_validate(one) for one in page]
    return DifferencesAnswer(items=lines, next_cursor=behind)


@router.post("/{id}/settle")
async def post_settle(
    id: UUID,  # noqa: A002
    body: SettlementBody,
    caller: CashDesk,
    session: Tx,
    now: Now,
) -> DifferenceLine:
    """Settle a difference in the ledger. Nobody settles one of his own."""
    settled = await settle(session, caller.id, id, body.how, body.note, now)
    return DifferenceLine.model_validate(settled)
