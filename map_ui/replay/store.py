"""SQL of replays. Writes nothing."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from core.geometry import LatLon
from data.session import Session, rows
from map_ui.replay.day import Payment


async def currency_of(session: Session, agent_id: UUID) -> str:
    """What an agent in scope takes money in."""
    found = await rows(
        session,
        "SELECT b.currency FROM agent_profile a JOIN branch b ON b.id = a.branch_id"
        " WHERE a.agent_id = :agent",
        agent=agent_id,
    )
    return str(found[0].currency)


async def places(session: Session, case_ids: Sequence[UUID]) -> dict[UUID, LatLon]:
    """Where the customers of these cases are believed to be; one who cannot be placed is left
    out."""
    found = await rows(
        session,
        """
        SELECT c.id, ST_Y(p.place) AS lat, ST_X(p.place) AS lon
        FROM case_file c JOIN address a ON a.id = c.address_id
        LEFT JOIN fence f ON f.address_id = c.address_id
        CROSS JOIN LATERAL (SELECT coalesce(f.center, a.location)::geometry AS place) p
        WHERE c.id = ANY(CAST(:cases AS uuid[])) AND p.place IS NOT NULL
        """,
        cases=list(case_ids),
    )
    return {r.id: LatLon(r.lat, r.lon) for r in found}


async def payments(session: Session, agent_id: UUID, day: date) -> tuple[Payment, ...]:
    """What an agent took on a working day of the branch, the earliest first; what was reversed is
    left out."""
    found = await rows(
        session,
        """
        SELECT r.id, r.taken_at, r.amount_minor, r.mode, u.full_name,
               CAST(r.fix->>'lat' AS float8) AS lat, CAST(r.fix->>'lon' AS float8) AS lon
        FROM agent_profile a JOIN branch b ON b.id = a.branch_id
        JOIN receipt r ON r.agent_id = a.agent_id
             AND r.taken_at >= CAST(:day AS date)::timestamp AT TIME ZONE b.zone
             AND r.taken_at < (CAST(:day AS date) + 1)::timestamp AT TIME ZONE b.zone
        JOIN case_file c ON c.id = r.case_id JOIN customer u ON u.id = c.customer_id
        WHERE a.agent_id = :agent AND NOT EXISTS (
            SELECT FROM receipt_reversal v WHERE v.receipt_id = r.id AND v.state = 'approved')
        ORDER BY r.taken_at, r.id
        """,
        agent=agent_id,
        day=day,
    )
    return tuple(
        Payment(
            r.id, r.taken_at, r.amount_minor, r.mode, r.full_name,
            None if r.lat is None or r.lon is None else LatLon(r.lat, r.lon),
        )
        for r in found
    )  # fmt: skip
