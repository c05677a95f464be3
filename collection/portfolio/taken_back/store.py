"""SQL of taking a demand file back: what it changed is noted as it comes in, and put right again.

Noted is one row for each account of the file, each demand that it brought or changed, and each
promise that it brought or replaced, with what they were `before`; without that the file brought
them. A case goes with its account. Nothing in it tells who a customer is.
"""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update

from collection.portfolio.case_figures.store import ask_for
from core.money import Money
from core.said import say, say_many
from data.session import Session, rows, run
from data.tables.intake import DemandFileChange, DemandFileImport

KEPT = timedelta(days=4)
"""How long it is kept what a file has changed: a mistake of before a long weekend is found."""

MOST_TOLD = 50
"""As many of what stands in the way are told; the rest are counted."""

_DEMAND = """jsonb_build_object('installment_no', d.installment_no,
    'principal_minor', d.principal_minor, 'interest_minor', d.interest_minor,
    'charges_minor', d.charges_minor, 'penal_minor', d.penal_minor)"""
_ACCOUNT = """jsonb_build_object('product_code', a.product_code, 'product_type', a.product_type,
    'principal_minor', a.principal_outstanding_minor, 'emi_minor', a.emi_minor,
    'last_payment_on', a.last_payment_on, 'as_of', a.as_of, 'dpd', c.dpd, 'counted_on', c.as_of,
    'asset_class', c.asset_class, 'closure', c.closure)"""
_ACCOUNT_BEFORE = """AS b (product_code text, product_type text, principal_minor bigint,
    emi_minor bigint, last_payment_on date, as_of date, dpd int, counted_on date, asset_class text,
    closure text)"""
_DEMAND_BEFORE = """AS b (installment_no int, principal_minor bigint, interest_minor bigint,
    charges_minor bigint, penal_minor bigint)"""


async def note_known(session: Session) -> None:
    """Lay ready, in the temporary table `known_before`, what is known of the accounts in
    `incoming`; before anything of the file is added."""
    await run(session, "DROP TABLE IF EXISTS pg_temp.known_before")
    await run(
        session,
        f"""
        CREATE TEMP TABLE known_before ON COMMIT DROP AS
        WITH known AS MATERIALIZED (
            SELECT * FROM account WHERE source_ref IN (SELECT account_ref FROM incoming)
        )
        SELECT 'account' AS kind, a.id AS row_id, {_ACCOUNT} AS before
        FROM known a LEFT JOIN case_file c ON c.account_id = a.id
        UNION ALL
        SELECT 'demand', d.id, {_DEMAND} FROM known a JOIN demand d ON d.account_id = a.id
        WHERE d.arrears_plan_id IS NULL
          AND (a.source_ref, d.due_on) IN (SELECT account_ref, due_on FROM incoming)
        UNION ALL
        SELECT 'promise', p.id, '{{}}'::jsonb FROM known a JOIN promise p ON p.account_id = a.id
        WHERE p.state = 'open' AND p.source = 'file'
        """,  # noqa: S608 our own constants
    )
    await run(session, "ANALYZE known_before")


async def note_changes(session: Session, import_id: UUID, now: datetime) -> None:
    """Keep what an import has brought and changed of what is in `incoming`, and forget what older
    ones have."""
    await run(
        session,
        f"""
        INSERT INTO demand_file_change (import_id, kind, row_id, branch_id, before)
        SELECT :file, t.kind, t.row_id, t.branch_id, b.before FROM (
            SELECT DISTINCT 'account' AS kind, account_id AS row_id, branch_id, NULL::jsonb AS told
            FROM incoming
            UNION ALL
            SELECT 'demand', d.id, d.branch_id, {_DEMAND} FROM demand d
            WHERE d.arrears_plan_id IS NULL
              AND (d.account_id, d.due_on) IN (SELECT account_id, due_on FROM incoming)
            UNION ALL
            SELECT 'promise', p.id, p.branch_id, CASE WHEN p.state = 'open' THEN '{{}}'::jsonb END
            FROM promise p WHERE p.source = 'file'
              AND p.account_id IN (SELECT account_id FROM incoming)
              AND (p.made_at = :now OR p.id IN (SELECT row_id FROM known_before))
        ) t LEFT JOIN known_before b USING (kind, row_id)
        WHERE t.kind = 'account' OR b.before IS DISTINCT FROM t.told
        """,  # noqa: S608 our own constants
        file=import_id,
        now=now,
    )
    await run(
        session,
        "DELETE FROM demand_file_change x USING demand_file_import i"
        " WHERE i.id = x.import_id AND i.imported_at < :before",
        before=now - KEPT,
    )


