"""How much cash agents may hold."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from api.agents.deposits import TillAnswer
from api.deps import Now, Supervisor, Tx
from api.schemas import Body, Currency
from collection.custody.set_limit import set_limit
from core.money import Money

router = APIRouter(prefix="/v1/tills", tags=["supervisor: cash"])


class LimitBody(Body):
    """The most cash that an agent may hold; 0 has the agent take none."""

    amount_minor: Annotated[int, Field(ge=0, le=10**15)]
    currency: Currency


@router.put("/{agent_id}/limit")
async def put_limit(
    agent_id: UUID, body: LimitBody, caller: Supervisor, session: Tx, now: Now
) -> TillAnswer:
    """Raise or lower an agent's cash limit. What is in hand already stays."""
    limit = Money(body.amount_minor, body.currency)
    return TillAnswer.model_validate(await set_limit(session, agent_id, limit, now))
