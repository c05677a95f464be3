"""Every receipt, reversal and deposit, by state: the rows behind the figures of money."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends, Query, Response
from fastapi.concurrency import run_in_threadpool

from api.cursor import Cursor, Limit, cut, keys_of
from api.deps import Leader, Now, Read
from api.leaders.figures import Asked
from api.routing import Router
from api.schemas import Answer, Instant, MoneyAnswer
from collection.figures.transactions import store
from collection.figures.transactions.table import as_table
from collection.figures.transactions.transaction import Kind, State
from core.errors import InvalidField
from core.said import say
from identity.store import branches
from map_ui.figures_file import MEDIA_TYPES, table_file

router = Router(prefix="/v1", tags=["figures"])

MOST_IN_A_FILE = 100_000
FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {MEDIA_TYPES["csv"]: {}, MEDIA_TYPES["xlsx"]: {}}}
}


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


async def _filters(
    kind: Kind | None = None,
    state: State | None = None,
    mode: Annotated[str | None, Query(pattern="^[a-z]{1,20}$")] = None,
    search: Annotated[str | None, Query(min_length=1, max_length=60)] = None,
) -> store.Filters:
    """What is wanted of the span."""
    return store.Filters(kind, state, mode, search)


Wanted = Annotated[store.Filters, Depends(_filters)]


@router.get("/transactions")
async def get_transactions(
    caller: Leader,
    asked: Asked,
    session: Read,
    now: Now,
    filters: Wanted,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> TransactionsAnswer:
    """Transactions of a span of days. Receipts and reversals add up to the figure `collected`."""
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


@router.get("/transactions.{extension}", response_class=Response, responses=FILE)
async def get_transactions_file(
    extension: Literal["csv", "xlsx"],
    caller: Leader,
    asked: Asked,
    session: Read,
    now: Now,
    filters: Wanted,
) -> Response:
    """All that fit as a file, the newest first, with times by the clocks of their branches; at most
    100,000. No cell is taken for a formula by a spreadsheet."""
    found = await store.transactions(
        session, asked, filters, now, after=None, limit=MOST_IN_A_FILE + 1
    )
    if len(found) > MOST_IN_A_FILE:
        raise InvalidField(
            "from", say("fewer days: a file has at most {most:,} rows", most=MOST_IN_A_FILE)
        )
    zones = {branch.code: branch.zone for branch in await branches(session)}
    content = await run_in_threadpool(table_file, as_table(found, zones), "Transactions", extension)
    named = f"transactions-{asked.first}-{asked.last}.{extension}"
    return Response(
        content,
        media_type=MEDIA_TYPES[extension],
        headers={"Content-Disposition": f'attachment; filename="{named}"'},
    )
