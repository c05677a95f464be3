"""Asking that a receipt be undone."""

from uuid import UUID

from api.deps import Agent, Now, Tx
from api.routing import Router
from api.schemas import Answer, Body, FactId, Instant, MoneyAnswer, Text
from collection.receipts.reversals.ask_reversal import ask_reversal
from collection.receipts.reversals.reversal import State

router = Router(prefix="/v1/agent", tags=["agent: receipts"])


class ReversalBody(Body):
    """Which receipt, and why."""

    receipt_id: UUID
    reason: Text


class ReversalAnswer(Answer):
    """The reversal as it stands. `from_hand` is the cash that left the agent's till again; the
    rest of a cash receipt waits to be refunded."""

    id: UUID
    receipt_id: UUID
    number: str
    customer: str
    agent_id: UUID | None
    taken_by: str
    amount: MoneyAnswer
    reason: str
    asked_by: UUID
    asker: str
    asked_at: Instant
    state: State
    settled_at: Instant | None
    from_hand: MoneyAnswer


@router.put("/receipt-reversals/{id}")
async def put_reversal(
    id: FactId,  # noqa: A002
    body: ReversalBody,
    agent: Agent,
    session: Tx,
    now: Now,
) -> ReversalAnswer:
    """Ask that one of your receipts be undone. Another person decides."""
    asked = await ask_reversal(
        session, agent.id, id, body.receipt_id, body.reason, body.digest(), now
    )
    return ReversalAnswer.model_validate(asked)
