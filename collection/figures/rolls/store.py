"""SQL of rolls between buckets."""

from collections.abc import Sequence
from datetime import date, datetime

from collection.figures.period import Question
from collection.figures.rolls.roll import Roll
from collection.figures.store import ASKED, parameters
from data.session import Session, rows


async def rolls(
    session: Session, question: Question, now: datetime
) -> tuple[date | None, Sequence[Roll]]:
    """The rolls of the month of the last ended day in the span, and that day. Agents are not told
    apart."""
    found = await rows(
        session,
        f"""
        WITH {ASKED}, last AS (
            SELECT branch_id, max(day) AS day FROM ended_day
            WHERE branch_id IN (SELECT branch_id FROM asked) AND saw_levels
              AND day BETWEEN :first AND :last GROUP BY branch_id
        )
        SELECT max(r.day) AS day, r.from_bucket, r.to_bucket, sum(r.cases)::int AS cases,
               sum(r.principal_minor)::bigint AS principal_minor,
               sum(r.overdue_minor)::bigint AS overdue_minor
        FROM bucket_roll r JOIN last l ON l.branch_id = r.branch_id AND l.day = r.day
        WHERE CAST(:product AS text) IS NULL OR r.product_code = :product
        GROUP BY r.from_bucket, r.to_bucket ORDER BY 2, 3
        """,  # noqa: S608 our own constants
        **{name: each for name, each in parameters(question).items() if name != "agent"},
        now=now,
    )
    day = max((r.day for r in found), default=None)
    return day, [Roll(*r[1:]) for r in found]
