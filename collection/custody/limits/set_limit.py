"""Set how much cash an agent may hold."""

from datetime import datetime
from uuid import UUID

from collection.custody import store
from collection.custody.errors import NoTill
from collection.custody.over_limit import CASH_LIMIT
from collection.custody.till import Till
from core.errors import InvalidField
from core.money import Money
from core.said import say
from data.alerts import clear_alert
from data.live import announce
from data.session import Session
from identity.store import agent_branch


async def set_limit(session: Session, agent_id: UUID, limit: Money, now: datetime) -> Till:
    """Raise or lower an agent's cash limit; the till as it stands then.

    Lowered below what is in hand, the agent takes no more cash until enough is handed over. Raises
    `AgentNotFound`, `NoTill` or `InvalidField` (negative, another currency).
    """
    await agent_branch(session, agent_id)
    till = await store.lock_till(session, agent_id)
    if till is None:
        raise NoTill(str(agent_id))
    if limit.currency != till.currency:
        raise InvalidField(
            "limit.currency", say("{currency}, the till's currency", currency=till.currency)
        )
    if limit.amount_minor < 0:
        raise InvalidField("limit.amount_minor", say("0 or more"))
    await store.set_limit(session, agent_id, limit.amount_minor)
    changed = await store.till(session, agent_id)
    assert changed is not None
    if changed.headroom.amount_minor:
        await clear_alert(session, till.branch_id, CASH_LIMIT, agent_id, now)
    announce(session, till.branch_id, "figures", {"agent_id": str(agent_id)})
    return changed
