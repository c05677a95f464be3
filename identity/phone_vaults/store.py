"""SQL of phone vaults. What they hold of keys, only a session that sees everything may read."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from data.session import Session, rows


@dataclass(frozen=True, slots=True)
class StoredVault:
    """A vault; `part` is the server's part of its key, None once it is destroyed."""

    id: UUID
    branch_id: UUID
    agent_id: UUID
    device_id: UUID | None
    part: bytes | None
    destroyed_at: datetime | None


@dataclass(frozen=True, slots=True)
class VaultLine:
    """A vault as the office sees it; `salvaged` counts the records that its phone handed in, all of
    them where `is_whole`."""

    id: UUID
    branch_id: UUID
    agent_id: UUID
    agent: str
    phone: str | None
    made_at: datetime
    destroyed_at: datetime | None
    salvaged: int | None
    is_whole: bool | None
    opened_at: datetime | None


async def vault(session: Session, vault_id: UUID) -> StoredVault | None:
    """A vault in scope."""
    found = await rows(
        session,
        "SELECT id, branch_id, agent_id, device_id, part, destroyed_at FROM phone_vault"
        " WHERE id = :id",
        id=vault_id,
    )
    return StoredVault(*found[0]) if found else None


async def add_vault(
    session: Session,
    vault_id: UUID,
    agent_id: UUID,
    device_key_hash: bytes | None,
    part: bytes,
    now: datetime,
) -> None:
    """Keep the server's part for a phone's vault, unless there is one of this id."""
    await rows(
        session,
        "INSERT INTO phone_vault (id, branch_id, agent_id, device_id, part, made_at)"
        " SELECT :id, p.branch_id, p.id, (SELECT id FROM device WHERE key_hash = :hash), :part,"
        "        :now FROM staff p WHERE p.id = :agent"
        " ON CONFLICT (id) DO NOTHING RETURNING id",
        id=vault_id,
        hash=device_key_hash,
        part=part,
        now=now,
        agent=agent_id,
    )


async def destroy(
    session: Session, now: datetime, *, vault_id: UUID | None = None, device_id: UUID | None = None
) -> Sequence[UUID]:
    """Destroy a vault, or those of a phone: the ids of those that were not yet."""
    found = await rows(
        session,
        "UPDATE phone_vault SET part = NULL, destroyed_at = :now"
        " WHERE (id = :vault OR device_id = :device) AND destroyed_at IS NULL RETURNING id",
        now=now,
        vault=vault_id,
        device=device_id,
    )
    return [row.id for row in found]


async def vaults(
    session: Session, *, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[VaultLine]:
    """The vaults in scope, the newest first, from behind `after` on."""
    after_at, after_id = after or (None, None)
    found = await rows(
        session,
        """
        SELECT v.id, v.branch_id, v.agent_id, p.full_name, d.label, v.made_at, v.destroyed_at,
               jsonb_array_length(s.records), s.is_whole, s.opened_at
        FROM phone_vault v
        JOIN staff p ON p.id = v.agent_id
        LEFT JOIN device d ON d.id = v.device_id
        LEFT JOIN phone_salvage s ON s.vault_id = v.id
        WHERE CAST(:after_at AS timestamptz) IS NULL
           OR (v.made_at, v.id) < (:after_at, CAST(:after_id AS uuid))
        ORDER BY v.made_at DESC, v.id DESC LIMIT :limit
        """,
        after_at=after_at,
        after_id=after_id,
        limit=limit,
    )
    return [VaultLine(*row) for row in found]


async def add_salvage(
    session: Session,
    of: StoredVault,
    sealed: dict[str, str],
    records: list[dict[str, Any]],
    now: datetime,
    *,
    is_last: bool,
    most_bytes: int,
) -> bool:
    """Keep what a phone hands in, behind what it has handed in before, until the last part came;
    what is there already changes nothing. False, and nothing is kept, beyond so many bytes."""
    found = await rows(
        session,
        """
        INSERT INTO phone_salvage AS s (vault_id, branch_id, sealed_key, records, is_whole, came_at)
        VALUES (:vault, :branch, CAST(:sealed AS jsonb), CAST(:records AS jsonb), :is_last, :now)
        ON CONFLICT (vault_id) DO UPDATE
        SET is_whole = s.is_whole OR excluded.is_whole,
            records = CASE WHEN s.is_whole THEN s.records ELSE s.records || (
                SELECT coalesce(jsonb_agg(its ORDER BY n), '[]')
                FROM jsonb_array_elements(excluded.records) WITH ORDINALITY AS new (its, n)
                WHERE its->>'id' NOT IN (
                    SELECT old->>'id' FROM jsonb_array_elements(s.records) AS old)
            ) END
        RETURNING octet_length(records::text) <= :most_bytes AS has_room
        """,
        vault=of.id,
        branch=of.branch_id,
        sealed=json.dumps(sealed),
        records=json.dumps(records),
        is_last=is_last,
        now=now,
        most_bytes=most_bytes,
    )
    has_room: bool = found[0].has_room
    return has_room


async def open_salvage(
    session: Session, vault_id: UUID, opened_by: UUID, now: datetime
) -> tuple[dict[str, str], list[dict[str, Any]], bool] | None:
    """What a phone has handed in and whether that is all, and note that somebody looks at it; None
    when there is nothing."""
    found = await rows(
        session,
        "UPDATE phone_salvage SET opened_at = coalesce(opened_at, :now),"
        " opened_by = coalesce(opened_by, :who) WHERE vault_id = :vault"
        " RETURNING sealed_key, records, is_whole",
        vault=vault_id,
        now=now,
        who=opened_by,
    )
    return tuple(found[0]) if found else None
