"""SQL of quarantine."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update

from data.session import Session, rows
from data.tables.platform import Quarantine, QuarantineEdit
from tracking.ping import Ping
from tracking.quarantine.entry import Edit, Entry, Line

_LINE = """
SELECT q.id, q.branch_id, q.device_id, d.label AS device, q.protocol, q.reason,
       octet_length(q.body) AS size_bytes, q.received_at, q.resolution, q.resolved_at,
       s.full_name AS resolved_by
FROM quarantine q LEFT JOIN device d ON d.id = q.device_id LEFT JOIN staff s ON s.id = q.resolved_by
"""


async def lines(
    session: Session,
    *,
    device_id: UUID | None,
    protocol: str | None,
    resolved: bool | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[Line]:
    """Entries in scope, the newest first, from behind `after` on."""
    before_at, before_id = after or (None, None)
    found = await rows(
        session,
        _LINE
        + """
        WHERE (CAST(:device AS uuid) IS NULL OR q.device_id = :device)
          AND (CAST(:protocol AS text) IS NULL OR q.protocol = :protocol)
          AND (CAST(:resolved AS boolean) IS NULL OR (q.resolution IS NOT NULL) = :resolved)
          AND (CAST(:before_at AS timestamptz) IS NULL
               OR (q.received_at, q.id) < (:before_at, CAST(:before_id AS uuid)))
        ORDER BY q.received_at DESC, q.id DESC LIMIT :limit
        """,
        device=device_id,
        protocol=protocol,
        resolved=resolved,
        before_at=before_at,
        before_id=before_id,
        limit=limit,
    )
    return [Line(*row) for row in found]


async def entry(session: Session, entry_id: UUID, *, lock: bool = False) -> Entry | None:
    """An entry in scope; with `lock` nobody else gets it before the transaction ends."""
    kept = "SELECT body FROM quarantine WHERE id = :id"
    body = await rows(session, f"{kept} FOR UPDATE" if lock else kept, id=entry_id)
    if not body:
        return None
    found = await rows(session, _LINE + "WHERE q.id = :id", id=entry_id)
    edits = await rows(
        session,
        "SELECT e.body, s.full_name, e.edited_at, e.reason FROM quarantine_edit e"
        " JOIN staff s ON s.id = e.edited_by WHERE e.entry_id = :id ORDER BY e.id",
        id=entry_id,
    )
    original = bytes(body[0].body)
    return Entry(
        Line(*found[0]), bytes(edits[-1].body) if edits else original, original,
        tuple(Edit(e.full_name, e.edited_at, e.reason) for e in edits),
    )  # fmt: skip


async def add_edit(
    session: Session,
    edit_id: UUID,
    line: Line,
    body: bytes,
    reason: str,
    staff_id: UUID,
    now: datetime,
) -> None:
    """Keep what an entry should have said."""
    await session.execute(
        insert(QuarantineEdit).values(
            id=edit_id, branch_id=line.branch_id, entry_id=line.id, body=body, reason=reason,
            edited_by=staff_id, edited_at=now,
        )
    )  # fmt: skip


async def stored(session: Session, device_id: UUID, pings: Sequence[Ping]) -> int:
    """How many of a device's pings are in the database."""
    found: Any = await rows(
        session,
        """
        SELECT count(*) AS pings FROM ping p
        JOIN unnest(CAST(:at AS timestamptz[]), CAST(:lat AS float8[]), CAST(:lon AS float8[]))
             AS sent (captured_at, lat, lon)
             ON p.captured_at = sent.captured_at AND p.lat = sent.lat AND p.lon = sent.lon
        WHERE p.device_id = :device
          AND p.captured_at BETWEEN :first AND :last
        """,
        device=device_id,
        at=[ping.captured_at for ping in pings],
        lat=[ping.lat for ping in pings],
        lon=[ping.lon for ping in pings],
        first=min(ping.captured_at for ping in pings),
        last=max(ping.captured_at for ping in pings),
    )
    count: int = found[0].pings
    return count


async def resolve(
    session: Session, entry_id: UUID, resolution: str, staff_id: UUID, now: datetime
) -> None:
    """Write down how an entry ended, and who did it."""
    await session.execute(
        update(Quarantine)
        .where(Quarantine.id == entry_id)
        .values(resolution=resolution, resolved_at=now, resolved_by=staff_id)
    )
