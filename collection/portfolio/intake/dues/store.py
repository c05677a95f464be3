"""SQL of what a demand file says is due, from the temporary table of its rows."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from collection.portfolio.figures import CaseFigures
from collection.portfolio.intake.store import copy_rows, run
from data.session import Session, rows

FIGURES = {
    "account_id": "uuid", "dpd": "int", "bucket": "text", "overdue_minor": "bigint",
    "score": "int", "factors": "jsonb",
}  # fmt: skip


async def add_demands(session: Session, now: datetime) -> Sequence[Any]:
    """Add demands, and have older ones say what the file says.

    Rows (line, total_minor, paid_minor) that would be less than receipts have paid change nothing.
    """
    await run(
        session,
        """
        INSERT INTO demand (id, branch_id, account_id, due_on, installment_no, principal_minor,
            interest_minor, charges_minor, penal_minor, total_minor)
        SELECT uuid_v7(:at), branch_id, account_id, due_on, installment_no, principal_minor,
            interest_minor, charges_minor, penal_minor, total_minor
        FROM incoming ON CONFLICT (account_id, due_on) DO NOTHING
        """,
        at=now,
    )
    await run(
        session,
        """
        UPDATE demand d SET installment_no = coalesce(i.installment_no, d.installment_no),
               principal_minor = i.principal_minor, interest_minor = i.interest_minor,
               charges_minor = i.charges_minor, penal_minor = i.penal_minor,
               total_minor = i.total_minor
        FROM incoming i WHERE i.is_news AND d.account_id = i.account_id AND d.due_on = i.due_on
          AND i.total_minor >= d.paid_minor
          AND (d.principal_minor, d.interest_minor, d.charges_minor, d.penal_minor)
              <> (i.principal_minor, i.interest_minor, i.charges_minor, i.penal_minor)
        """,
    )
    return await rows(
        session,
        "SELECT i.line, i.total_minor, d.paid_minor FROM incoming i JOIN demand d"
        " ON d.account_id = i.account_id AND d.due_on = i.due_on"
        " WHERE i.is_news AND i.total_minor < d.paid_minor",
    )


async def case_facts(session: Session, day: date) -> Sequence[Any]:
    """What the figures of the file's accounts are worked out from, where they are news.

    Columns: account_id, days_since_due (of the oldest unpaid demand, 0 for none), known_dpd (as
    the lender counts, or 0), overdue_minor, promise_due_today, days_since_contact (-1 for never),
    broken_promises, chance_of_meeting (at the best hours, not a number where nobody visited).
    """
    return await rows(
        session,
        """
        WITH news AS MATERIALIZED (
            SELECT account_id, (array_agg(branch_id))[1] AS branch_id,
                   coalesce(max(dpd), 0) AS known_dpd, max(promise_on) AS promised_on
            FROM incoming WHERE is_news GROUP BY account_id
        ), due AS (
            SELECT account_id, greatest(CAST(:day AS date) - min(due_on), 0) AS days,
                   sum(total_minor - paid_minor) FILTER (WHERE due_on <= :day)::bigint AS minor
            FROM demand WHERE paid_minor < total_minor
              AND account_id IN (SELECT account_id FROM news) GROUP BY account_id
        ), broken AS (
            SELECT account_id, count(*) AS promises FROM promise
            WHERE state = 'broken' GROUP BY account_id
        ), contact AS (
            SELECT case_id, max(at) AS at FROM (
                SELECT case_id, device_time AS at FROM check_in
                UNION ALL SELECT case_id, taken_at FROM receipt) seen GROUP BY case_id
        )
        SELECT n.account_id, coalesce(due.days, 0) AS days_since_due, n.known_dpd,
               coalesce(due.minor, 0) AS overdue_minor,
               coalesce(CASE WHEN p.source = 'file' THEN coalesce(n.promised_on, p.due_on)
                             ELSE coalesce(p.due_on, n.promised_on) END = :day, false)
                   AS promise_due_today,
               coalesce(greatest(:day - (contact.at AT TIME ZONE b.zone)::date, 0), -1)
                   AS days_since_contact,
               coalesce(broken.promises, 0) AS broken_promises,
               coalesce(m.best_chance, 'NaN') AS chance_of_meeting
        FROM news n JOIN branch b ON b.id = n.branch_id
        LEFT JOIN due ON due.account_id = n.account_id
        LEFT JOIN broken ON broken.account_id = n.account_id
        LEFT JOIN promise p ON p.account_id = n.account_id AND p.state = 'open'
        LEFT JOIN case_file c ON c.account_id = n.account_id
        LEFT JOIN contact ON contact.case_id = c.id
        LEFT JOIN meeting_chance m ON m.case_id = c.id
        """,
        day=day,
    )


async def stage_figures(session: Session, figures: CaseFigures) -> None:
    """Put figures beside the file's rows, for `update_cases` and `add_cases`."""
    columns = (
        figures.account_ids, figures.dpd, figures.bucket, figures.overdue_minor, figures.score,
        figures.factors,
    )  # fmt: skip
    await copy_rows(session, "figures", FIGURES, zip(*columns, strict=True))


