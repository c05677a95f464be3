"""Move a case to another stage, or close it."""

from datetime import datetime
from uuid import UUID

from collection.errors import CaseNotFound
from collection.portfolio.stages import store
from collection.portfolio.stages.stage import Closure, Stage, StageChange, check_change
from core.ids import new_id
from data.session import Session


async def change_stage(
    session: Session,
    case_id: UUID,
    to_stage: Stage,
    closure: Closure | None,
    reason: str,
    by: UUID,
    now: datetime,
) -> StageChange:
    """Move a case; what was to come next on it ends when it closes.

    Raises `CaseNotFound`, `StageNotReachable` or `InvalidField`.
    """
    found = await store.lock(session, case_id)
    if found is None:
        raise CaseNotFound(str(case_id))
    branch_id, standing = found
    check_change(standing, to_stage, closure)
    change = StageChange(
        new_id(), case_id, standing.stage, to_stage, closure, reason, now, by
    )  # fmt: skip
    await store.add(session, branch_id, change)
    return change
