"""SQL of the figures of many cases: what they are worked out from, and the figures laid ready.

Which accounts are asked about stands in the temporary table `asked`, which lasts until the end of
the transaction.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from collection.portfolio.case_figures.figures import CaseFacts, CaseFigures
from collection.portfolio.urgency import MOST_DAYS_ASSESSED, assessed_share
from data.session import Session, copy_rows, rows, run

FIGURES = {
    "account_id": "uuid", "dpd": "int", "bucket": "text", "section": "text", "stage": "text",
    "asset_class": "text",
    "overdue_minor": "bigint", "score": "int", "factors": "jsonb",
}  # fmt: skip


async def ask_for(session: Session, accounts: str, **parameters: Any) -> None:
    """Ask for the accounts that the query `accounts` gives.

    Its columns: account_id, branch_id, known_dpd (as the lender counts, or 0), promised_on (a
    promise that a file tells of, or null).
    """
    await run(session, "DROP TABLE IF EXISTS pg_temp.asked")
    await run(session, f"CREATE TEMP TABLE asked ON COMMIT DROP AS {accounts}", **parameters)
    await run(session, "ALTER TABLE asked ADD PRIMARY KEY (account_id)")
    await run(session, "ANALYZE asked")


async def facts(session: Session, day: date, types: Sequence[str]) -> CaseFacts:
    """What the figures of the accounts in `asked` are worked out from on `day`; `types` are the
    product types in the order of their terms."""
    found = await rows(
        session,
        """
        WITH due AS (
            SELECT account_id,
                   CAST(:day AS date) - min(coalesce(shifted_to, due_on)) AS days,
                   sum(total_minor - paid_minor)
                       FILTER (WHERE coalesce(shifted_to, due_on) <= :day)::bigint AS minor
            FROM demand WHERE paid_minor < total_minor
              AND account_id IN (SELECT account_id FROM asked) GROUP BY account_id
        ), taken AS (
            SELECT p.account_id, CAST(:day AS date) - min(coalesce(d.shifted_to, d.due_on)) AS days
            FROM asked n JOIN arrears_plan p ON p.account_id = n.account_id
            JOIN arrears_taken t ON t.plan_id = p.id JOIN demand d ON d.id = t.demand_id
            WHERE p.state = 'accepted' GROUP BY p.account_id
        ), broken AS (
            SELECT account_id, count(*) AS promises FROM promise
            WHERE state = 'broken' GROUP BY account_id
        ), contact AS (
            SELECT case_id, max(at) AS at FROM (
                SELECT case_id, device_time AS at FROM check_in
                UNION ALL SELECT case_id, taken_at FROM receipt) seen GROUP BY case_id
        ), assessed AS (
            SELECT DISTINCT ON (d.case_id) d.case_id, d.intent, d.ability
            FROM asked n JOIN case_file c ON c.account_id = n.account_id
            JOIN disposition d ON d.case_id = c.id
            WHERE d.intent IS NOT NULL
              AND d.happened_at >= CAST(:day AS date) - CAST(:assessed_days AS int)
            ORDER BY d.case_id, d.happened_at DESC, d.recorded_at DESC
        )
        SELECT n.account_id, array_position(CAST(:types AS text[]), a.product_type) - 1 AS product,
               coalesce(due.days, -1) AS days_since_due, n.known_dpd,
               coalesce(taken.days, -1) AS days_since_taken,
               coalesce(due.minor, 0) AS overdue_minor,
               coalesce(c.asset_class = 'npa', false) AS was_npa,
               coalesce(CASE WHEN p.source = 'file' THEN coalesce(n.promised_on, p.due_on)
                             ELSE coalesce(p.due_on, n.promised_on) END = :day, false)
                   AS promise_due_today,
               coalesce(greatest(:day - (contact.at AT TIME ZONE b.zone)::date, 0), -1)
                   AS days_since_contact,
               coalesce(broken.promises, 0) AS broken_promises,
               coalesce(m.best_chance, 'NaN') AS chance_of_meeting, s.intent, s.ability
        FROM asked n JOIN branch b ON b.id = n.branch_id JOIN account a ON a.id = n.account_id
        LEFT JOIN due ON due.account_id = n.account_id
        LEFT JOIN taken ON taken.account_id = n.account_id
        LEFT JOIN broken ON broken.account_id = n.account_id
        LEFT JOIN promise p ON p.account_id = n.account_id AND p.state = 'open'
        LEFT JOIN case_file c ON c.account_id = n.account_id
        LEFT JOIN contact ON contact.case_id = c.id
        LEFT JOIN meeting_chance m ON m.case_id = c.id
        LEFT JOIN assessed s ON s.case_id = c.id
        """,
        day=day,
        assessed_days=MOST_DAYS_ASSESSED,
        types=list(types),
    )

    def column(name: str, kind: type = np.int64) -> Any:
        return np.array([getattr(r, name) for r in found], dtype=kind)

    return CaseFacts(
        account_ids=[r.account_id for r in found],
        product=column("product"),
        days_since_due=column("days_since_due"),
        known_dpd=column("known_dpd"),
        days_since_taken=column("days_since_taken"),
        overdue_minor=column("overdue_minor"),
        was_npa=column("was_npa", np.bool_),
        promise_due_today=column("promise_due_today", np.bool_),
        days_since_contact=column("days_since_contact"),
        broken_promises=column("broken_promises"),
        chance_of_meeting=column("chance_of_meeting", np.float64),
        assessed=np.array(
            [assessed_share((r.intent, r.ability) if r.intent else None) for r in found]
        ),
    )


UPDATED = """dpd = f.dpd, bucket = f.bucket, section = f.section, asset_class = f.asset_class,
            overdue_minor = f.overdue_minor, urgency = f.score, urgency_factors = f.factors,
            as_of = :day"""
"""What a case gets of the figures `f` that were laid ready."""


async def stage(session: Session, figures: CaseFigures) -> None:
    """Lay figures ready in the temporary table `figures`."""
    columns = (
        figures.account_ids, figures.dpd, figures.bucket, figures.section, figures.stage,
        figures.asset_class,
        figures.overdue_minor, figures.score, figures.factors,
    )  # fmt: skip
    await copy_rows(session, "figures", FIGURES, zip(*columns, strict=True))


async def update_cases(session: Session, day: date) -> None:
    """Give cases the figures that were laid ready."""
    await run(
        session,
        f"UPDATE case_file c SET {UPDATED} FROM figures f WHERE c.account_id = f.account_id",  # noqa: S608
        day=day,
    )
