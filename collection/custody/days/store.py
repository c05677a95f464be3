"""SQL of a branch's cash days: proofs, the trial balance, closing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from collection.custody.days.proof import AccountBalance, AgentProof
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
