"""Every receipt, reversal and deposit, by state: the rows behind the figures of money."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query

from api.cursor import Cursor, Limit, cut, keys_of
from api.deps import Leader, Now, Read
from api.leaders.figures import Asked
from api.routing import Router
from api.schemas import Answer, Instant, MoneyAnswer
from collection.figures.transactions import store
from collection.figures.transactions.transaction import Kind, State

router = Router(prefix="/v1", tags=["figures"])


class TransactionAnswer(Answer):
    """A transaction; `reference` is a receipt's number or a deposit's slip, a reversal's amount is
    below zero, and `mode` of a deposit is where it went."""

    id: UUID
    kind: Kind
    at: Instant
    branch: str
    agent_id: UUID | None
    agent: str | None
    customer: str | None
    case_id: UUID | None
    reference: str | None
    mode: str
    amount: MoneyAnswer
    state: State


class TotalAnswer(Answer):
    """All that fit, by kind and state."""

    kind: Kind
    state: State
    count: int
    amount: MoneyAnswer


class TransactionsAnswer(Answer):
    """A page, the newest first. `totals` are of all pages, told with the first."""

    items: list[TransactionAnswer]
    next_cursor: str | None
    totals: list[TotalAnswer] | None


@router.get("/transactions")
async def get_transactions(
    caller: Leader,
    asked: Asked,
    session: Read,
    now: Now,
    kind: Kind | None = None,
    state: State | None = None,
    mode: Annotated[str | None, Query(pattern="^[a-z]{1,20}$")] = None,
    search: Annotated[str | None, Query(min_length=1, max_length=60)] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> TransactionsAnswer:
    """Transactions of a span of days. Receipts and reversals add up to the figure `collected`."""
    filters = store.Filters(kind, state, mode, search)
    after = keys_of(cursor, datetime.fromisoformat)
    found = await store.transactions(session, asked, filters, now, after=after, limit=limit + 1)
    page, next_cursor = cut(found, limit, lambda row: (row.at.isoformat(), row.id))
    totals = None
    if after is None:
        found_totals = await store.totals(session, asked, filters, now)
        totals = [TotalAnswer.model_validate(total) for total in found_totals]
    return TransactionsAnswer(
        items=[TransactionAnswer.model_validate(row) for row in page],
        next_cursor=next_cursor,
        totals=totals,
    )
