"""SQL of a branch's cash days: proofs, the trial balance, closing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from collection.custody.days.proof import AccountBalance, AgentProof
from collection.custody.days.still_open import Left, StillOpen
from core.money import Money
from data.session import Session, rows
from data.tables.cash_desk import DayClose


@dataclass(frozen=True, slots=True)
class BranchDay:
    """A branch with its zone, and the last of its days that is closed."""

    branch_id: UUID
    code: str
    zone: str
    closed_to: date | None


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """A day that is closed, by whom, and its figures then."""

    branch_id: UUID
    day: date
    closed_at: datetime
    closed_by: UUID
    figures: dict[str, Any]


BRANCH = "SELECT id, code, zone FROM branch WHERE code = :code"


async def branch_day(session: Session, code: str, *, lock: bool = False) -> BranchDay | None:
    """A branch in scope; locked, entries that are being written are waited for, and others wait."""
    found = await rows(
        session,
        BRANCH + (" FOR UPDATE" if lock else ""),
        code=code,
    )
    if not found:
        return None
    r = found[0]
    closed = await rows(
        session, "SELECT max(day) AS day FROM day_close WHERE branch_id = :branch", branch=r.id
    )
    return BranchDay(r.id, r.code, r.zone, closed[0].day)


async def branch_days(session: Session) -> Sequence[BranchDay]:
    """The branches in scope that have tills, by code."""
    found = await rows(
        session,
        "SELECT b.id, b.code, b.zone, (SELECT max(day) FROM day_close d WHERE d.branch_id = b.id)"
        " AS closed_to FROM branch b WHERE EXISTS (SELECT FROM till t WHERE t.branch_id = b.id)"
        " ORDER BY b.code",
    )
    return [BranchDay(*r) for r in found]


# By kind of entry and sign, each posting is one line of the proof. The facts are counted from their
# own rows, not from the journal that they are to prove.
_PROOFS = """
WITH moved AS (
    SELECT p.owner_id AS agent_id, e.booked_on < :day AS is_before, e.kind,
           p.amount_minor > 0 AS is_in, sum(p.amount_minor)::bigint AS minor
    FROM posting p JOIN journal_entry e ON e.id = p.entry_id
    WHERE p.ledger_account = 'agent_cash' AND p.branch_id = :branch AND e.booked_on <= :day
    GROUP BY 1, 2, 3, 4
)
SELECT t.agent_id, s.full_name AS agent, t.currency, t.in_hand_minor,
       coalesce(sum(m.minor) FILTER (WHERE m.is_before), 0)::bigint AS opening,
       coalesce(sum(m.minor) FILTER (WHERE NOT m.is_before AND m.kind = 'receipt'), 0)::bigint
           AS receipts,
       coalesce(-sum(m.minor) FILTER (WHERE NOT m.is_before
           AND m.kind IN ('receipt_reversal', 'refund_due')), 0)::bigint AS reversed,
       coalesce(-sum(m.minor) FILTER (WHERE NOT m.is_before AND m.kind = 'deposit'), 0)::bigint
           AS deposits,
       coalesce(sum(m.minor) FILTER (WHERE NOT m.is_before AND m.kind = 'deposit_rejection'),
           0)::bigint AS sent_back,
       coalesce(sum(m.minor) FILTER (WHERE NOT m.is_before AND m.kind = 'handover' AND m.is_in),
           0)::bigint AS taken_over,
       coalesce(-sum(m.minor) FILTER (WHERE NOT m.is_before AND m.kind = 'handover'
           AND NOT m.is_in), 0)::bigint AS handed_over,
       coalesce(sum(m.minor), 0)::bigint AS closing,
       coalesce((SELECT f.minor FROM agent_cash_facts(:branch, :day) f
           WHERE f.agent_id = t.agent_id), 0) AS from_facts,
       EXISTS (SELECT FROM posting p JOIN journal_entry e ON e.id = p.entry_id
               WHERE p.ledger_account = 'agent_cash' AND p.owner_id = t.agent_id
               AND e.booked_on > :day) AS is_past