async def file(session: Session, import_id: UUID) -> Any | None:
    """A file (taken_back_at, is_kept) in scope; whether it is kept what it has changed."""
    found = await rows(
        session,
        "SELECT i.taken_back_at,"
        " EXISTS (SELECT FROM demand_file_change x WHERE x.import_id = i.id) AS is_kept"
        " FROM demand_file_import i WHERE i.id = :file",
        file=import_id,
    )
    return found[0] if found else None


async def lock_accounts(session: Session, import_id: UUID) -> int:
    """Lock a file's accounts, in the order that all who lock several keep; how many of them are
    out of scope by now."""
    found = await rows(
        session,
        """
        WITH its AS MATERIALIZED (
            SELECT row_id FROM demand_file_change WHERE import_id = :file AND kind = 'account'
        ), locked AS MATERIALIZED (
            SELECT id FROM account WHERE id IN (SELECT row_id FROM its)
            ORDER BY id FOR NO KEY UPDATE
        )
        SELECT (SELECT count(*) FROM its) - (SELECT count(*) FROM locked) AS gone
        """,
        file=import_id,
    )
    gone: int = found[0].gone
    return gone


_IN_THE_WAY = """
WITH imported AS (SELECT id, imported_at FROM demand_file_import WHERE id = :file),
its AS (
    SELECT a.id, c.id AS case_id, u.full_name, b.zone, x.before IS NULL AS is_new, i.imported_at
    FROM imported i JOIN demand_file_change x ON x.import_id = i.id AND x.kind = 'account'
    JOIN account a ON a.id = x.row_id JOIN customer u ON u.id = a.customer_id
    JOIN case_file c ON c.account_id = a.id JOIN branch b ON b.id = a.branch_id
), found AS (
    SELECT 'file' AS what, f.file_name AS name, f.business_date AS day,
           count(*)::bigint AS minor, '' AS currency
    FROM imported i JOIN demand_file_change x ON x.import_id = i.id AND x.kind = 'account'
    JOIN demand_file_change y ON y.kind = 'account' AND y.row_id = x.row_id
        AND y.import_id <> i.id
    JOIN demand_file_import f ON f.id = y.import_id
        AND (f.imported_at, f.id) > (i.imported_at, i.id)
    GROUP BY f.id
    UNION ALL
    SELECT 'receipt', t.full_name, (r.taken_at AT TIME ZONE t.zone)::date, r.amount_minor,
           r.currency
    FROM its t JOIN receipt r ON r.account_id = t.id AND r.received_at >= t.imported_at
    WHERE NOT EXISTS (SELECT FROM receipt_reversal v
                      WHERE v.receipt_id = r.id AND v.state = 'approved')
    UNION ALL
    SELECT 'advance', t.full_name, u.used_on, u.amount_minor - u.given_back_minor, a.currency
    FROM imported i JOIN demand_file_change x ON x.import_id = i.id AND x.kind = 'demand'
    JOIN advance_use u ON u.demand_id = x.row_id AND u.amount_minor > u.given_back_minor
    JOIN its t ON t.id = u.account_id JOIN account a ON a.id = u.account_id
    WHERE x.before IS NULL OR u.used_on >= (t.imported_at AT TIME ZONE t.zone)::date
    UNION ALL
    SELECT 'plan', t.full_name, (p.offered_at AT TIME ZONE t.zone)::date, p.total_minor, p.currency
    FROM its t JOIN arrears_plan p ON p.account_id = t.id
    WHERE p.state = 'offered' AND p.offered_at >= t.imported_at OR p.accepted_at >= t.imported_at
    UNION ALL
    SELECT 'link', t.full_name, (l.made_at AT TIME ZONE t.zone)::date, l.amount_minor, l.currency
    FROM its t JOIN payment_link l ON l.case_id = t.case_id AND l.made_at >= t.imported_at
    WHERE l.withdrawn_at IS NULL AND l.expires_at > :now
    UNION ALL
    SELECT 'promise', t.full_name, p.due_on, p.amount_minor, p.currency
    FROM its t JOIN promise p ON p.account_id = t.id AND p.state = 'open' AND p.source <> 'file'
    WHERE t.is_new
)
SELECT *, count(*) OVER () AS many FROM found
ORDER BY what <> 'file', what <> 'receipt', day, name LIMIT :most
"""


