"""Promises to pay."""

import hashlib
from datetime import date, time
from uuid import UUID

from pydantic import Field

from api.deps import Agent, Now, Tx
from api.routing import Router
from api.schemas import Answer, Body, Day, FactId, Instant, Moment, MoneyAnswer, MoneyBody
from collection.promises.promise import Promise
from collection.promises.promise_to_pay import promise_to_pay
from core.money import Money

router = Router(prefix="/v1/agent", tags=["agent: promises"])


class PromiseBody(Body):
    """A customer's word to pay an amount by the end of a day; with hours, when to come for it."""

    case_id: UUID
    amount: MoneyBody
    due_on: Day
    due_from: time | None = Field(None, description="by the branch's clock")
    due_to: time | None = None
    made_at: Moment

    def digest(self) -> bytes:
        """As of bodies without hours, where there are none: phones may still repeat those."""
        without = {"due_from", "due_to"} if self.due_from is self.due_to is None else None
        return hashlib.sha256(self.model_dump_json(exclude=without).encode()).digest()


class PromiseAnswer(Answer):
    """The promise as taken down."""

    id: UUID
    case_id: UUID
    amount: MoneyAnswer
    due_on: date
    due_from: time | None
    due_to: time | None
    made_at: Instant


@router.put("/promises/{id}")
async def put_promise(
    id: FactId,  # noqa: A002
    body: PromiseBody,
    agent: Agent,
    session: Tx,
    now: Now,
) -> PromiseAnswer:
    """Take down a promise, in place of the account's open one."""
    amount = Money(body.amount.amount_minor, body.amount.currency)
    promise = Promise(
        id, body.case_id, amount, body.due_on, body.made_at, body.due_from, body.due_to
    )
    made = await promise_to_pay(session, agent.id, promise, body.digest(), now)
    return PromiseAnswer.model_validate(made)
