"""How much cash agents may hold: lowered by one person, raised by two."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from pydantic import Field

from api.agents.deposits import TillAnswer
from api.cursor import Cursor, Limit, cut, keys_of
from api.deps import Now, Read, Supervisor, Tx
from api.routing import Router
from api.schemas import Answer, Body, Currency, Instant, MoneyAnswer, Text
from collection.custody.limits import store
from collection.custody.limits.change_limit import decide, lower, propose
from core.money import Money

router = Router(prefix="/v1", tags=["supervisor: cash"])


class LimitBody(Body):
    """The most cash that an agent may hold; 0 has the agent take none."""

    amount_minor: Annotated[int, Field(ge=0, le=10**15)]
    currency: Currency


class LimitChangeBody(LimitBody):
    """A higher limit, and why."""

    reason: Text


class LimitChangeAnswer(Answer):
    """A change that waits for another supervisor."""

    id: UUID


class ProposedAnswer(Answer):
    """A higher limit that waits for another person."""

    id: UUID
    limit: MoneyAnswer
    reason: str
    proposed_by: UUID
    proposed_by_name: str
    proposed_at: Instant


class LimitLineAnswer(Answer):
    """An agent's limit, what is in hand against it, and the change that waits."""

    agent_id: UUID
    agent: str
    branch: str
    limit: MoneyAnswer
    in_hand: MoneyAnswer
    proposed: ProposedAnswer | None


class LimitsAnswer(Answer):
    """A page of limits, those with a change that waits first."""

    items: list[LimitLineAnswer]
    next_cursor: str | None


@router.get("/cash-limits")
async def get_cash_limits(
    caller: Supervisor,
    session: Read,
    q: Annotated[str | None, Query(min_length=1, max_length=80, pattern=r"^[^\x00]*$")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> LimitsAnswer:
    """The cash limits of the caller's agents, and what is in hand against them."""
    found = await store.limits(session, q=q, after=keys_of(cursor, str), limit=limit + 1)
    page, behind = cut(found, limit, store.order_key)
    items = [LimitLineAnswer.model_validate(line) for line in page]
    return LimitsAnswer(items=items, next_cursor=behind)


@router.put("/tills/{agent_id}/limit")
async def put_limit(
    agent_id: UUID, body: LimitBody, caller: Supervisor, session: Tx, now: Now
) -> TillAnswer:
    """Lower an agent's cash limit, at once. What is in hand already stays."""
    limit = Money(body.amount_minor, body.currency)
    return TillAnswer.model_validate(await lower(session, agent_id, limit, now))


@router.post("/tills/{agent_id}/limit-changes", status_code=201)
async def post_limit_change(
    agent_id: UUID, body: LimitChangeBody, caller: Supervisor, session: Tx, now: Now
) -> LimitChangeAnswer:
    """Propose a higher limit; another supervisor accepts it. Overtakes one that was proposed."""
    limit = Money(body.amount_minor, body.currency)
    change_id = await propose(session, agent_id, limit, body.reason, caller.id, now)
    return LimitChangeAnswer(id=change_id)


@router.post("/limit-changes/{id}/accept", status_code=204)
async def post_accept(
    id: UUID,  # noqa: A002
    caller: Supervisor,
    session: Tx,
    now: Now,
) -> Response:
    """Accept what another supervisor has proposed: it holds at once."""
    await decide(session, id, caller.id, now, accept=True)
    return Response(status_code=204)


@router.post("/limit-changes/{id}/reject", status_code=204)
async def post_reject(
    id: UUID,  # noqa: A002
    caller: Supervisor,
    session: Tx,
    now: Now,
) -> Response:
    """Reject it, or take back what one has proposed oneself."""
    await decide(session, id, caller.id, now, accept=False)
    return Response(status_code=204)
