"""SQL of what grows old."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from collection.privacy.holds.store import HELD
from collection.privacy.retention.rule import Kind, Removed, RetentionRun
from core.ids import new_id
from data.alerts import forget_cleared
from data.sealed import sealed
from data.session import Session, rows
from data.tables.privacy import RetentionRun as RunRow

# A message stays as a row: that the customer was told counts for contact rules. What a hold is on
# is counted and left.
_MESSAGES = f"""
WITH old AS (
    SELECT m.id, m.settled_at, EXISTS (
        SELECT FROM case_file c WHERE c.id = m.case_id AND EXISTS ({HELD} = c.customer_id)) AS held
    FROM message m WHERE m.branch_id = :branch AND m.settled_at < :before
      AND octet_length(m.sent_to) + octet_length(m.body) > 2 * octet_length(:nothing)
), gone AS (
    UPDATE message m SET sent_to = :nothing, body = :nothing FROM old
    WHERE m.id = old.id AND NOT old.held RETURNING old.settled_at
)
SELECT (SELECT count(*) FROM gone) AS count, (SELECT count(*) FROM old WHERE held) AS held,
       (SELECT min(settled_at) FROM gone) AS oldest
"""  # noqa: S608 our own words
_IMPORT_REPORTS = """
WITH gone AS (
    UPDATE demand_file_import SET problems = '[]', unplaced = '[]'
    WHERE branch_id = :branch AND imported_at < :before
      AND (problems <> '[]' OR unplaced <> '[]') RETURNING imported_at
)
SELECT count(*) AS count, 0 AS held, min(imported_at) AS oldest FROM gone
"""
_CONTACTS = "SELECT removed AS count, held, oldest FROM forget_contacts(:branch, :before)"


async def remove(session: Session, kind: Kind, branch_id: UUID, before: datetime) -> Removed:
    """Remove what a branch has of a kind from before a time."""
    given: dict[str, Any] = {"branch": branch_id, "before": before}
    match kind:
        case Kind.MESSAGE:
            [r] = await rows(session, _MESSAGES, **given, nothing=sealed(""))
        case Kind.CONTACT:
            [r] = await rows(session, _CONTACTS, **given)
        case Kind.IMPORT_REPORT:
            [r] = await rows(session, _IMPORT_REPORTS, **given)
        case Kind.ALERT:
            return Removed(*await forget_cleared(session, branch_id, before))
    return Removed(r.count, r.held, r.oldest)


async def add_run(session: Session, run: RetentionRun) -> None:
    """Keep what was removed."""
    await session.execute(
        insert(RunRow).values(
            id=new_id(), branch_id=run.branch_id, ran_at=run.ran_at, kind=run.kind.value,
            kept_days=run.kept_days, removed=run.removed.count, held=run.removed.held,
            oldest=run.removed.oldest,
        )
    )  # fmt: skip


async def runs(
    session: Session, *, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[tuple[UUID, str, RetentionRun]]:
    """What nights removed in scope, the newest first, behind the one at `after`: each with its id
    and its branch's code."""
    ran_at, run_id = after or (None, None)
    found = await rows(
        session,
        """
        SELECT r.*, b.code FROM retention_run r JOIN branch b ON b.id = r.branch_id
        WHERE CAST(:at AS timestamptz) IS NULL OR (r.ran_at, r.id) < (:at, CAST(:id AS uuid))
        ORDER BY r.ran_at DESC, r.id DESC LIMIT :limit
        """,
        at=ran_at,
        id=run_id,
        limit=limit,
    )
    return [
        (
            r.id, r.code,
            RetentionRun(r.branch_id, r.ran_at, Kind(r.kind), r.kept_days,
                         Removed(r.removed, r.held, r.oldest)),
        )
        for r in found
    ]  # fmt: skip
