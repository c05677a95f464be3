"""SQL of advances: the list of what can be paid before a holiday, and advances that are used."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from core.money import Money
from data.session import Session, rows, run


@dataclass(frozen=True, slots=True)
class AdvanceDue:
    """What a case owes on a holiday and can pay before it; it is not late until `counts_from`."""

    case_id: UUID
    demand_id: UUID
    customer_name: str
    account_ref: str
    due_on: date
    counts_from: date
    amount: Money


async def dues_ahead(
    session: Session, day: date, last_days: Mapping[UUID, date]
) -> Sequence[AdvanceDue]:
    """What falls due, for cases in scope, on the holidays behind `day` until the last day of each
    branch; by date and customer."""
    found = await rows(
        session,
        """
        SELECT c.id AS case_id, d.id AS demand_id, u.full_name, a.source_ref, d.due_on,
               d.shifted_to, d.total_minor - d.paid_minor AS minor, a.currency
        FROM unnest(CAST(:branches AS uuid[]), CAST(:last_days AS date[])) AS t (branch_id, last_on)
        JOIN case_file c ON c.branch_id = t.branch_id AND c.closed_at IS NULL
        JOIN account a ON a.id = c.account_id JOIN customer u ON u.id = c.customer_id
        JOIN demand d ON d.account_id = a.id AND d.paid_minor < d.total_minor
        WHERE d.due_on > :day AND d.due_on <= t.last_on AND d.shifted_to IS NOT NULL
        ORDER BY d.due_on, u.full_name, d.id
        """,
        day=day,
        branches=list(last_days),
        last_days=list(last_days.values()),
    )
    return [
        AdvanceDue(
            r.case_id, r.demand_id, r.full_name, r.source_ref, r.due_on, r.shifted_to,
            Money(r.minor, r.currency),
        )
        for r in found
    ]  # fmt: skip


async def shift_dues(
    session: Session, branch_id: UUID, first: date, last: date, shifts: Mapping[date, date]
) -> None:
    """Have a branch's open demands that are due on holidays from the first to the last day count
    from the next working day on (`shifts`, by holiday), and no others.

    Their accounts are locked first, in the order in which receipts lock them.
    """
    await run(
        session,
        """
        WITH n AS (
            SELECT o.id, o.account_id, s.shifted_to FROM demand o
            LEFT JOIN unnest(CAST(:holidays AS date[]), CAST(:next AS date[]))
                AS s (due_on, shifted_to) ON s.due_on = o.due_on
            WHERE o.branch_id = :branch AND o.due_on BETWEEN :first AND :last
              AND o.paid_minor < o.total_minor AND o.shifted_to IS DISTINCT FROM s.shifted_to
        ), locked AS MATERIALIZED (
            SELECT id FROM account WHERE id IN (SELECT account_id FROM n) ORDER BY id
            FOR NO KEY UPDATE
        )
        UPDATE demand d SET shifted_to = n.shifted_to
        FROM n JOIN locked ON locked.id = n.account_id WHERE d.id = n.id
        """,
        branch=branch_id,
        first=first,
        last=last,
        holidays=list(shifts),
        next=list(shifts.values()),
    )


async def days_below(session: Session, branch_id: UUID, now: datetime) -> Mapping[UUID, date]:
    """The day that it is at a branch and at those in scope that stand below it."""
    found = await rows(
        session,
        """
        SELECT b.id, (CAST(:now AS timestamptz) AT TIME ZONE b.zone)::date AS day FROM branch b
        WHERE EXISTS (SELECT FROM branch_line(b.id) l WHERE l.branch_id = :branch)
        """,
        branch=branch_id,
        now=now,
    )
    return {r.id: r.day for r in found}


async def use(session: Session, branch_id: UUID, day: date, now: datetime) -> None:
    """Have advances of a branch pay what has fallen due by `day`, the oldest first.

    The accounts are to be locked.
    """
    await run(
        session,
        """
        WITH due AS (
            SELECT d.id, d.account_id, d.branch_id, a.advance_minor,
                   d.total_minor - d.paid_minor AS unpaid_minor,
                   sum(d.total_minor - d.paid_minor) OVER older - (d.total_minor - d.paid_minor)
                       AS before_minor
            FROM account a JOIN demand d ON d.account_id = a.id AND d.paid_minor < d.total_minor
            WHERE a.branch_id = :branch AND a.advance_minor > 0
              AND coalesce(d.shifted_to, d.due_on) <= :day
            WINDOW older AS (PARTITION BY d.account_id ORDER BY d.due_on, d.id)
        ), part AS (
            SELECT *, least(unpaid_minor, advance_minor - before_minor)::bigint AS minor
            FROM due WHERE before_minor < advance_minor
        ), kept AS (
            INSERT INTO advance_use (id, branch_id, account_id, demand_id, used_on, amount_minor)
            SELECT uuid_v7(:at), branch_id, account_id, id, :day, minor FROM part
        ), paid AS (
            UPDATE demand d SET paid_minor = d.paid_minor + p.minor FROM part p WHERE d.id = p.id
        )
        UPDATE account a SET advance_minor = a.advance_minor - s.minor
        FROM (SELECT account_id, sum(minor)::bigint AS minor FROM part GROUP BY account_id) s
        WHERE a.id = s.account_id
        """,
        branch=branch_id,
        day=day,
        at=now,
    )


async def give_back(session: Session, account_id: UUID, wanted_minor: int) -> None:
    """Have an account's advance be at least `wanted_minor` again, by giving back what it has paid,
    the newest first; those demands are unpaid again. The account is to be locked."""
    await run(
        session,
        """
        WITH short AS (
            SELECT :wanted - advance_minor AS minor FROM account
            WHERE id = :account AND advance_minor < :wanted
        ), used AS (
            SELECT id, demand_id, amount_minor - given_back_minor AS minor,
                   sum(amount_minor - given_back_minor) OVER (ORDER BY used_on DESC, id DESC)
                       - (amount_minor - given_back_minor) AS before_minor
            FROM advance_use WHERE account_id = :account AND given_back_minor < amount_minor
        ), back AS (
            SELECT u.id, u.demand_id, least(u.minor, s.minor - u.before_minor)::bigint AS minor
            FROM used u CROSS JOIN short s WHERE u.before_minor < s.minor
        ), noted AS (
            UPDATE advance_use u SET given_back_minor = u.given_back_minor + b.minor
            FROM back b WHERE u.id = b.id
        ), unpaid AS (
            UPDATE demand d SET paid_minor = d.paid_minor - b.minor
            FROM (SELECT demand_id, sum(minor)::bigint AS minor FROM back GROUP BY demand_id) b
            WHERE d.id = b.demand_id
        )
        UPDATE account SET advance_minor = advance_minor
            + (SELECT coalesce(sum(minor), 0)::bigint FROM back)
        WHERE id = :account
        """,
        account=account_id,
        wanted=wanted_minor,
    )
