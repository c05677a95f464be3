"""SQL of the reasons why cases have no owner, and of the figures of allocations."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text

from allocation.problem import Unplaced
from core.ids import new_id
from core.money import Money
from data.session import Session, rows
from data.tables.allocation import AllocationRun
from routing.reach.store import SPOT


@dataclass(frozen=True, slots=True)
class WithoutOwner:
    """An open case that nobody has, with the reason: its name, its numbers, and a sentence.

    `since` is when the last allocations began to give that reason; None where none has looked.
    """

    case_id: UUID
    branch_id: UUID
    branch: str
    customer: str
    account: str
    overdue: Money
    dpd: int
    urgency: float
    code: str
    facts: dict[str, Any]
    sentence: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Run:
    """An allocation of a branch."""

    id: UUID
    day: date
    ran_at: datetime
    figures: dict[str, Any]


async def keep_reasons(
    session: Session, branch_id: UUID, unplaced: Sequence[Unplaced], now: datetime
) -> None:
    """Put the reasons of a branch's allocation in place of the former ones.

    Where a case has the reason it had, it keeps since when.
    """
    name = (await rows(session, "SELECT name FROM branch WHERE id = :id", id=branch_id))[0].name
    cases = [str(lost.case_id) for lost in unplaced]
    await session.execute(
        text(
            "DELETE FROM unallocated WHERE branch_id = :branch"
            " AND case_id <> ALL (CAST(:cases AS uuid[]))"
        ),
        {"branch": branch_id, "cases": cases},
    )
    await session.execute(
        text(
            """
            INSERT INTO unallocated (case_id, branch_id, code, facts, sentence, since, decided_at)
            SELECT case_id, :branch, code, facts, sentence, :now, :now
            FROM unnest(CAST(:cases AS uuid[]), CAST(:codes AS text[]), CAST(:facts AS jsonb[]),
                        CAST(:sentences AS text[])) AS lost (case_id, code, facts, sentence)
            ON CONFLICT (case_id) DO UPDATE SET code = excluded.code, facts = excluded.facts,
                sentence = excluded.sentence, decided_at = excluded.decided_at,
                since = CASE WHEN unallocated.code = excluded.code THEN unallocated.since
                             ELSE excluded.since END
            """
        ),
        {
            "branch": branch_id,
            "now": now,
            "cases": cases,
            "codes": [lost.reason.code for lost in unplaced],
            "facts": [json.dumps(_facts(lost)) for lost in unplaced],
            "sentences": [lost.reason.sentence(name) for lost in unplaced],
        },
    )


def _facts(lost: Unplaced) -> dict[str, Any]:
    told = asdict(lost.reason)
    del told["code"], told["branch_id"]
    return {name: value for name, value in told.items() if value}


WITHOUT = """
    SELECT c.id AS case_id, c.branch_id, b.name AS branch, cu.full_name AS customer,
           ac.source_ref AS account, c.overdue_minor, ac.currency, c.dpd, c.urgency,
           CASE WHEN c.overdue_minor = 0 THEN 'nothing_due'
                WHEN spot.lat IS NULL THEN 'not_on_map'
                ELSE coalesce(u.code, 'not_yet_allocated') END AS code,
           CASE WHEN c.overdue_minor = 0 THEN 'nothing of it is overdue'
                WHEN spot.lat IS NULL THEN 'its address is not on the map'
                ELSE coalesce(u.sentence, 'it came, or lost its agent, after the last allocation')
           END AS sentence, u.facts, u.since
    FROM case_file c JOIN branch b ON b.id = c.branch_id
    JOIN customer cu ON cu.id = c.customer_id JOIN account ac ON ac.id = c.account_id
    JOIN spot ON spot.address_id = c.address_id
    LEFT JOIN unallocated u ON u.case_id = c.id
    WHERE c.closed_at IS NULL AND NOT EXISTS (
        SELECT FROM assignment a WHERE a.case_id = c.id AND a.channel = 'visit'
        AND upper_inf(a.during))
"""


async def without_owner(
    session: Session,
    branch_id: UUID | None,
    code: str | None,
    after: tuple[float, UUID] | None,
    limit: int,
) -> list[WithoutOwner]:
    """Open cases in scope that nobody has, the most urgent first, behind the one at `after`.

    Every open case has an owner or is among these.
    """
    urgency, case_id = after or (None, None)
    found = await rows(
        session,
        f"""
        WITH {SPOT} SELECT * FROM ({WITHOUT}) AS w
        WHERE (CAST(:branch AS uuid) IS NULL OR branch_id = :branch)
          AND (CAST(:code AS text) IS NULL OR code = :code)
          AND (CAST(:urgency AS float8) IS NULL
               OR (-urgency, case_id) > (-CAST(:urgency AS float8), CAST(:case AS uuid)))
        ORDER BY -urgency, case_id LIMIT :limit
        """,  # noqa: S608 - nothing of a caller's is in it
        branch=branch_id,
        code=code,
        urgency=urgency,
        case=case_id,
        limit=limit,
    )
    return [
        WithoutOwner(
            r.case_id, r.branch_id, r.branch, r.customer, r.account,
            Money(r.overdue_minor, r.currency), r.dpd, r.urgency, r.code, r.facts or {},
            r.sentence, r.since,
        )
        for r in found
    ]  # fmt: skip


async def add_run(
    session: Session, branch_id: UUID, day: date, figures: dict[str, Any], now: datetime
) -> None:
    """Keep the figures of an allocation."""
    await session.execute(
        insert(AllocationRun).values(
            id=new_id(), branch_id=branch_id, day=day, ran_at=now, figures=figures
        )
    )


async def runs(session: Session, branch_id: UUID, limit: int) -> list[Run]:
    """The last allocations of a branch, the newest first."""
    found = await rows(
        session,
        "SELECT id, day, ran_at, figures FROM allocation_run WHERE branch_id = :branch"
        " ORDER BY ran_at DESC, id DESC LIMIT :limit",
        branch=branch_id,
        limit=limit,
    )
    return [Run(*r) for r in found]
