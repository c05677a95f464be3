"""SQL of installment plans."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from collection.portfolio.plans.plan import InstallmentPlan
from data.session import Session, rows, run


async def missing_accounts(session: Session, refs: Sequence[str]) -> list[str]:
    """Which of the lender's account numbers are of no account in scope."""
    found = await rows(
        session,
        "SELECT r.ref FROM unnest(CAST(:refs AS text[])) AS r (ref)"
        " WHERE NOT EXISTS (SELECT FROM account a WHERE a.source_ref = r.ref) ORDER BY r.ref",
        refs=list(refs),
    )
    return [r.ref for r in found]


async def put_plans(session: Session, plans: Sequence[InstallmentPlan], since: date) -> None:
    """Set plans; those that change begin anew with the first installment from `since` on."""
    await run(
        session,
        """
        INSERT INTO installment_plan AS p (account_id, branch_id, first_on, every, unit,
            installments, principal_minor, interest_minor, next_no)
        SELECT a.id, a.branch_id, n.first_on, n.every, n.unit, n.installments, n.principal_minor,
               n.interest_minor, (
                   SELECT coalesce(min(k), n.installments + 1)
                   FROM generate_series(1, n.installments) k
                   WHERE installment_due_on(n.first_on, n.every, n.unit, k) >= :since)
        FROM unnest(CAST(:refs AS text[]), CAST(:firsts AS date[]), CAST(:every AS int[]),
                    CAST(:units AS text[]), CAST(:counts AS int[]), CAST(:principals AS bigint[]),
                    CAST(:interests AS bigint[]))
             AS n (ref, first_on, every, unit, installments, principal_minor, interest_minor)
        JOIN account a ON a.source_ref = n.ref
        ON CONFLICT (account_id) DO UPDATE
        SET first_on = excluded.first_on, every = excluded.every, unit = excluded.unit,
            installments = excluded.installments, principal_minor = excluded.principal_minor,
            interest_minor = excluded.interest_minor, next_no = excluded.next_no
        WHERE (p.first_on, p.every, p.unit, p.installments, p.principal_minor, p.interest_minor)
            <> (excluded.first_on, excluded.every, excluded.unit, excluded.installments,
                excluded.principal_minor, excluded.interest_minor)
        """,
        since=since,
        refs=[plan.account_ref for plan in plans],
        firsts=[plan.first_on for plan in plans],
        every=[plan.every for plan in plans],
        units=[plan.unit for plan in plans],
        counts=[plan.installments for plan in plans],
        principals=[plan.principal_minor for plan in plans],
        interests=[plan.interest_minor for plan in plans],
    )


async def make_demands(session: Session, branch_id: UUID, until: date, now: datetime) -> None:
    """Make the demands of a branch's plans that fall due by `until`.

    A demand that a file has brought, by its day or its number, stays as the file has it.
    """
    await run(
        session,
        """
        WITH due AS (
            SELECT p.*, k AS no, installment_due_on(p.first_on, p.every, p.unit, k) AS due_on,
                   -- What all parts so far come to, less what those before do: nothing is lost.
                   p.principal_minor * k / p.installments
                       - p.principal_minor * (k - 1) / p.installments AS principal,
                   p.interest_minor * k / p.installments
                       - p.interest_minor * (k - 1) / p.installments AS interest
            FROM installment_plan p CROSS JOIN LATERAL generate_series(p.next_no, p.installments) k
            WHERE p.branch_id = :branch AND p.next_on <= :until
              AND installment_due_on(p.first_on, p.every, p.unit, k) <= :until
        ), made AS (
            INSERT INTO demand (id, branch_id, account_id, due_on, installment_no, principal_minor,
                interest_minor, charges_minor, penal_minor, total_minor)
            SELECT uuid_v7(:at), branch_id, account_id, due_on, no, principal, interest, 0, 0,
                   principal + interest
            FROM due WHERE NOT EXISTS (
                SELECT FROM demand d
                WHERE d.account_id = due.account_id AND d.installment_no = due.no)
            ON CONFLICT (account_id, due_on) WHERE arrears_plan_id IS NULL DO NOTHING
        )
        UPDATE installment_plan p SET next_no = n.no + 1
        FROM (SELECT account_id, max(no) AS no FROM due GROUP BY account_id) n
        WHERE p.account_id = n.account_id
        """,
        branch=branch_id,
        until=until,
        at=now,
    )
