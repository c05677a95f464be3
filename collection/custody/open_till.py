"""Open a till for an agent, and the series that numbers his receipts."""

from uuid import UUID

from collection.custody import store
from core.errors import InvalidField
from core.money import Money
from data.session import Session


async def open_till(
    session: Session, agent_id: UUID, branch_id: UUID, currency: str, limit_minor: int
) -> None:
    """Open an empty till with a cash limit. Raises `InvalidField` for a negative limit.

    Receipts are numbered by branch and agent: the branch's first agent has the series ``LS-001``.
    """
    if limit_minor < 0:
        raise InvalidField("cash_limit_minor", "0 or more")
    code = await store.lock_branch(session, branch_id)
    number = await store.count_series(session, branch_id) + 1
    limit = Money(limit_minor, currency)
    await store.add_till(session, agent_id, branch_id, limit, f"{code}-{number:03d}")