async def in_the_way(
    session: Session, import_id: UUID, now: datetime, out_of_sight: int
) -> tuple[tuple[str, ...], int]:
    """What has come of a file (the first ones), and how much it is in all: later files that tell of
    its accounts, and the receipts, advances, plans, links and promises since."""
    found = await rows(
        session, _IN_THE_WAY, file=import_id, now=now, most=MOST_TOLD
    )  # fmt: skip
    told = [_obstacle(r) for r in found]
    if out_of_sight:
        told.append(
            say_many(
                "one of its accounts has moved to another branch",
                "{count} of its accounts have moved to other branches",
                out_of_sight,
            )
        )
    return tuple(told), (found[0].many if found else 0) + bool(out_of_sight)


def _obstacle(r: Any) -> str:
    if r.what == "file":
        return say_many(
            "“{name}” tells of one of its accounts, too",
            "“{name}” tells of {count} of its accounts, too",
            r.minor,
            name=r.name,
        )
    facts = {"name": r.name, "amount": Money(r.minor, r.currency), "day": r.day}
    return {
        "receipt": say("{name} paid {amount} on {day}", **facts),
        "advance": say("an advance of {name} paid {amount} on {day}", **facts),
        "plan": say("{name} was offered a plan for {amount} on {day}", **facts),
        "link": say("{name} can pay {amount} by a link of {day}", **facts),
        "promise": say("{name} promised {amount} for {day}", **facts),
    }[r.what]


async def restore_demands(session: Session, import_id: UUID) -> None:
    """Have demands be those that they were."""
    await run(
        session,
        "DELETE FROM demand d USING demand_file_change x"
        " WHERE x.import_id = :file AND x.kind = 'demand' AND x.before IS NULL"
        " AND d.id = x.row_id",
        file=import_id,
    )
    await run(
        session,
        f"""
        UPDATE demand d SET installment_no = b.installment_no, principal_minor = b.principal_minor,
               interest_minor = b.interest_minor, charges_minor = b.charges_minor,
               penal_minor = b.penal_minor, total_minor = b.principal_minor + b.interest_minor
                   + b.charges_minor + b.penal_minor
        FROM demand_file_change x CROSS JOIN jsonb_to_record(x.before) {_DEMAND_BEFORE}
        WHERE x.import_id = :file AND x.kind = 'demand' AND x.before IS NOT NULL
          AND d.id = x.row_id
        """,  # noqa: S608 our own constants
        file=import_id,
    )


async def restore_promises(session: Session, import_id: UUID) -> None:
    """Have the file's open promises be replaced, and those that it replaced be open."""
    await run(
        session,
        "UPDATE promise p SET state = 'replaced' FROM demand_file_change x"
        " WHERE x.import_id = :file AND x.kind = 'promise' AND x.before IS NULL"
        " AND p.id = x.row_id AND p.state = 'open'",
        file=import_id,
    )
    await run(
        session,
        """
        UPDATE promise p SET state = 'open' FROM demand_file_change x
        WHERE x.import_id = :file AND x.kind = 'promise' AND x.before IS NOT NULL
          AND p.id = x.row_id AND p.state = 'replaced' AND NOT EXISTS (
              SELECT FROM promise o WHERE o.account_id = p.account_id AND o.state = 'open')
        """,
        file=import_id,
    )


