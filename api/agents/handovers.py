"""Cash that goes from one agent to another, signed by both."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Depends
from pydantic import Field

from api.agents.deposits import DenominationAnswer, DenominationBody
from api.deps import Agent, Db, Now
from api.routing import Router
from api.schemas import Answer, Body, FactId, Instant, Moment, MoneyAnswer, MoneyBody
from collection.custody.denominations import Denomination
from collection.custody.handovers import store
from collection.custody.handovers.handover import Handover, State
from collection.custody.handovers.offer import Offer, offer
from collection.custody.handovers.settle import accept, decline, withdraw
from collection.custody.handovers.take import TakingReport, take
from core.money import Money
from data.session import Session

router = Router(prefix="/v1/agent", tags=["agent: cash"])

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
    given_at: Annotated[
        Moment | None,
        Field(description="when it left your hands, where both phones write it down"),
    ] = None

    def digest(self) -> bytes:
        """As of bodies of phones that do not know of `given_at`, where there is none."""
        without = None if self.given_at else {"given_at"}
        return hashlib.sha256(self.model_dump_json(exclude=without).encode()).digest()

    def offer(self, handover_id: UUID) -> Offer:
        """The domain's value."""
        return Offer(
            handover_id, self.taker_id, Money(self.amount.amount_minor, self.amount.currency),
            [Denomination(d.face_minor, d.count) for d in self.denominations], self.digest(),
            self.given_at,
        )  # fmt: skip


class TakingBody(Body):
    """A colleague's cash, taken and counted."""

    giver_id: UUID
    amount: MoneyBody
    denominations: Annotated[list[DenominationBody], Field(max_length=50)]
    taken_at: Moment

    def report(self, handover_id: UUID) -> TakingReport:
        """The domain's value."""
        return TakingReport(
            handover_id, self.giver_id, Money(self.amount.amount_minor, self.amount.currency),
            [Denomination(d.face_minor, d.count) for d in self.denominations], self.taken_at,
            self.digest(),
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
    given_at: Instant | None
    settled_at: Instant | None


class TakingAnswer(Answer):
    """What the taker's phone wrote down of a handover."""

    id: UUID
    giver_id: UUID
    giver: str
    taker_id: UUID
    taker: str
    amount: MoneyAnswer
    denominations: list[DenominationAnswer]
    taken_at: Instant


class TakenAnswer(Answer):
    """A taking; `state` is that of its handover, null while the giver's phone has not told."""

    taking: TakingAnswer
    state: State | None


class HandoversAnswer(Answer):
    """What is offered to or by the agent, and what was settled in the last day; `takings` are those
    of which the giver's phone has not told."""

    items: list[HandoverAnswer]
    takings: list[TakingAnswer]


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
    takings = await store.takings_of(session, agent.id)
    return HandoversAnswer(
        items=[_answer(one) for one in found],
        takings=[TakingAnswer.model_validate(one) for one in takings],
    )


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


@router.put("/handover-takings/{id}")
async def put_handover_taking(
    id: FactId,  # noqa: A002
    body: TakingBody,
    agent: Agent,
    session: BothTills,
    now: Now,
) -> TakenAnswer:
    """Note that you have taken a colleague's cash: the id is that of the handover, and the two
    phones may tell of it in any order. It is yours once both have."""
    return TakenAnswer.model_validate(await take(session, agent.id, body.report(id), now))


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
