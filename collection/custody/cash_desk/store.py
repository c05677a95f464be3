"""SQL of what the cash desk looks at: deposits and tills, page by page."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from collection.custody.denominations import Denomination as Counted
from collection.custody.store import denominations
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
    denominations: tuple[Counted, ...]


@dataclass(frozen=True, slots=True)
class TillView:
    """An agent's till as the cash desk sees it; `in_transit` is handed over, not counted yet."""

    agent_id: UUID
    agent: str
    in_hand: Money
    reserved: Money
    limit: Money
    headroom: Money
    in_transit: Money


async def deposits(
    session: Session,
    *,
    acknowledged: bool | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[DepositView]:
    """Deposits in scope, oldest first, behind the one at `after`."""
    posted_at, deposit_id = after or (None, None)
    found = await rows(
        session,
        """
        SELECT d.*, s.full_name AS agent, k.full_name AS counter
        FROM deposit d JOIN staff s ON s.id = d.agent_id
        LEFT JOIN staff k ON k.id = d.acknowledged_by
        WHERE (CAST(:acknowledged AS boolean) IS NULL
               OR (d.acknowledged_at IS NOT NULL) = :acknowledged)
          AND (CAST(:posted_at AS timestamptz) IS NULL
               OR (d.posted_at, d.id) > (:posted_at, CAST(:id AS uuid)))
        ORDER BY d.posted_at, d.id LIMIT :limit
        """,
        acknowledged=acknowledged,
        posted_at=posted_at,
        id=deposit_id,
        limit=limit,
    )
    counted = await denominations(session, [r.id for r in found])
    return [
        DepositView(
            r.id, r.agent_id, r.agent, Money(r.amount_minor, r.currency), r.target, r.slip_no,
            r.deposited_at, r.posted_at, r.acknowledged_at, r.counter, counted[r.id],
        )
        for r in found
    ]  # fmt: skip


async def tills(session: Session, *, after: tuple[str, UUID] | None, limit: int) -> list[TillView]:
    """Tills in scope by the agent's name, behind the one at `after`."""
    name, agent_id = after or (None, None)
    found = await rows(
        session,
        """
        SELECT t.*, s.full_name AS agent, coalesce(d.in_transit_minor, 0) AS in_transit_minor
        FROM till t JOIN staff s ON s.id = t.agent_id
        LEFT JOIN LATERAL (
            SELECT sum(amount_minor)::bigint AS in_transit_minor FROM deposit
            WHERE agent_id = t.agent_id AND acknowledged_at IS NULL
        ) d ON true
        WHERE CAST(:name AS text) IS NULL OR (s.full_name, s.id) > (:name, CAST(:agent AS uuid))
        ORDER BY s.full_name, s.id LIMIT :limit
        """,
        name=name,
        agent=agent_id,
        limit=limit,
    )
    return [
        TillView(
            r.agent_id, r.agent, Money(r.in_hand_minor, r.currency),
            Money(r.reserved_minor, r.currency), Money(r.limit_minor, r.currency),
            Money(r.limit_minor - r.in_hand_minor - r.reserved_minor, r.currency),
            Money(r.in_transit_minor, r.currency),
        )
        for r in found
    ]  # fmt: skip
