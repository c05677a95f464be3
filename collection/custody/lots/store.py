"""SQL of lots: the cash of one receipt in one agent's hands."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text

from collection.custody.lots.lot import Part
from core.money import Money
from data.session import Session, rows

# Laid end to end in order, the lots that begin before the amount ends are used, the last in part.
_TAKE = """
WITH line AS (
    SELECT receipt_id, left_minor, sum(left_minor) OVER (
        ORDER BY array_position(CAST(:first AS uuid[]), receipt_id), came_at, receipt_id) AS upto
    FROM cash_lot WHERE agent_id = :agent AND left_minor > 0
), used AS (
    SELECT receipt_id, least(left_minor, :minor - (upto - left_minor))::bigint AS minor
    FROM line WHERE upto - left_minor < :minor
)
UPDATE cash_lot l SET left_minor = l.left_minor - used.minor FROM used
WHERE l.receipt_id = used.receipt_id AND l.agent_id = :agent
RETURNING used.receipt_id, used.minor
"""


async def take_lots(
    session: Session, agent_id: UUID, amount: Money, first: Sequence[UUID] = ()
) -> tuple[Part, ...]:
    """Take an amount out of an agent's lots: whose receipts it is from.

    Those of the receipts named `first` in that order, then the oldest. The till is locked, and
    holds as much.
    """
    found = await rows(session, _TAKE, agent=agent_id, minor=amount.amount_minor, first=list(first))
    parts = (Part(r.receipt_id, Money(r.minor, amount.currency)) for r in found)
    return tuple(sorted(parts, key=lambda part: part.receipt_id))


async def give_lots(
    session: Session, branch_id: UUID, agent_id: UUID, parts: Sequence[Part]
) -> None:
    """Put cash of receipts into an agent's hands; it is as old as when the customer paid."""
    await session.execute(
        text(
            "INSERT INTO cash_lot AS l (receipt_id, agent_id, branch_id, came_at, left_minor)"
            " SELECT p.receipt_id, :agent, :branch, r.came_at, p.minor"
            " FROM unnest(CAST(:receipts AS uuid[]), CAST(:minor AS bigint[]))"
            " AS p (receipt_id, minor) CROSS JOIN LATERAL (SELECT min(came_at) AS came_at"
            " FROM cash_lot o WHERE o.receipt_id = p.receipt_id) r"
            " ON CONFLICT (receipt_id, agent_id)"
            " DO UPDATE SET left_minor = l.left_minor + excluded.left_minor"
        ),
        {
            "agent": agent_id,
            "branch": branch_id,
            "receipts": [part.receipt_id for part in parts],
            "minor": [part.amount.amount_minor for part in parts],
        },
    )


async def empty_lot(session: Session, agent_id: UUID, receipt_id: UUID) -> int:
    """Take out what is left of a receipt's cash in an agent's hands: how much that was."""
    found = await rows(
        session,
        "WITH was AS (SELECT left_minor FROM cash_lot"
        " WHERE receipt_id = :receipt AND agent_id = :agent)"
        " UPDATE cash_lot l SET left_minor = 0 FROM was"
        " WHERE l.receipt_id = :receipt AND l.agent_id = :agent RETURNING was.left_minor",
        receipt=receipt_id,
        agent=agent_id,
    )
    minor: int = found[0].left_minor if found else 0
    return minor
