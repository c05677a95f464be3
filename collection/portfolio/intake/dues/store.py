"""SQL of what a demand file says is due, from the temporary table of its rows."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from collection.portfolio.case_figures.store import UPDATED, ask_for
from data.session import Session, rows, run


async def add_demands(session: Session, now: datetime) -> Sequence[Any]:
    """Add demands, and have older ones say what the file says.

    Rows (line, total_minor, paid_minor, moved_minor) that would be less than receipts have paid
    change nothing, nor do others than before for what an arrears plan has taken over.
    """
    await run(
        session,
        """
        INSERT INTO demand (id, branch_id, account_id, due_on, installment_no, principal_minor,
            interest_minor, charges_minor, penal_minor, total_minor)
        SELECT uuid_v7(:at), branch_id, account_id, due_on, installment_no, principal_minor,
            interest_minor, charges_minor, penal_minor, total_minor
        FROM incoming
        ON CONFLICT (account_id, due_on) WHERE arrears_plan_id IS NULL DO NOTHING
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
          AND i.total_minor >= d.paid_minor AND d.arrears_plan_id IS NULL AND d.moved_minor = 0
          AND (d.principal_minor, d.interest_minor, d.charges_minor, d.penal_minor)
              <> (i.principal_minor, i.interest_minor, i.charges_minor, i.penal_minor)
        """,
    )
    return await rows(
        session,
        "SELECT i.line, i.total_minor, d.paid_minor, d.moved_minor FROM incoming i JOIN demand d"
        " ON d.account_id = i.account_id AND d.due_on = i.due_on AND d.arrears_plan_id IS NULL"
        " WHERE i.is_news AND (i.total_minor < d.paid_minor"
        " OR d.moved_minor > 0 AND i.total_minor <> d.total_minor + d.moved_minor)",
    )


async def ask_for_news(session: Session) -> None:
    """Ask for the figures of the file's accounts, where they are news. Where an arrears plan runs,
    the lender's own count of days is of what the plan has taken over."""
    await ask_for(
        session,
        "SELECT i.account_id, (array_agg(i.branch_id))[1] AS branch_id,"
        " CASE WHEN EXISTS (SELECT FROM arrears_plan p WHERE p.account_id = i.account_id"
        " AND p.state = 'accepted') THEN 0 ELSE coalesce(max(i.dpd), 0) END AS known_dpd,"
        " max(i.promise_on) AS promised_on FROM incoming i WHERE i.is_news GROUP BY i.account_id",
    )


async def update_cases(session: Session, day: date) -> None:
    """Give the cases that there are their new figures, and what the file says of visits.

    An address that was found in the field stays the case's address.
    """
    await run(
        session,
        f"""
        UPDATE case_file c
        SET {UPDATED},
            address_id = CASE WHEN d.provenance = 'field' THEN c.address_id ELSE i.address_id END,
            preferred_from = CASE WHEN i.hours THEN i.preferred_from ELSE c.preferred_from END,
            preferred_to = CASE WHEN i.hours THEN i.preferred_to ELSE c.preferred_to END
        FROM figures f, address d, (
            SELECT DISTINCT ON (account_id) account_id, address_id, preferred_from, preferred_to,
                   preferred_from IS NOT NULL OR preferred_to IS NOT NULL AS hours
            FROM incoming WHERE is_news ORDER BY account_id, due_on DESC) i
        WHERE c.account_id = f.account_id AND i.account_id = f.account_id AND d.id = c.address_id
        """,  # noqa: S608 our own constant
        day=day,
    )


async def add_cases(session: Session, day: date, now: datetime) -> None:
    """Open a case for each account that has none, at the stage that it has come to."""
    await run(
        session,
        """
        INSERT INTO case_file (id, branch_id, account_id, customer_id, address_id, stage,
            dpd, bucket, section, asset_class, overdue_minor, urgency, urgency_factors,
            preferred_from, preferred_to, opened_at, as_of)
        SELECT uuid_v7(:at), i.branch_id, i.account_id, i.customer_id, i.address_id, f.stage, f.dpd,
               f.bucket, f.section, f.asset_class, f.overdue_minor, f.score, f.factors,
               i.preferred_from, i.preferred_to, :at, :day
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
