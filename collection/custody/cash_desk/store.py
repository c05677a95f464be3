"""SQL of what the cash desk looks at: deposits and tills, page by page."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from collection.custody.denominations import Denomination as Counted
from collection.custody.deposits.store import covered, denominations
from collection.custody.lots.lot import Part
from collection.custody.store import as_till
from collection.custody.till import Blocked
from core.money import Money
from data.session import Session, rows


@dataclass(frozen=True, slots=True)
class DepositView:
    """A deposit as the cash desk sees it."""

    id: UUID
    agent_id: UUID
    agent: str
    amount: Money
    target: str
    slip_no: str | None
    deposited_at: datetime
    posted_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    counted: Money | None
    proven: Money
    rejected_at: datetime | None
    rejected_because: str | None
    frees_at_once: bool
    denominations: tuple[Counted, ...]
    covers: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class TillView:
    """An agent's till as the cash desk sees it; `in_transit` is handed over, not proven yet."""

    agent_id: UUID
    agent: str
    in_hand: Money
    reserved: Money
    limit: Money
    headroom: Money
    pending: Money
    in_transit: Money
    blocked_for: Blocked | None


# A deposit at a bank is in transit until statements show all of it.
_STATES = {
    "in_transit": "d.acknowledged_at IS NULL AND d.rejected_at IS NULL"
    " AND d.proven_minor < d.amount_minor",
    "acknowledged": "(d.acknowledged_at IS NOT NULL OR d.proven_minor = d.amount_minor)",
    "rejected": "d.rejected_at IS NOT NULL",
}


async def deposits(
    session: Session,
    *,
    state: str | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[DepositView]:
    """Deposits in scope, oldest first, behind the one at `after`."""
    posted_at, deposit_id = after or (None, None)
    found = await rows(
        session,
        f"""
        SELECT d.*, s.full_name AS agent, k.full_name AS counter
        FROM deposit d JOIN staff s ON s.id = d.agent_id
        LEFT JOIN staff k ON k.id = d.acknowledged_by
        WHERE {_STATES[state] if state else "true"}
          AND (CAST(:posted_at AS timestamptz) IS NULL
               OR (d.posted_at, d.id) > (:posted_at, CAST(:id AS uuid)))
        ORDER BY d.posted_at, d.id LIMIT :limit
        """,  # noqa: S608 our own constants
        posted_at=posted_at,
        id=deposit_id,
        limit=limit,
    )
    ids = [r.id for r in found]
    counted = await denominations(session, ids)
    covers = await covered(session, ids)
    return [
        DepositView(
            r.id, r.agent_id, r.agent, Money(r.amount_minor, r.currency), r.target, r.slip_no,
            r.deposited_at, r.posted_at, r.acknowledged_at, r.counter,
            None if r.counted_minor is None else Money(r.counted_minor, r.currency),
            Money(r.proven_minor, r.currency), r.rejected_at, r.rejected_because,
            r.frees_at_once, counted[r.id], covers[r.id],
        )
        for r in found
    ]  # fmt: skip


async def tills(session: Session, *, after: tuple[str, UUID] | None, limit: int) -> list[TillView]:
    """Tills in scope by the agent's name, behind the one at `after`."""
    name, agent_id = after or (None, None)
    found = await rows(
        session,
        """
        SELECT t.*, s.full_name AS agent FROM till t JOIN staff s ON s.id = t.agent_id
        WHERE CAST(:name AS text) IS NULL OR (s.full_name, s.id) > (:name, CAST(:agent AS uuid))
        ORDER BY s.full_name, s.id LIMIT :limit
        """,
        name=name,
        agent=agent_id,
        limit=limit,
    )
    views = []
    for r in found:
        till = as_till(r)
        views.append(
            TillView(
                r.agent_id, r.agent, till.in_hand, till.reserved, till.limit, till.headroom,
                till.pending, till.in_transit, till.blocked_for,
            )
        )  # fmt: skip
    return views
