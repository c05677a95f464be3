"""Customers who move to another branch: one person asks, somebody of that branch decides."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query

from api.cursor import Cursor, Limit, cut, keys_of
from api.deps import Now, Read, Supervisor, Tx
from api.routing import Router
from api.schemas import Answer, Body, Instant, Text
from collection.portfolio.customers.moves import store
from collection.portfolio.customers.moves.ask_move import ask_move
from collection.portfolio.customers.moves.decide_move import accept, decline
from collection.portfolio.customers.moves.move import State

router = Router(prefix="/v1", tags=["desk: customers"])


class MoveBody(Body):
    """To which branch, by its code, and why."""

    to_branch: Text
    reason: Text


class MoveAnswer(Answer):
    """A move, and what was decided. Names are as of when it was asked for."""

    id: UUID
    customer_id: UUID
    customer_ref: str
    customer_name: str
    accounts: int
    from_branch: str
    to_branch: str
    reason: str
    asked_by: UUID
    asked_at: Instant
    state: State
    settled_by: UUID | None
    settled_at: Instant | None


class MovesAnswer(Answer):
    """A page of moves, the oldest first."""

    items: list[MoveAnswer]
    next_cursor: str | None


@router.post("/customers/{id}/moves", status_code=201)
async def post_move(
    id: UUID,  # noqa: A002
    body: MoveBody,
    caller: Supervisor,
    session: Tx,
    now: Now,
) -> MoveAnswer:
    """Ask that a customer, with all accounts, become another branch's. Nothing moves yet."""
    return MoveAnswer.model_validate(
        await ask_move(session, id, body.to_branch, body.reason, caller.id, now)
    )


@router.get("/customer-moves")
async def get_moves(
    caller: Supervisor,
    session: Read,
    is_open: Annotated[bool | None, Query(alias="open", description="waits for a decision")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> MovesAnswer:
    """Moves from and to the caller's branches, the oldest first."""
    after = keys_of(cursor, datetime.fromisoformat)
    found = await store.moves(session, is_open=is_open, after=after, limit=limit + 1)
    items, next_cursor = cut(found, limit, lambda move: (move.asked_at, move.id))
    return MovesAnswer(
        items=[MoveAnswer.model_validate(move) for move in items], next_cursor=next_cursor
    )


@router.post("/customer-moves/{id}/accept")
async def post_accept(
    id: UUID,  # noqa: A002
    caller: Supervisor,
    session: Tx,
    now: Now,
) -> MoveAnswer:
    """Take the customer over, as somebody of the other branch who did not ask for it."""
    return MoveAnswer.model_validate(await accept(session, id, caller.id, now))


@router.post("/customer-moves/{id}/decline")
async def post_decline(
    id: UUID,  # noqa: A002
    caller: Supervisor,
    session: Tx,
    now: Now,
) -> MoveAnswer:
    """Leave the customer where they are."""
    return MoveAnswer.model_validate(await decline(session, id, caller.id, now))