async def restore_accounts(session: Session, import_id: UUID) -> None:
    """Have accounts say what they said; one that the file brought owes nothing, and any file has
    news of it."""
    await run(
        session,
        f"""
        UPDATE account a SET product_code = coalesce(b.product_code, a.product_code),
               product_type = coalesce(b.product_type, a.product_type),
               principal_outstanding_minor = coalesce(b.principal_minor, 0),
               emi_minor = b.emi_minor, last_payment_on = b.last_payment_on, as_of = b.as_of
        FROM demand_file_change x
        CROSS JOIN jsonb_to_record(coalesce(x.before, '{{}}')) {_ACCOUNT_BEFORE}
        WHERE x.import_id = :file AND x.kind = 'account' AND a.id = x.row_id
        """,  # noqa: S608 our own constants
        file=import_id,
    )
    await run(
        session,
        f"""
        UPDATE case_file c SET asset_class = b.asset_class
        FROM demand_file_change x CROSS JOIN jsonb_to_record(x.before) {_ACCOUNT_BEFORE}
        WHERE x.import_id = :file AND x.kind = 'account' AND c.account_id = x.row_id
          AND c.asset_class <> b.asset_class
        """,  # noqa: S608 our own constants
        file=import_id,
    )


async def ask_for_accounts(session: Session, import_id: UUID, day: date) -> None:
    """Ask for the figures of a file's accounts. The lender's own count of days before it goes on
    while anything is unpaid."""
    await ask_for(
        session,
        f"""
        SELECT a.id AS account_id, a.branch_id, NULL::date AS promised_on,
               CASE WHEN b.dpd > 0 AND EXISTS (
                        SELECT FROM demand d WHERE d.account_id = a.id
                        AND d.paid_minor < d.total_minor)
                    THEN greatest(b.dpd + (CAST(:day AS date) - b.counted_on), 0) ELSE 0 END
                   AS known_dpd
        FROM demand_file_change x
        CROSS JOIN jsonb_to_record(coalesce(x.before, '{{}}')) {_ACCOUNT_BEFORE}
        JOIN account a ON a.id = x.row_id
        WHERE x.import_id = :file AND x.kind = 'account'
        """,  # noqa: S608 our own constants
        file=import_id,
        day=day,
    )


async def close_cases(
    session: Session, import_id: UUID, staff_id: UUID, because: str, now: datetime
) -> None:
    """Close the cases that a file has opened, or opened again, so far as nothing is overdue."""
    await run(
        session,
        f"""
        INSERT INTO stage_change (id, branch_id, case_id, from_stage, to_stage, closure, reason,
            changed_at, changed_by)
        SELECT uuid_v7(:now), c.branch_id, c.id, c.stage, 'closed',
               coalesce(b.closure, 'reinstated'), :because, :now, :staff
        FROM demand_file_change x
        CROSS JOIN jsonb_to_record(coalesce(x.before, '{{}}')) {_ACCOUNT_BEFORE}
        JOIN case_file c ON c.account_id = x.row_id
        WHERE x.import_id = :file AND x.kind = 'account' AND c.closed_at IS NULL
          AND c.overdue_minor = 0 AND (b.counted_on IS NULL OR b.closure IS NOT NULL)
        """,  # noqa: S608 our own constants
        file=import_id,
        now=now,
        because=because,
        staff=staff_id,
    )


async def set_taken_back(
    session: Session, import_id: UUID, staff_id: UUID, because: str, now: datetime
) -> None:
    """Keep who took a file back, when and why; what it had changed is forgotten."""
    await session.execute(
        update(DemandFileImport)
        .where(DemandFileImport.id == import_id)
        .values(taken_back_at=now, taken_back_by=staff_id, taken_back_because=because)
    )
    await session.execute(delete(DemandFileChange).where(DemandFileChange.import_id == import_id))
