"""SQL of phones' self-tests and their beats."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, text

from core.ids import new_id
from data.session import Session, rows
from data.tables import tracking as tables
from tracking.health.self_test import Beat, SelfTest


@dataclass(frozen=True, slots=True)
class StoredSelfTest:
    """A self-test as it is kept."""

    id: UUID
    test: SelfTest


async def lock_device(session: Session, device_id: UUID) -> None:
    """Have starts of one device's tests come one after the other."""
    await session.execute(
        text("SELECT id FROM device WHERE id = :id FOR NO KEY UPDATE"), {"id": device_id}
    )


async def latest(session: Session, device_id: UUID) -> StoredSelfTest | None:
    """A device's newest test."""
    found = await rows(
        session,
        "SELECT id, started_at, ends_at, interval_s * interval '1 second' AS every FROM self_test"
        " WHERE device_id = :device ORDER BY started_at DESC LIMIT 1",
        device=device_id,
    )
    if not found:
        return None
    r = found[0]
    return StoredSelfTest(r.id, SelfTest(r.started_at, r.ends_at, r.every))


async def beats(session: Session, self_test_id: UUID) -> list[Beat]:
    """What a device reported during a test, by the device's time."""
    found = await rows(
        session,
        "SELECT captured_at, received_at FROM self_test_beat WHERE self_test_id = :id"
        " ORDER BY captured_at",
        id=self_test_id,
    )
    return [Beat(*r) for r in found]


async def add(session: Session, branch_id: UUID, device_id: UUID, test: SelfTest) -> StoredSelfTest:
    """Keep that a test has begun."""
    test_id = new_id()
    await session.execute(
        insert(tables.SelfTest).values(
            id=test_id,
            branch_id=branch_id,
            device_id=device_id,
            started_at=test.started_at,
            ends_at=test.ends_at,
            interval_s=int(test.interval.total_seconds()),
        )
    )
    return StoredSelfTest(test_id, test)


async def ping_interval_s(session: Session, branch_id: UUID) -> int | None:
    """How often phones of a branch should take their position, where it has decided that."""
    (found,) = await rows(
        session, "SELECT branch_policy(:branch, 'ping_interval_s') AS value", branch=branch_id
    )
    return None if found.value is None else int(found.value)


@dataclass(frozen=True, slots=True)
class PhoneLook:
    """What a phone's own page shows: when it was last heard, who carries it, and the zone of its
    branch."""

    heard_at: datetime | None
    carried_by: str | None
    zone: str


async def look_of(session: Session, device_id: UUID, now: datetime) -> PhoneLook:
    """How a device in scope looks from here."""
    (found,) = await rows(
        session,
        """
        SELECT greatest(h.heard_at, p.received_at, b.received_at) AS heard_at,
               CASE WHEN o.id IS NOT NULL THEN coalesce(s.full_name, 'a colleague') END
                   AS carried_by,
               r.zone
        FROM device d JOIN branch r ON r.id = d.branch_id
        LEFT JOIN device_health h ON h.device_id = d.id
        LEFT JOIN sign_on o ON o.device_id = d.id AND o.during @> CAST(:now AS timestamptz)
        LEFT JOIN staff s ON s.id = o.agent_id
        LEFT JOIN LATERAL (SELECT max(received_at) AS received_at FROM agent_position
                           WHERE agent_id = o.agent_id AND device_id = d.id) p ON true
        LEFT JOIN LATERAL (SELECT max(e.received_at) AS received_at FROM self_test t
                           JOIN self_test_beat e ON e.self_test_id = t.id
                           WHERE t.device_id = d.id) b ON true
        WHERE d.id = :device
        """,
        device=device_id,
        now=now,
    )
    return PhoneLook(found.heard_at, found.carried_by, found.zone)
