"""SQL of aged cash: the oldest of each agent, counters' hours, holidays, keepers, blocks."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from collection.custody.ageing.aged_cash import Keeper
from collection.custody.ageing.banking_hours import (
    LONGEST,
    WITHOUT_COUNTERS,
    BankingHours,
    Span,
    merged,
)
from collection.gate.closed_days.calendar import DAY
from collection.gate.closed_days.store import calendars
from collection.gate.store import second_of
from core.money import Money
from data.session import Session, rows
from data.tables.cash_field import SafeKeeping

DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Oldest:
    """An agent's cash in hand, since when the oldest of it is there, and who keeps it by night."""

    branch_id: UUID
    agent_id: UUID
    agent: str
    amount: Money
    oldest_at: datetime
    keeper: Keeper | None


async def oldest_cash(session: Session) -> Sequence[Oldest]:
    """The cash of each agent in scope who holds any, the oldest first."""
    found = await rows(
        session,
        """
        SELECT l.*, s.full_name AS agent, t.currency, k.keeper, k.place, k.kept_from
        FROM (SELECT branch_id, agent_id, sum(left_minor)::bigint AS minor,
                     min(came_at) AS oldest_at
              FROM cash_lot WHERE left_minor > 0 GROUP BY branch_id, agent_id) l
        JOIN till t ON t.agent_id = l.agent_id JOIN staff s ON s.id = l.agent_id
        LEFT JOIN LATERAL (
            SELECT keeper, place, kept_from FROM safe_keeping
            WHERE agent_id = l.agent_id AND kept_from >= l.oldest_at
            ORDER BY kept_from DESC LIMIT 1) k ON true
        ORDER BY l.oldest_at, l.agent_id
        """,
    )
    return [
        Oldest(
            r.branch_id, r.agent_id, r.agent, Money(r.minor, r.currency), r.oldest_at,
            None if r.keeper is None else Keeper(r.keeper, r.place, r.kept_from),
        )
        for r in found
    ]  # fmt: skip


async def banking_hours(
    session: Session, branch_ids: Collection[UUID], until: date
) -> Mapping[UUID, BankingHours]:
    """When the counters of each branch are open, with the holidays declared up to a day."""
    branches = list(branch_ids)
    found = await rows(
        session,
        """
        SELECT b.id, b.zone, p.hours FROM branch b
        LEFT JOIN deposit_point p ON p.branch_id = b.id AND p.closed_at IS NULL
        WHERE b.id = ANY(CAST(:branches AS uuid[]))
        """,
        branches=branches,
    )
    weekly: dict[UUID, dict[int, list[Span]]] = defaultdict(lambda: defaultdict(list))
    for r in found:
        for one in r.hours or ():
            weekly[r.id][one["weekday"]].append(
                (second_of(time.fromisoformat(one["from"]), 0),
                 second_of(time.fromisoformat(one["to"]), DAY_S))
            )  # fmt: skip
    days = await calendars(session, branches, until - LONGEST - DAY, until + DAY)
    return {
        r.id: BankingHours(
            r.zone, days[r.id].code,
            {day: merged(spans) for day, spans in weekly[r.id].items()} or WITHOUT_COUNTERS,
            days[r.id].local,
        )
        for r in found
    }  # fmt: skip


async def set_blocks(session: Session, overdue: Sequence[UUID]) -> None:
    """Have exactly these agents blocked for aged cash; what else blocks somebody stays."""
    # In the order of their ids, as everything locks tills.
    await session.execute(
        text(
            "UPDATE till t SET blocked_for = CASE WHEN o.is_overdue THEN 'aged_cash' END"
            " FROM (SELECT agent_id, agent_id = ANY(CAST(:overdue AS uuid[])) AS is_overdue"
            "       FROM till WHERE blocked_for = 'aged_cash'"
            "       OR blocked_for IS NULL AND agent_id = ANY(CAST(:overdue AS uuid[]))"
            "       ORDER BY agent_id FOR NO KEY UPDATE) o"
            " WHERE t.agent_id = o.agent_id AND (t.blocked_for IS NULL) = o.is_overdue"
        ),
        {"overdue": list(overdue)},
    )


async def add_keeping(
    session: Session,
    keeping_id: UUID,
    branch_id: UUID,
    agent_id: UUID,
    keeper: Keeper,
    amount: Money,
    body_hash: bytes,
) -> None:
    """Keep who has an agent's cash by night, unless that id is there already."""
    await session.execute(
        insert(SafeKeeping)
        .values(
            id=keeping_id,
            branch_id=branch_id,
            agent_id=agent_id,
            keeper=keeper.name,
            place=keeper.place,
            amount_minor=amount.amount_minor,
            currency=amount.currency,
            kept_from=keeper.since,
            body_hash=body_hash,
        )
        .on_conflict_do_nothing(index_elements=["id"])
    )


async def keeping(session: Session, keeping_id: UUID) -> tuple[Keeper, Money, bytes] | None:
    """A keeper in scope by the id of what was agreed, with the amount and the body's hash."""
    found: Sequence[Any] = await rows(
        session, "SELECT * FROM safe_keeping WHERE id = :id", id=keeping_id
    )
    if not found:
        return None
    r = found[0]
    keeper = Keeper(r.keeper, r.place, r.kept_from)
    return keeper, Money(r.amount_minor, r.currency), bytes(r.body_hash)
