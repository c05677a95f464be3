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


# Of a case `c` in a branch `b`, as of `:now`. Today is to come until the contact hours are over.
_LOCAL = "(CAST(:now AS timestamptz) AT TIME ZONE b.zone)"
_SINCE = f"({_LOCAL}::date + ({_LOCAL}::time >= b.contact_to)::int)"
_ANY = f"""
    SELECT n.kind, n.due_on, 0 AS rank FROM next_action n
    WHERE n.case_id = c.id AND n.ended_at IS NULL
    UNION ALL
    SELECT 'visit', r.day, 1 FROM stop t JOIN round r ON r.id = t.round_id
    WHERE t.case_id = c.id AND r.day >= {_SINCE} AND r.replaced_at IS NULL
    UNION ALL
    SELECT 'await_payment', p.due_on, 1 FROM promise p
    WHERE p.account_id = c.account_id AND p.state = 'open' AND p.due_on >= {_SINCE}
"""  # noqa: S608 our own constants

COMES_NEXT = f"SELECT x.kind, x.due_on FROM ({_ANY}) x ORDER BY x.rank, x.due_on LIMIT 1"  # noqa: S608
"""What comes next on a case: what somebody decided, be it late; else the first planned visit or
promise to come."""

TO_COME = f"EXISTS (SELECT FROM ({_ANY}) x WHERE x.due_on >= {_SINCE})"
"""Whether anything is to come on a case."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many open cases of an agent, or of a branch and of no agent, have nothing to come."""

    branch_id: UUID
    agent_id: UUID | None
    agent: str | None
    cases: int


async def forgotten(session: Session, now: datetime) -> Sequence[Forgotten]:
    """Open cases in scope with no next action, no promise and no planned stop to come."""
    found = await rows(
        session,
        f"""
        SELECT c.branch_id, o.agent_id, s.full_name, count(*) AS cases
        FROM case_file c JOIN branch b ON b.id = c.branch_id
        LEFT JOIN assignment o
            ON o.case_id = c.id AND o.channel = 'visit' AND upper_inf(o.during)
        LEFT JOIN staff s ON s.id = o.agent_id
        WHERE c.closed_at IS NULL AND NOT {TO_COME}
        GROUP BY 1, 2, 3 ORDER BY 1, 2
        """,  # noqa: S608 our own constants
        now=now,
    )
    return [Forgotten(*r) for r in found]
