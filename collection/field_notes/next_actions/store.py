"""SQL of next actions, and of the cases that have none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, update

from collection.field_notes.disposition import NextAction
from core.ids import new_id
from data.session import Session, rows
from data.tables.field_notes import NextAction as NextActionRow


async def is_decided_after(session: Session, case_id: UUID, at: datetime) -> bool:
    """Whether what comes next on a case was decided later than `at`, or the case is closed."""
    return bool(
        await rows(
            session,
            "SELECT FROM next_action WHERE case_id = :case AND ended_at IS NULL AND set_at > :at"
            " UNION ALL SELECT FROM case_file WHERE id = :case AND closed_at IS NOT NULL",
            case=case_id,
            at=at,
        )
    )


async def replace_open(session: Session, case_id: UUID, at: datetime) -> None:
    """Make room for what comes next on a case."""
    await session.execute(
        update(NextActionRow)
        .where(NextActionRow.case_id == case_id, NextActionRow.ended_at.is_(None))
        .values(ended_at=at, ended_because="replaced")
    )


async def add(
    session: Session,
    branch_id: UUID,
    case_id: UUID,
    action: NextAction,
    by: UUID,
    at: datetime,
    disposition_id: UUID | None,
    *,
    is_late: bool,
) -> None:
    """Store what comes next; one that came in late is over already."""
    await session.execute(
        insert(NextActionRow).values(
            id=new_id(), branch_id=branch_id, case_id=case_id, kind=action.kind.value,
            due_on=action.due_on, note=action.note, disposition_id=disposition_id, set_at=at,
            set_by=by, ended_at=at if is_late else None,
            ended_because="overtaken" if is_late else None,
        )
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many open cases of an agent, or of a branch and of no agent, have nothing to come."""

    branch_id: UUID
    agent_id: UUID | None
    agent: str | None
    cases: int


async def forgotten(session: Session, now: datetime) -> Sequence[Forgotten]:
    """Open cases in scope with no next action, no promise and no planned stop to come.

    To come is today until the branch's contact hours are over, then tomorrow or later.
    """
    found = await rows(
        session,
        """
        WITH b AS (
            SELECT id, (CAST(:now AS timestamptz) AT TIME ZONE zone)::date
                + CASE WHEN (CAST(:now AS timestamptz) AT TIME ZONE zone)::time >= contact_to
                       THEN 1 ELSE 0 END AS since
            FROM branch
        )
        SELECT c.branch_id, o.agent_id, s.full_name, count(*) AS cases
        FROM case_file c JOIN b ON b.id = c.branch_id
        LEFT JOIN assignment o
            ON o.case_id = c.id AND o.channel = 'visit' AND upper_inf(o.during)
        LEFT JOIN staff s ON s.id = o.agent_id
        WHERE c.closed_at IS NULL
          AND NOT EXISTS (SELECT FROM next_action n WHERE n.case_id = c.id
                          AND n.ended_at IS NULL AND n.due_on >= b.since)
          AND NOT EXISTS (SELECT FROM promise p WHERE p.account_id = c.account_id
                          AND p.state = 'open' AND p.due_on >= b.since)
          AND NOT EXISTS (SELECT FROM stop t JOIN round r ON r.id = t.round_id
                          WHERE t.case_id = c.id AND r.day >= b.since
                            AND r.replaced_at IS NULL)
        GROUP BY 1, 2, 3 ORDER BY 1, 2
        """,
        now=now,
    )
    return [Forgotten(*r) for r in found]
