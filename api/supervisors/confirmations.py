"""Balances that are confirmed by somebody else than the agent."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.cursor import Cursor, Limit, cut, keys_of
from api.deps import Now, Read, Supervisor, Tx
from api.once import Once
from api.routing import Router
from api.schemas import Answer, Body, Currency, Instant, MoneyAnswer, Text
from collection.receipts.confirmations import store
from collection.receipts.confirmations.answer_confirmation import answer_confirmation
from collection.receipts.confirmations.draw_sample import draw_sample
from core.money import Money

router = Router(prefix="/v1/balance-confirmations", tags=["supervisor: cash"])


class DrawBody(Body):
    """How many payers of a branch to draw, of those who paid an agent cash in the last days."""

    branch_code: Text
    days: Annotated[int, Field(ge=1, le=365)] = 30
    count: Annotated[int, Field(ge=1, le=200)] = 10


class OutstandingBody(Body):
    """What the payer says is still owed (may be nothing)."""

    amount_minor: Annotated[int, Field(ge=0, le=10**15)]
    currency: Currency


class TellBody(Body):
    """What the payer told, and how."""

    outstanding: OutstandingBody
    note: Text | None = None


class ConfirmationAnswer(Answer):
    """A payer to be asked, or what came of it."""

    id: UUID
    case_id: UUID
    customer: str
    agent_id: UUID
    agent: str
    stated: MoneyAnswer
    drawn_at: Instant
    told: MoneyAnswer | None
    agrees: bool | None
    note: str | None
    answered_at: Instant | None
    asker: str | None


class DrawnAnswer(Answer):
    """The payers that were drawn."""

    items: list[ConfirmationAnswer]


class ConfirmationsAnswer(Answer):
    """A page of confirmations, the oldest first."""

    items: list[ConfirmationAnswer]
    next_cursor: str | None


@router.get("")
async def get_confirmations(
    caller: Supervisor,
    session: Read,
    open: bool | None = None,  # noqa: A002
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ConfirmationsAnswer:
    """Who is to be asked, and what was told."""
    after = keys_of(cursor, datetime.fromisoformat)
    found = await store.confirmations(session, is_open=open, after=after, limit=limit + 1)
    page, behind = cut(found, limit, lambda one: (one.drawn_at, one.id))
    items = [ConfirmationAnswer.model_validate(one) for one in page]
    return ConfirmationsAnswer(items=items, next_cursor=behind)


@router.post("/draw")
async def post_draw(
    body: DrawBody, caller: Supervisor, session: Tx, now: Now, once: Once
) -> DrawnAnswer:
    """Draw payers by lot."""

    async def act() -> DrawnAnswer:
        drawn = await draw_sample(session, caller.id, body.branch_code, body.days, body.count, now)
        return DrawnAnswer(items=[ConfirmationAnswer.model_validate(one) for one in drawn])

    return await once(body, DrawnAnswer, act)


@router.post("/{id}/answer")
async def post_answer(
    id: UUID,  # noqa: A002
    body: TellBody,
    caller: Supervisor,
    session: Tx,
    now: Now,
) -> ConfirmationAnswer:
    """Take down what a payer told. Where the books say otherwise, an alert is raised."""
    told = Money(body.outstanding.amount_minor, body.outstanding.currency)
    answered = await answer_confirmation(session, caller.id, id, told, body.note, now)
    return ConfirmationAnswer.model_validate(answered)
