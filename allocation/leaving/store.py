"""SQL of leaving."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from allocation.leaving.standing import Cash, Phone, Standing
from core.money import Money
from data.session import Session, rows
from data.tables.access import Leaving
from identity.errors import PersonNotFound

_STANDING = """
SELECT s.id, s.branch_id, s.full_name, s.role, l.left_at,
    (SELECT count(*) FROM access_token t WHERE t.staff_id = s.id AND t.revoked_at IS NULL
        AND t.expires_at > :now) AS sign_ins,
    (SELECT count(*) FROM assignment a JOIN case_file c ON c.id = a.case_id
        WHERE a.agent_id = s.id AND upper_inf(a.during) AND c.closed_at IS NULL) AS open_cases,
    (SELECT count(*) FROM shift h WHERE h.agent_id = s.id AND upper(h.during) > :now) AS shifts,
    (SELECT coalesce(array_agg(h.id ORDER BY h.id), '{}') FROM cash_handover h
        WHERE s.id IN (h.giver_id, h.taker_id) AND h.state = 'offered') AS open_handovers,
    (SELECT coalesce(array_agg(b.series || ' ' || b.first_number || '–' || b.last_number
        ORDER BY b.issued_at, b.id), '{}') FROM receipt_book b
        WHERE b.agent_id = s.id AND b.returned_at IS NULL) AS receipt_books,
    (SELECT coalesce(array_agg(k.name ORDER BY k.name, k.id), '{}') FROM api_key k
        WHERE k.issued_by = s.id AND least(k.ended_at, k.expires_at) > :now) AS api_keys,
    o.id AS lease_id, coalesce(o.left_minor, 0) AS on_lease_minor,
    d.id AS phone_id, d.label, n.heard_at,
    t.currency, t.in_hand_minor, t.in_transit_minor
FROM staff s
LEFT JOIN leaving l ON l.staff_id = s.id
LEFT JOIN till t ON t.agent_id = s.id
LEFT JOIN offline_lease o ON o.agent_id = s.id AND o.closed_at IS NULL
LEFT JOIN sign_on i ON i.agent_id = s.id AND upper_inf(i.during) AND NOT isempty(i.during)
LEFT JOIN device d ON d.id = i.device_id
LEFT JOIN device_health n ON n.device_id = d.id
WHERE s.id = :staff
"""


async def standing(
    session: Session, staff_id: UUID, now: datetime, *, lock: bool = False
) -> Standing:
    """What a person in scope has; locked, nobody else ends the account meanwhile.

    Raises `PersonNotFound`, for programs too: their keys end by themselves.
    """
    tail = " FOR NO KEY UPDATE OF s" if lock else ""
    found = await rows(session, _STANDING + tail, staff=staff_id, now=now)
    if not found or found[0].role == "integration":
        raise PersonNotFound(str(staff_id))
    r = found[0]
    return Standing(
        r.id, r.branch_id, r.full_name, r.role, r.left_at, r.sign_ins, r.open_cases, r.shifts,
        tuple(r.open_handovers), tuple(r.receipt_books), tuple(r.api_keys), r.lease_id,
        Phone(r.phone_id, r.label, r.heard_at) if r.phone_id else None, _cash(r),
    )  # fmt: skip


def _cash(r: Any) -> Cash | None:
    if r.currency is None:
        return None
    amounts = (r.in_hand_minor, r.in_transit_minor, r.on_lease_minor)
    return Cash(*(Money(minor, r.currency) for minor in amounts))


async def add_leaving(
    session: Session, was: Standing, by: UUID, reason: str, cleared: Mapping[str, Any], at: datetime
) -> None:
    """Keep that somebody left, and what was cleared."""
    await session.execute(
        insert(Leaving).values(
            staff_id=was.staff_id, branch_id=was.branch_id, left_at=at, ended_by=by,
            reason=reason, cleared=dict(cleared),
        )
    )  # fmt: skip
