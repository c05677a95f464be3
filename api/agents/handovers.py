"""Cash that goes from one agent to another, signed by both."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import Field

from api.agents.deposits import DenominationAnswer, DenominationBody
from api.deps import Agent, Db, Now
from api.schemas import Answer, Body, FactId, Instant, MoneyAnswer, MoneyBody
from collection.custody.denominations import Denomination
from collection.custody.handovers import store
from collection.custody.handovers.handover import Handover, State
from collection.custody.handovers.offer import Offer, offer
from collection.custody.handovers.settle import accept, decline, withdraw
from core.money import Money
from data.session import Session

router = APIRouter(prefix="/v1/agent", tags=["agent: cash"])

SHOWN = timedelta(days=1)
"""How long a settled handover stays in the list."""


async def _both_tills(agent: Agent, database: Db) -> AsyncIterator[Session]:
    # Two agents' cash moves at once; the verbs hold each of them to what is theirs.
    async with database.transaction(replace(agent.scope, agent_id=None)) as session:
        yield session


BothTills = Annotated[Session, Depends(_both_tills, scope="function")]
"""The agent's transaction on the branch's tills, the colleague's too."""


class HandoverBody(Body):
    """Counted cash for a colleague."""

    taker_id: UUID
    amount: MoneyBody
    denominations: Annotated[list[DenominationBody], Field(max_length=50)]

    def offer(self, handover_id: UUID) -> Offer:
        """The domain's value."""
        return Offer(
            handover_id, self.taker_id, Money(self.amount.amount_minor, self.amount.currency),
            [Denomination(d.face_minor, d.count) for d in self.denominations], self.digest(),
        )  # fmt: skip


class HandoverAnswer(Answer):
    """A handover as it stands. The cash moves when the taker accepts it."""

    id: UUID
    giver_id: UUID
    giver: str
    taker_id: UUID
    taker: str
    amount: MoneyAnswer
    denominations: list[DenominationAnswer]
    state: State
    offered_at: Instant
    settled_at: Instant | None


class HandoversAnswer(Answer):
    """What is offered to or by the agent, and what was settled in the last day."""

    items: list[HandoverAnswer]


class ColleagueAnswer(Answer):
    """An agent to whom cash can be handed."""

    agent_id: UUID
    name: str


class ColleaguesAnswer(Answer):
    """The branch's other agents with a till, by name."""

    items: list[ColleagueAnswer]


def _answer(handover: Handover) -> HandoverAnswer:
    return HandoverAnswer.model_validate(handover)


@router.get("/colleagues")
async def get_colleagues(agent: Agent, session: BothTills) -> ColleaguesAnswer:
    """To whom cash can be handed."""
    found = await store.colleagues(session, agent.id)
    return ColleaguesAnswer(items=[ColleagueAnswer.model_validate(one) for one in found])


@router.get("/handovers")
async def get_handovers(agent: Agent, session: BothTills, now: Now) -> HandoversAnswer:
    """Handovers that wait, and those of the last day."""
    found = await store.handovers_of(session, agent.id, since=now - SHOWN)
    return HandoversAnswer(items=[_answer(one) for one in found])


@router.put("/handovers/{id}")
async def put_handover(
    id: FactId,  # noqa: A002
    body: HandoverBody,
    agent: Agent,
    session: BothTills,
    now: Now,
) -> HandoverAnswer:
    """Offer cash to a colleague. It stays yours until the colleague has counted it."""
    return _answer(await offer(session, agent.id, body.offer(id), now))


@router.post("/handovers/{id}/accept")
async def post_accept(
    id: UUID,  # noqa: A002
    agent: Agent,
    session: BothTills,
    now: Now,
) -> HandoverAnswer:
    """Say that you have counted it, and hold it from now on."""
    return _answer(await accept(session, agent.id, id, now))


@router.post("/handovers/{id}/decline")
async def post_decline(
    id: UUID,  # noqa: A002
    agent: Agent,
    session: BothTills,
    now: Now,
) -> HandoverAnswer:
    """Refuse an offer."""
    return _answer(await decline(session, agent.id, id, now))


@router.post("/handovers/{id}/withdraw")
async def post_withdraw(
    id: UUID,  # noqa: A002
    agent: Agent,
    session: BothTills,
    now: Now,
) -> HandoverAnswer:
    """Take an offer back."""
    return _answer(await withdraw(session, agent.id, id, now))
