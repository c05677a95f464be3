"""Open tills for agents, and the series that number their receipts."""

from collections.abc import Mapping
from uuid import UUID

from collection.custody import store
from core.errors import InvalidField
from core.money import Money
from core.said import say
from data.session import Session


async def open_till(
    session: Session, agent_id: UUID, branch_id: UUID, currency: str, limit_minor: int
) -> None:
    """Open an empty till with a cash limit. Raises `InvalidField` for a negative limit."""
    if limit_minor < 0:
        raise InvalidField("cash_limit_minor", say("0 or more"))
    await open_tills(session, branch_id, {agent_id: Money(limit_minor, currency)})


async def open_tills(session: Session, branch_id: UUID, limits: Mapping[UUID, Money]) -> None:
    """Open an empty till for each of a branch's new agents, with their cash limits (0 or more).

    Receipts are numbered by branch and agent: the branch's first agent has the series ``LS-001``.
    """
    code = await store.lock_branch(session, branch_id)
    before = await store.count_series(session, branch_id)
    await store.add_tills(
        session,
        branch_id,
        [
            (agent_id, limit, f"{code}-{number:03d}")
            for number, (agent_id, limit) in enumerate(limits.items(), start=before + 1)
        ],
    )
