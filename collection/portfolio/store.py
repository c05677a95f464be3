"""SQL of accounts and cases."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text, update

from collection.portfolio.figures import CaseFigures
from collection.portfolio.standing import Standing
from data.session import Session, rows
from data.tables.collection import CaseFile


async def head_office(session: Session) -> UUID | None:
    """The branch above all others; None before the installation is set up."""
    found = await rows(session, "SELECT id FROM branch WHERE parent_id IS NULL ORDER BY code")
    return found[0].id if found else None


async def lock_account(session: Session, account_id: UUID) -> None:
    """Have an account's figures move one fact at a time until the end."""
    await session.execute(
        text("SELECT id FROM account WHERE id = :account FOR NO KEY UPDATE"),
        {"account": account_id},
    )


async def outstanding_minor(session: Session, account_id: UUID) -> int:
    """What is unpaid of an account's demands, due or not yet."""
    found = await rows(
        session,
        "SELECT coalesce(sum(total_minor - paid_minor), 0)::bigint AS minor FROM demand"
        " WHERE account_id = :account AND paid_minor < total_minor",
        account=account_id,
    )
    minor: int = found[0].minor
    return minor


async def set_standing(session: Session, account_id: UUID, standing: Standing, as_of: date) -> None:
    """Set how late a case is and how much is overdue."""
    await session.execute(
        update(CaseFile)
        .where(CaseFile.account_id == account_id)
        .values(
            dpd=standing.dpd,
            bucket=standing.bucket,
            overdue_minor=standing.overdue.amount_minor,
            as_of=as_of,
        )
    )


async def case_facts(session: Session, account_ids: Sequence[UUID], as_of: date) -> Sequence[Any]:
    """What the figures of cases are worked out from, a row per account in the order of their ids.

    Columns: case_id, days_since_due (of the oldest unpaid demand, 0 for none), overdue_minor,
    promise_due_today, days_since_contact (-1 for never), broken_promises.
    """
    return await rows(
        session,
        """
        SELECT c.id AS case_id, coalesce(due.days, 0) AS days_since_due,
               coalesce(due.overdue_minor, 0) AS overdue_minor,
               coalesce(word.due_today, false) AS promise_due_today,
               coalesce(:as_of - (greatest(seen.at, paid.at) AT TIME ZONE b.zone)::date, -1)
                   AS days_since_contact,
               coalesce(word.broken, 0) AS broken_promises
        FROM case_file c JOIN branch b ON b.id = c.branch_id
        LEFT JOIN (
            SELECT account_id, greatest(CAST(:as_of AS date) - min(due_on), 0) AS days,
                   sum(total_minor - paid_minor) FILTER (WHERE due_on <= :as_of)::bigint
                       AS overdue_minor
            FROM demand WHERE account_id = ANY(:ids) AND paid_minor < total_minor
            GROUP BY account_id
        ) due ON due.account_id = c.account_id
        LEFT JOIN (
            SELECT account_id, bool_or(state = 'open' AND due_on = :as_of) AS due_today,
                   count(*) FILTER (WHERE state = 'broken') AS broken
            FROM promise WHERE account_id = ANY(:ids) GROUP BY account_id
        ) word ON word.account_id = c.account_id
        LEFT JOIN (
            SELECT case_id, max(device_time) AS at FROM check_in GROUP BY case_id
        ) seen ON seen.case_id = c.id
        LEFT JOIN (
            SELECT case_id, max(taken_at) AS at FROM receipt GROUP BY case_id
        ) paid ON paid.case_id = c.id
        WHERE c.account_id = ANY(:ids) ORDER BY c.account_id
        """,
        ids=list(account_ids),
        as_of=as_of,
    )


async def set_figures(session: Session, figures: CaseFigures, as_of: date) -> None:
    """Set the figures of many cases."""
    await session.execute(
        text(
            """
            UPDATE case_file c SET dpd = f.dpd, bucket = f.bucket, overdue_minor = f.overdue,
                   urgency = f.score, urgency_factors = f.factors, as_of = :as_of
            FROM unnest(CAST(:ids AS uuid[]), CAST(:dpd AS int[]), CAST(:bucket AS text[]),
                        CAST(:overdue AS bigint[]), CAST(:score AS int[]),
                        CAST(CAST(:factors AS text[]) AS jsonb[]))
                 AS f(id, dpd, bucket, overdue, score, factors)
            WHERE c.id = f.id
            """
        ),
        {
            "ids": list(figures.case_ids),
            "dpd": figures.dpd,
            "bucket": figures.bucket,
            "overdue": figures.overdue_minor,
            "score": figures.score,
            "factors": figures.factors,
            "as_of": as_of,
        },
    )
