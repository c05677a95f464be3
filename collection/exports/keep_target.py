"""Say whom files go to, and end it."""

from datetime import date, datetime
from uuid import UUID

from collection.exports import store
from collection.exports.errors import ExportTargetNotFound, ExportTargetTaken
from collection.exports.record import ExportTarget, TargetKind
from data.session import Session
from identity import store as identity
from identity.errors import BranchNotFound


async def open_target(
    session: Session, target_id: UUID, kind: TargetKind, code: str, branch: str, since: date,
    staff_id: UUID | None, now: datetime,
) -> ExportTarget:  # fmt: skip
    """Have files made of a branch and all below it, of records from the day `since` on.

    The same again gets the same answer. Raises `BranchNotFound`, or `ExportTargetTaken` where the
    id or the code belongs to another.
    """
    known_branch = await identity.branch_by_code(session, branch)
    if known_branch is None:
        raise BranchNotFound(branch)
    await store.add_target(session, target_id, known_branch.id, kind, code, since, staff_id, now)
    known = await store.target(session, target_id)
    if known is None:
        raise ExportTargetTaken(code)
    target = known[0]
    if (target.kind, target.code, target.branch, target.since) != (kind, code, branch, since):
        raise ExportTargetTaken(code)
    return target


async def close_target(session: Session, target_id: UUID, now: datetime) -> ExportTarget:
    """Have no more files made for a target; what it got stays. Raises `ExportTargetNotFound`."""
    await store.close_target(session, target_id, now)
    known = await store.target(session, target_id)
    if known is None:
        raise ExportTargetNotFound(str(target_id))
    return known[0]
