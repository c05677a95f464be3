"""Set what is to be reached in a month, and what collecting cost."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from collection.figures.targets import store
from collection.figures.targets.target import Cost, Target, check_figure, check_month
from core.errors import InvalidField
from core.said import say
from data.session import Session
from identity.errors import BranchNotFound


async def set_targets(
    session: Session, staff_id: UUID, month: date, targets: Sequence[Target], now: datetime
) -> None:
    """Set all these targets, or none. Raises `InvalidField` or `BranchNotFound`."""
    check_month(month)
    for target in targets:
        check_figure(target.figure)
        branch_id = await _branch(session, target.branch, target.agent_id)
        await store.put(
            session, "target", branch_id, target.agent_id, month, target.figure, target.amount,
            staff_id, now,
        )  # fmt: skip


async def set_costs(
    session: Session, staff_id: UUID, month: date, costs: Sequence[Cost], now: datetime
) -> None:
    """Set all these costs, or none. Raises `InvalidField` or `BranchNotFound`."""
    check_month(month)
    for cost in costs:
        branch_id = await _branch(session, cost.branch, cost.agent_id)
        await store.put(
            session, "cost", branch_id, cost.agent_id, month, cost.kind, cost.amount_minor,
            staff_id, now,
        )  # fmt: skip


async def _branch(session: Session, code: str, agent_id: UUID | None) -> UUID:
    branch_id, is_of_it = await store.branch_with_agent(session, code, agent_id)
    if branch_id is None:
        raise BranchNotFound(code)
    if not is_of_it:
        raise InvalidField("agent_id", say("an agent of the branch {code}", code=code))
    return branch_id
