"""SQL of the facts of days: which days are over, what they came to, and how buckets rolled."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from collection.figures.measure import KEPT, LEVELS
from collection.figures.sources.store import counted
from data.session import Session, rows, run

_DAY = """
days AS (
    SELECT id AS branch_id, zone, CAST(:day AS date) AS day,
           CAST(:day AS timestamp) AT TIME ZONE zone AS begins,
           (CAST(:day AS date) + 1)::timestamp AT TIME ZONE zone AS ends,
           (CAST(:day AS date) + 1)::timestamp AT TIME ZONE zone - interval '1 microsecond' AS until
    FROM branch WHERE id = :branch
)
"""


async def to_end(
    session: Session, now: datetime, since: date | None
) -> Sequence[tuple[UUID, date]]:
    """The branches in scope and their days that are over and not ended, oldest first.

    A branch begins with yesterday, or with `since` where it is given and nothing ended before.
    """
    found = await rows(
        session,
        """
        SELECT b.id, g.day::date AS day
        FROM branch b
        CROSS JOIN LATERAL (
            SELECT (CAST(:now AS timestamptz) AT TIME ZONE b.zone)::date - 1 AS last
        ) y
        CROSS JOIN LATERAL generate_series(
            least(coalesce(CAST(:since AS date), y.last), coalesce(
                (SELECT max(e.day) + 1 FROM ended_day e WHERE e.branch_id = b.id), y.last)),
            y.last, interval '1 day') AS g (day)
        WHERE NOT EXISTS (SELECT FROM ended_day e WHERE e.branch_id = b.id AND e.day = g.day)
        ORDER BY g.day, b.code
        """,
        now=now,
        since=since,
    )
    return [(r.id, r.day) for r in found]


async def end(session: Session, branch_id: UUID, day: date, now: datetime) -> bool | None:
    """Note that a branch's day has ended, once: None when it had. Whoever is second waits.

    Tells whether what stands now stood at its end: only of yesterday.
    """
    found = await rows(
        session,
        "INSERT INTO ended_day (branch_id, day, ended_at, counted_at, saw_levels)"
        " SELECT id, :day, :now, :now,"
        " CAST(:day AS date) = (CAST(:now AS timestamptz) AT TIME ZONE zone)::date - 1"
        " FROM branch WHERE id = :branch ON CONFLICT DO NOTHING RETURNING saw_levels",
        branch=branch_id,
        day=day,
        now=now,
    )
    return found[0].saw_levels if found else None


async def keep(session: Session, branch_id: UUID, day: date, *, levels: bool) -> None:
    """Count what a branch's day came to and keep it. Levels are seen once: counted again, a day
    keeps those that it has."""
    columns = [m for m in KEPT if levels or m not in LEVELS]
    select = counted(frozenset(columns), levels=levels, live=False)
    names = ", ".join(columns)
    await run(
        session,
        f"UPDATE day_fact SET {', '.join(f'{name} = 0' for name in columns)}"  # noqa: S608
        " WHERE branch_id = :branch AND day = :day",
        branch=branch_id,
        day=day,
    )
    await run(
        session,
        f"""
        WITH {_DAY}
        INSERT INTO day_fact (branch_id, day, agent_id, product_code, {names})
        SELECT branch_id, day, agent_id, product_code, {names} FROM ({select}) counted
        ON CONFLICT (branch_id, day, agent_id, product_code)
        DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in columns)}
        """,  # noqa: S608 our own constants
        branch=branch_id,
        day=day,
    )


async def keep_rolls(session: Session, branch_id: UUID, day: date) -> None:
    """Keep how accounts went from bucket to bucket since the month of `day` began.

    The last day of a month fixes the opening buckets of the next.
    """
    await _open_month(session, branch_id, day)
    await run(
        session,
        """
        INSERT INTO bucket_roll
        SELECT c.branch_id, :day, a.product_code, o.bucket,
               CASE WHEN c.closed_at IS NULL THEN c.bucket ELSE 'closed' END,
               count(*), sum(o.principal_minor), sum(c.overdue_minor)
        FROM opening_bucket o JOIN account a ON a.id = o.account_id
        JOIN case_file c ON c.account_id = a.id
        WHERE o.branch_id = :branch AND o.month = date_trunc('month', CAST(:day AS date))
        GROUP BY c.branch_id, a.product_code, 4, 5
        ON CONFLICT DO NOTHING
        """,
        branch=branch_id,
        day=day,
    )
    tomorrow = date.fromordinal(day.toordinal() + 1)
    if tomorrow.day == 1:
        await _open_month(session, branch_id, tomorrow)


async def _open_month(session: Session, branch_id: UUID, day: date) -> None:
    await run(
        session,
        """
        INSERT INTO opening_bucket (account_id, month, branch_id, bucket, principal_minor)
        SELECT c.account_id, date_trunc('month', CAST(:day AS date)), c.branch_id, c.bucket,
               a.principal_outstanding_minor
        FROM case_file c JOIN account a ON a.id = c.account_id
        WHERE c.branch_id = :branch AND c.closed_at IS NULL
        ON CONFLICT DO NOTHING
        """,
        branch=branch_id,
        day=day,
    )


LOOK_BACK_DAYS = 62
"""Facts that come in later than this for a day that ended are left out of its figures."""


async def changed_since(session: Session, branch_id: UUID, now: datetime) -> Sequence[date]:
    """A branch's ended days of which something came in after they were counted: from a phone that
    was offline, or as a later version of a visit."""
    found = await rows(
        session,
        """
        SELECT e.day FROM ended_day e JOIN branch b ON b.id = e.branch_id
        CROSS JOIN LATERAL (
            SELECT e.day::timestamp AT TIME ZONE b.zone AS begins,
                   (e.day + 1)::timestamp AT TIME ZONE b.zone AS ends
        ) d
        WHERE e.branch_id = :branch
          AND e.ended_at > CAST(:now AS timestamptz) - make_interval(days => :days) AND (
            EXISTS (SELECT FROM receipt r WHERE r.branch_id = b.id AND r.taken_at >= d.begins
                    AND r.taken_at < d.ends AND r.received_at > e.counted_at)
            OR EXISTS (SELECT FROM deposit p WHERE p.branch_id = b.id AND p.deposited_at >= d.begins
                       AND p.deposited_at < d.ends AND p.posted_at > e.counted_at)
            OR EXISTS (SELECT FROM visit v WHERE v.branch_id = b.id AND v.day = e.day
                       AND greatest(v.decided_at, v.replaced_at) > e.counted_at)
        )
        ORDER BY e.day
        """,
        branch=branch_id,
        now=now,
        days=LOOK_BACK_DAYS,
    )
    return [r.day for r in found]


async def lock_day(session: Session, branch_id: UUID, day: date, now: datetime) -> None:
    """Note that an ended day is counted again; two at once would wait for each other."""
    await run(
        session,
        "UPDATE ended_day SET counted_at = :now WHERE branch_id = :branch AND day = :day",
        branch=branch_id,
        day=day,
        now=now,
    )


async def branch_ids(session: Session) -> Sequence[UUID]:
    """All branches in scope, by code."""
    return [r.id for r in await rows(session, "SELECT id FROM branch ORDER BY code")]