async def update_cases(session: Session, day: date) -> None:
    """Give the cases that there are their new figures, and what the file says of visits.

    An address that was found in the field stays the case's address.
    """
    await run(
        session,
        """
        UPDATE case_file c
        SET dpd = f.dpd, bucket = f.bucket, overdue_minor = f.overdue_minor, urgency = f.score,
            urgency_factors = f.factors, as_of = :day,
            address_id = CASE WHEN d.provenance = 'field' THEN c.address_id ELSE i.address_id END,
            preferred_from = CASE WHEN i.hours THEN i.preferred_from ELSE c.preferred_from END,
            preferred_to = CASE WHEN i.hours THEN i.preferred_to ELSE c.preferred_to END
        FROM figures f, address d, (
            SELECT DISTINCT ON (account_id) account_id, address_id, preferred_from, preferred_to,
                   preferred_from IS NOT NULL OR preferred_to IS NOT NULL AS hours
            FROM incoming WHERE is_news ORDER BY account_id, due_on DESC) i
        WHERE c.account_id = f.account_id AND i.account_id = f.account_id AND d.id = c.address_id
        """,
        day=day,
    )


async def add_cases(session: Session, day: date, now: datetime) -> None:
    """Open a case for each account that has none."""
    await run(
        session,
        """
        INSERT INTO case_file (id, branch_id, account_id, customer_id, address_id, dpd, bucket,
            overdue_minor, urgency, urgency_factors, preferred_from, preferred_to, opened_at, as_of)
        SELECT uuid_v7(:at), i.branch_id, i.account_id, i.customer_id, i.address_id, f.dpd,
               f.bucket, f.overdue_minor, f.score, f.factors, i.preferred_from, i.preferred_to,
               :at, :day
        FROM (SELECT DISTINCT ON (account_id) * FROM incoming
              ORDER BY account_id, due_on DESC) i
        JOIN figures f ON f.account_id = i.account_id
        ON CONFLICT (account_id) DO NOTHING
        """,
        day=day,
        at=now,
    )


async def add_promises(session: Session, now: datetime) -> None:
    """Add the file's promises; one made in the field stays, an older one of a file is replaced."""
    await run(
        session,
        """
        UPDATE promise p SET state = 'replaced' FROM incoming i
        WHERE i.is_news AND i.promise_on IS NOT NULL AND p.account_id = i.account_id
          AND p.state = 'open' AND p.source = 'file'
          AND (p.due_on, p.amount_minor) <> (i.promise_on, i.promise_minor)
        """,
    )
    await run(
        session,
        """
        INSERT INTO promise (id, branch_id, account_id, case_id, amount_minor, currency, due_on,
            made_at, source, body_hash)
        SELECT uuid_v7(:at), i.branch_id, i.account_id, c.id, i.promise_minor, a.currency,
               i.promise_on, :at, 'file',
               sha256(convert_to(concat_ws('|', i.account_ref, i.promise_on, i.promise_minor),
                                 'UTF8'))
        FROM (SELECT DISTINCT ON (account_id) * FROM incoming
              WHERE is_news AND promise_on IS NOT NULL
              ORDER BY account_id, promise_on DESC) i
        JOIN case_file c ON c.account_id = i.account_id
        JOIN account a ON a.id = i.account_id
        WHERE NOT EXISTS (
            SELECT FROM promise p WHERE p.account_id = i.account_id AND (p.state = 'open'
            OR (p.source, p.due_on, p.amount_minor) = ('file', i.promise_on, i.promise_minor)))
        """,
        at=now,
    )
