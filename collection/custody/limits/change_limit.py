"""Lower a cash limit at once, or have one person propose a higher one and another accept it."""

from datetime import datetime
from uuid import UUID

from collection.custody import store as tills
from collection.custody.errors import NoTill
from collection.custody.limits import store
from collection.custody.limits.errors import (
    LimitChangeDecided,
    LimitChangeNotFound,
    OwnLimitChange,
    RaisedByTwo,
)
from collection.custody.limits.set_limit import set_limit
from collection.custody.till import Till
from core.errors import InvalidField
from core.ids import new_id
from core.money import Money
from core.said import say
from data.session import Session
from identity.store import agent_branch


async def lower(session: Session, agent_id: UUID, limit: Money, now: datetime) -> Till:
    """Set a limit that is no higher than the present one; the till as it stands then.

    Raises `RaisedByTwo` for a higher one, and what `set_limit` raises.
    """
    await agent_branch(session, agent_id)
    till = await tills.lock_till(session, agent_id)
    same_currency = till is not None and till.currency == limit.currency
    if till is not None and same_currency and till.limit.amount_minor < limit.amount_minor:
        raise RaisedByTwo(till.limit)
    return await set_limit(session, agent_id, limit, now)


async def propose(
    session: Session, agent_id: UUID, limit: Money, reason: str, by: UUID, now: datetime
) -> UUID:
    """Put a higher limit before another person; its id. It overtakes one that was open.

    Raises `AgentNotFound`, `NoTill` or `InvalidField`.
    """
    await agent_branch(session, agent_id)
    till = await tills.lock_till(session, agent_id)
    if till is None:
        raise NoTill(str(agent_id))
    if limit.currency != till.currency:
        raise InvalidField(
            "currency", say("{currency}, the till's currency", currency=till.currency)
        )
    if limit.amount_minor <= till.limit.amount_minor:
        raise InvalidField(
            "amount_minor",
            say("more than {limit}; a lower limit holds at once", limit=till.limit),
        )
    change_id = new_id()
    await store.add(session, change_id, till.branch_id, agent_id, limit, reason, by, now)
    return change_id


async def decide(
    session: Session, change_id: UUID, by: UUID, now: datetime, *, accept: bool
) -> None:
    """Accept a change, which holds from then on, or reject it or take it back. The same again
    changes nothing. Raises `LimitChangeNotFound`, `LimitChangeDecided` or `OwnLimitChange`."""
    change = await store.lock(session, change_id)
    if change is None:
        raise LimitChangeNotFound(str(change_id))
    decision = "accepted" if accept else "rejected"
    if change.decision is not None:
        if (change.decision, change.decided_by) == (decision, by):
            return
        raise LimitChangeDecided(change.decision)
    if accept and change.proposed_by == by:
        raise OwnLimitChange
    await store.decide(session, change_id, decision, by, now)
    if accept:
        await set_limit(session, change.agent_id, change.limit, now)
