"""SQL of stages."""

from uuid import UUID

from sqlalchemy import insert

from collection.portfolio.stages.stage import Closure, Stage, StageChange, Standing
from core.money import Money
from data.session import Session, rows
from data.tables.stages import StageChange as StageChangeRow

_STANDING = """
    SELECT c.branch_id, c.stage, c.closure, c.overdue_minor, a.currency,
           (SELECT coalesce(sum(total_minor - paid_minor), 0)::bigint FROM demand d
            WHERE d.account_id = c.account_id AND d.paid_minor < d.total_minor) AS owed_minor,
           ARRAY (SELECT to_stage FROM stage_move m WHERE m.from_stage = c.stage
                  ORDER BY to_stage) AS reachable
    FROM case_file c JOIN account a ON a.id = c.account_id WHERE c.id = :case
"""


async def standing(session: Session, case_id: UUID) -> Standing | None:
    """Where a case in scope stands, and where it may go."""
    found = await rows(session, _STANDING, case=case_id)
    if not found:
        return None
    r = found[0]
    return Standing(
        Stage(r.stage), Closure(r.closure) if r.closure else None,
        Money(r.overdue_minor, r.currency), Money(r.owed_minor, r.currency),
        tuple(Stage(s) for s in r.reachable),
    )  # fmt: skip


async def lock(session: Session, case_id: UUID) -> tuple[UUID, Standing] | None:
    """A case's branch and where it stands; it stays there until the end, and nothing is paid."""
    found = await rows(
        session,
        "SELECT c.branch_id FROM case_file c JOIN account a ON a.id = c.account_id"
        " WHERE c.id = :case FOR NO KEY UPDATE OF a",
        case=case_id,
    )
    now_standing = await standing(session, case_id) if found else None
    return None if now_standing is None else (found[0].branch_id, now_standing)


async def add(session: Session, branch_id: UUID, change: StageChange) -> None:
    """Store a change; the case goes along."""
    await session.execute(
        insert(StageChangeRow).values(
            id=change.id, branch_id=branch_id, case_id=change.case_id,
            from_stage=change.from_stage.value, to_stage=change.to_stage.value,
            closure=change.closure and change.closure.value, reason=change.reason,
            changed_at=change.changed_at, changed_by=change.changed_by,
        )
    )  # fmt: skip
