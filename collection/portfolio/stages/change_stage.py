"""Move a case to another stage, or close it."""

from datetime import datetime
from uuid import UUID

from collection.errors import CaseNotFound
from collection.legal.store import has_proceeding
from collection.portfolio.errors import ProceedingMissing
from collection.portfolio.stages import store
from collection.portfolio.stages.stage import Closure, Stage, StageChange, check_change
from core.ids import new_id
from data.session import Session
from identity.policies.store import effective


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

    Raises `CaseNotFound`, `StageNotReachable`, `InvalidField`, or `ProceedingMissing` where the
    branch's policy ``legal_proceeding`` is ``required``.
    """
    found = await store.lock(session, case_id)
    if found is None:
        raise CaseNotFound(str(case_id))
    branch_id, standing = found
    check_change(standing, to_stage, closure)
    if to_stage is Stage.LEGAL:
        asks = (await effective(session, branch_id)).legal_proceeding
        if asks == "required" and not await has_proceeding(session, case_id):
            raise ProceedingMissing(str(case_id))
    change = StageChange(
        new_id(), case_id, standing.stage, to_stage, closure, reason, now, by
    )  # fmt: skip
    await store.add(session, branch_id, change)
    return change