FROM till t JOIN staff s ON s.id = t.agent_id LEFT JOIN moved m ON m.agent_id = t.agent_id
WHERE t.branch_id = :branch
GROUP BY t.agent_id, s.full_name ORDER BY s.full_name, t.agent_id
"""


async def proofs(session: Session, branch_id: UUID, day: date) -> Sequence[AgentProof]:
    """The cash of each agent of a branch on a booked day, by name."""
    found = await rows(session, _PROOFS, branch=branch_id, day=day)
    return [_proof(r) for r in found]


def _proof(r: Any) -> AgentProof:
    opening, receipts, undone, deposits, sent_back, taken_over, handed_over, closing, facts = (
        Money(minor, r.currency)
        for minor in (
            r.opening, r.receipts, r.reversed, r.deposits, r.sent_back, r.taken_over,
            r.handed_over, r.closing, r.from_facts,
        )
    )  # fmt: skip
    in_till = None if r.is_past else Money(r.in_hand_minor, r.currency)
    return AgentProof(
        r.agent_id, r.agent, opening, receipts, undone, deposits, sent_back, taken_over,
        handed_over, closing, facts, in_till,
    )  # fmt: skip


async def trial_balance(session: Session, branch_id: UUID, day: date) -> list[AccountBalance]:
    """All ledger accounts of a branch at the end of a booked day; their balances add up to 0."""
    found = await rows(
        session,
        """
        SELECT p.ledger_account, p.currency,
               coalesce(sum(p.amount_minor) FILTER (WHERE p.amount_minor > 0), 0)::bigint AS debit,
               coalesce(-sum(p.amount_minor) FILTER (WHERE p.amount_minor < 0), 0)::bigint
                   AS credit,
               sum(p.amount_minor)::bigint AS balance
        FROM posting p JOIN journal_entry e ON e.id = p.entry_id
        WHERE e.branch_id = :branch AND e.booked_on <= :day
        GROUP BY p.ledger_account, p.currency ORDER BY p.currency, p.ledger_account
        """,
        branch=branch_id,
        day=day,
    )
    return [
        AccountBalance(r.ledger_account, r.currency, r.debit, r.credit, r.balance) for r in found
    ]


# What counts is when it came about, by the branch's clock; what was settled since is not open.
_STILL_OPEN = """
SELECT o.kind, s.full_name AS who, count(*)::int AS count, sum(o.minor)::bigint AS minor, o.currency
FROM (
    SELECT CASE target WHEN 'bank' THEN 'at_bank' ELSE 'to_count' END AS kind, agent_id AS who_id,
           amount_minor - proven_minor AS minor, currency
    FROM deposit
    WHERE branch_id = :branch AND posted_at < :end AND acknowledged_at IS NULL
      AND rejected_at IS NULL AND proven_minor < amount_minor
    UNION ALL
    SELECT kind, owner_id, amount_minor, currency FROM cash_difference
    WHERE branch_id = :branch AND found_at < :end AND settled_at IS NULL
    UNION ALL
    SELECT 'handover', giver_id, amount_minor, currency FROM cash_handover
    WHERE branch_id = :branch AND offered_at < :end AND state = 'offered'
    UNION ALL
    SELECT 'reversal', v.asked_by, r.amount_minor, r.currency
    FROM receipt_reversal v JOIN receipt r ON r.id = v.receipt_id
    WHERE v.branch_id = :branch AND v.asked_at < :end AND v.state = 'asked'
    UNION ALL
    SELECT 'refund', asked_by, amount_minor, currency FROM refund
    WHERE branch_id = :branch AND asked_at < :end AND state = 'asked'
    UNION ALL
    SELECT 'vault_unconfirmed', handed_by, counted_minor, currency FROM vault_count
    WHERE branch_id = :branch AND counted_at < :end AND handed_by IS NOT NULL
      AND confirmed_at IS NULL
    UNION ALL
    SELECT 'vault_uncounted', NULL, NULL, NULL
    WHERE NOT EXISTS (SELECT FROM vault_count WHERE branch_id = :branch
        AND occasion = 'closing' AND counted_at >= :begin AND counted_at < :end)
) o LEFT JOIN staff s ON s.id = o.who_id
GROUP BY o.kind, o.who_id, s.full_name, o.currency
ORDER BY o.kind, sum(o.minor) DESC, s.full_name
"""


async def still_open(
    session: Session, branch_id: UUID, begin: datetime, end: datetime
) -> list[StillOpen]:
    """What came about at a branch before `end` and is not settled now, and whether its vault was
    counted since `begin` as the day closes; by kind, the largest first."""
    found = await rows(session, _STILL_OPEN, branch=branch_id, begin=begin, end=end)
    return [
        StillOpen(
            Left(r.kind), r.who, r.count, None if r.minor is None else Money(r.minor, r.currency)
        )
        for r in found
    ]


async def closed_day(session: Session, branch_id: UUID, day: date) -> ClosedDay | None:
    """How a day was closed."""
    found = await rows(
        session,
        "SELECT * FROM day_close WHERE branch_id = :branch AND day = :day",
        branch=branch_id,
        day=day,
    )
    if not found:
        return None
    r = found[0]
    return ClosedDay(r.branch_id, r.day, r.closed_at, r.closed_by, r.figures)


@dataclass(frozen=True, slots=True)
class Closing:
    """Which day was closed, when and by whom."""

    day: date
    closed_at: datetime
    closed_by: str


async def closings(session: Session, branch_code: str, limit: int) -> list[Closing]:
    """The last days of a branch in scope that are closed, the newest first."""
    found = await rows(
        session,
        "SELECT d.day, d.closed_at, s.full_name FROM day_close d"
        " JOIN branch b ON b.id = d.branch_id JOIN staff s ON s.id = d.closed_by"
        " WHERE b.code = :code ORDER BY d.day DESC LIMIT :limit",
        code=branch_code,
        limit=limit,
    )
    return [Closing(*r) for r in found]


async def add_close(session: Session, closed: ClosedDay) -> None:
    """Close a day for good."""
    await session.execute(
        insert(DayClose).values(
            branch_id=closed.branch_id,
            day=closed.day,
            closed_at=closed.closed_at,
            closed_by=closed.closed_by,
            figures=closed.figures,
        )
    )
