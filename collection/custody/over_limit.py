"""Tell the supervisor that an agent's till is full."""

from datetime import datetime
from uuid import UUID

from collection.custody import store
from collection.custody.errors import OverCashLimit
from core.said import say
from data.alerts import raise_alert
from data.session import Session

CASH_LIMIT = "cash_limit"
"""The kind of these alerts; their subject is the agent. A deposit clears them."""


async def report_over_limit(
    session: Session, agent_id: UUID, case_id: UUID, refused: OverCashLimit, now: datetime
) -> None:
    """Raise the alert about a refusal, unless one about this agent is open.

    For a transaction of its own: the refusal has rolled back the one in which it happened.
    """
    till = await store.till(session, agent_id)
    if till is None or till.headroom.amount_minor >= refused.amount.amount_minor:
        return  # a deposit came first
    name = await store.agent_name(session, agent_id)
    title = say("{agent} has reached the cash limit", agent=name)
    detail = say(
        "{amount} could not be taken: {in_hand} of {limit} are in hand. A deposit, or a higher "
        "limit, lets it go on.",
        amount=refused.amount,
        in_hand=till.in_hand,
        limit=till.limit,
    )
    await raise_alert(
        session,
        till.branch_id,
        CASH_LIMIT,
        agent_id,
        title,
        detail,
        now,
        agent_id=agent_id,
        case_id=case_id,
        facts={
            "amount_minor": refused.amount.amount_minor,
            "headroom_minor": till.headroom.amount_minor,
            "limit_minor": till.limit.amount_minor,
            "currency": till.currency,
        },
    )
