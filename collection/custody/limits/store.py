"""SQL of cash limits and their changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update

from core.money import Money
from data.session import Session, rows
from data.tables.custody import LimitChange


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a limit, as far as deciding it needs to know."""

    agent_id: UUID
    limit: Money
    proposed_by: UUID
    decision: str | None
    decided_by: UUID | None


async def add(
    session: Session,
    change_id: UUID,
    branch_id: UUID,
    agent_id: UUID,
    limit: Money,
    reason: str,
    by: UUID,
    now: datetime,
) -> None:
    """Store a proposed change; one of the same agent that was open is overtaken."""
    await session.execute(
        update(LimitChange)
        .where(LimitChange.agent_id == agent_id, LimitChange.decision.is_(None))
        .values(decision="overtaken", decided_at=now)
    )
    await session.execute(
        insert(LimitChange).values(
            id=change_id, branch_id=branch_id, agent_id=agent_id, limit_minor=limit.amount_minor,
            currency=limit.currency, reason=reason, proposed_by=by, proposed_at=now,
        )
    )  # fmt: skip


async def lock(session: Session, change_id: UUID) -> Change | None:
    """A change in scope, locked until it is decided."""
    found = await rows(
        session,
        "SELECT agent_id, limit_minor, currency, proposed_by, decision, decided_by"
        " FROM limit_change WHERE id = :id FOR UPDATE",
        id=change_id,
    )
    if not found:
        return None
    r = found[0]
    limit = Money(r.limit_minor, r.currency)
    return Change(r.agent_id, limit, r.proposed_by, r.decision, r.decided_by)


async def decide(session: Session, change_id: UUID, decision: str, by: UUID, now: datetime) -> None:
    """Keep a decision."""
    await session.execute(
        update(LimitChange)
        .where(LimitChange.id == change_id)
        .values(decision=decision, decided_by=by, decided_at=now)
    )


@dataclass(frozen=True, slots=True)
class Proposed:
    """A higher limit that waits for another person."""

    id: UUID
    limit: Money
    reason: str
    proposed_by: UUID
    proposed_by_name: str
    proposed_at: datetime


@dataclass(frozen=True, slots=True)
class LimitLine:
    """An agent's limit, what is in hand against it, and the change that waits."""

    agent_id: UUID
    agent: str
    branch: str
    limit: Money
    in_hand: Money
    proposed: Proposed | None

    @property
    def used_pct(self) -> int:
        """How much of the limit is in hand, of a hundred; 100 where nothing may be."""
        if not self.limit.amount_minor:
            return 100
        return min(100, round(100 * self.in_hand.amount_minor / self.limit.amount_minor))


_LINE = """
SELECT s.id, s.full_name, b.code, t.limit_minor, t.in_hand_minor, t.currency, c.id AS change_id,
       c.limit_minor AS asked_minor, c.reason, c.proposed_by,
       coalesce(p.full_name, '') AS proposer, c.proposed_at
FROM till t JOIN staff s ON s.id = t.agent_id JOIN branch b ON b.id = t.branch_id
LEFT JOIN limit_change c ON c.agent_id = t.agent_id AND c.decision IS NULL
LEFT JOIN staff p ON p.id = c.proposed_by
"""


async def limits(
    session: Session, *, q: str | None, after: tuple[str, UUID] | None, limit: int
) -> Sequence[LimitLine]:
    """The limits of agents in scope who work here, those with a change that waits first, by name;
    those whose name has `q` in it."""
    name, agent_id = after or (None, None)
    found = await rows(
        session,
        _LINE
        + """
        WHERE s.is_active AND (CAST(:q AS text) IS NULL OR s.full_name ILIKE '%' || :q || '%')
          AND (CAST(:name AS text) IS NULL OR ((CASE WHEN c.id IS NULL THEN '1' ELSE '0' END)
               || s.full_name, s.id) > (:name, CAST(:agent AS uuid)))
        ORDER BY (CASE WHEN c.id IS NULL THEN '1' ELSE '0' END) || s.full_name, s.id LIMIT :limit
        """,
        q=q,
        name=name,
        agent=agent_id,
        limit=limit,
    )
    return [_line(r) for r in found]


async def limit_of(session: Session, agent_id: UUID) -> LimitLine | None:
    """The limit of one agent in scope."""
    found = await rows(session, f"{_LINE} WHERE s.id = :agent", agent=agent_id)
    return _line(found[0]) if found else None


def _line(r: Any) -> LimitLine:
    proposed = r.change_id and Proposed(
        r.change_id, Money(r.asked_minor, r.currency), r.reason, r.proposed_by, r.proposer,
        r.proposed_at,
    )  # fmt: skip
    return LimitLine(
        r.id, r.full_name, r.code, Money(r.limit_minor, r.currency),
        Money(r.in_hand_minor, r.currency), proposed,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class PastChange:
    """A change that was decided; nobody has decided one that another overtook."""

    limit: Money
    reason: str
    proposed_by_name: str
    decision: str
    decided_at: datetime
    decided_by_name: str | None


async def history(session: Session, agent_id: UUID) -> Sequence[PastChange]:
    """The last changes of an agent's limit that were decided, the newest first."""
    found = await rows(
        session,
        """
        SELECT c.limit_minor, c.currency, c.reason, coalesce(p.full_name, '') AS proposer,
               c.decision, c.decided_at, d.full_name AS decider
        FROM limit_change c LEFT JOIN staff p ON p.id = c.proposed_by
        LEFT JOIN staff d ON d.id = c.decided_by
        WHERE c.agent_id = :agent AND c.decision IS NOT NULL ORDER BY c.id DESC LIMIT 20
        """,
        agent=agent_id,
    )
    return [
        PastChange(
            Money(r.limit_minor, r.currency), r.reason, r.proposer, r.decision, r.decided_at,
            r.decider,
        )
        for r in found
    ]  # fmt: skip


def order_key(line: LimitLine) -> tuple[str, UUID]:
    """Where a line stands in the order of `limits`."""
    return f"{'1' if line.proposed is None else '0'}{line.agent}", line.agent_id
