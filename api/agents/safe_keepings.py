"""Who keeps an agent's cash by night."""

from api.deps import Agent, Now, Tx
from api.routing import Router
from api.schemas import Answer, Body, FactId, Instant, MoneyAnswer, Text
from collection.custody.ageing.keep_safe import keep_safe

router = Router(prefix="/v1/agent", tags=["agent: cash"])


class KeeperBody(Body):
    """A person who has a safe, and where it is."""

    keeper: Text
    place: Text


class KeeperAnswer(Answer):
    """Who keeps it, and where."""

    name: str
    place: str
    since: Instant


class KeptAnswer(Answer):
    """Who keeps how much. The agent answers for it all the same."""

    id: FactId
    keeper: KeeperAnswer
    amount: MoneyAnswer


@router.put("/safe-keepings/{id}")
async def put_safe_keeping(
    id: FactId,  # noqa: A002
    body: KeeperBody,
    agent: Agent,
    session: Tx,
    now: Now,
) -> KeptAnswer:
    """Name who keeps the cash that you hold now until the counters open."""
    kept = await keep_safe(session, agent.id, id, body.keeper, body.place, body.digest(), now)
    return KeptAnswer.model_validate(kept)
