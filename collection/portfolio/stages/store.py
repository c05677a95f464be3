"""SQL of stages."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert
from sqlalchemy.dialects import postgresql

from collection.portfolio.stages.stage import Closure, Stage, StageChange, Standing
from collection.portfolio.stages.visits import StageVisits, Visits
from core.money import Money
from data.session import Session, rows
from data.tables.stages import BranchStage
from data.tables.stages import StageChange as StageChangeRow

STAGED = """
staged AS MATERIALIZED (
    SELECT * FROM visits_by_stage(ARRAY (
        SELECT id FROM branch
        UNION SELECT branch_id FROM assignment
        WHERE lent_to_branch_id IS NOT NULL AND upper_inf(during)
    ))
)
"""
"""A common table expression: what each stage means for visits in the branches in scope,
and in those that cases are lent by."""

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


async def visits_of(session: Session, branch_id: UUID) -> Sequence[tuple[StageVisits, bool]]:
    """What holds at each stage of open cases in a branch, and whether the branch said so itself."""
    found = await rows(
        session,
        "SELECT v.stage, v.visits, v.skills, o.stage IS NOT NULL AS is_own"
        " FROM visits_by_stage(ARRAY[CAST(:branch AS uuid)]) v"
        " LEFT JOIN branch_stage o ON o.branch_id = v.branch_id AND o.stage = v.stage"
        " WHERE v.stage <> 'closed'",
        branch=branch_id,
    )
    told = {
        Stage(r.stage): (StageVisits(Stage(r.stage), Visits(r.visits), tuple(r.skills)), r.is_own)
        for r in found
    }
    return [told[stage] for stage in Stage if stage in told]


async def put_visits(
    session: Session, branch_id: UUID, told: StageVisits, by: UUID, now: datetime
) -> None:
    """Store what a branch says of a stage."""
    values = {
        "visits": told.visits.value, "skills": list(told.skills), "set_at": now, "set_by": by,
    }  # fmt: skip
    await session.execute(
        postgresql.insert(BranchStage)
        .values(branch_id=branch_id, stage=told.stage.value, **values)
        .on_conflict_do_update(index_elements=["branch_id", "stage"], set_=values)
    )


async def remove_visits(session: Session, branch_id: UUID, stage: Stage) -> None:
    """Have what holds above hold again; nothing happens where the branch said nothing."""
    await session.execute(
        delete(BranchStage).where(BranchStage.branch_id == branch_id, BranchStage.stage == stage)
    )
