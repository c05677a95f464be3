"""SQL of enrolled devices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text, update

from data.session import Session, rows, run
from data.tables.identity import Device


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which devices: all that are set must fit. `q` is part of a label or of who carries it;
    `state` is ``in_use`` (not revoked), ``carried`` (somebody is signed on) or ``revoked``."""

    q: str | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """A device, who carries it now, and when anything last came from it."""

    id: UUID
    branch_id: UUID
    branch: str
    label: str
    enrolled_at: datetime
    enrolled_by: str | None
    key_changed_at: datetime | None
    revoked_at: datetime | None
    agent_id: UUID | None
    agent: str | None
    heard_at: datetime | None


async def devices(
    session: Session, wanted: Wanted, *, after: tuple[str, UUID] | None, limit: int
) -> Sequence[DeviceLine]:
    """The devices in scope that fit, by label, from behind `after` on."""
    after_label, after_id = after or (None, None)
    found = await rows(
        session,
        """
        SELECT d.id, d.branch_id, b.code AS branch, d.label, d.enrolled_at,
               e.full_name AS enrolled_by, d.key_changed_at, d.revoked_at, p.id AS agent_id,
               p.full_name AS agent, h.heard_at
        FROM device d
        JOIN branch b ON b.id = d.branch_id
        LEFT JOIN staff e ON e.id = d.enrolled_by
        LEFT JOIN sign_on s ON s.device_id = d.id AND upper_inf(s.during) AND NOT isempty(s.during)
        LEFT JOIN staff p ON p.id = s.agent_id
        LEFT JOIN device_health h ON h.device_id = d.id
        WHERE (CAST(:after_label AS text) IS NULL
               OR (d.label, d.id) > (:after_label, CAST(:after_id AS uuid)))
          AND (CAST(:q AS text) IS NULL OR strpos(lower(d.label), lower(:q)) > 0
               OR strpos(lower(p.full_name), lower(:q)) > 0)
          AND CASE CAST(:state AS text) WHEN 'in_use' THEN d.revoked_at IS NULL
                  WHEN 'carried' THEN p.id IS NOT NULL
                  WHEN 'revoked' THEN d.revoked_at IS NOT NULL ELSE true END
        ORDER BY d.label, d.id LIMIT :limit
        """,
        q=wanted.q,
        state=wanted.state,
        after_label=after_label,
        after_id=after_id,
        limit=limit,
    )
    return [DeviceLine(*row) for row in found]


async def label_in_use(session: Session, device_id: UUID) -> str | None:
    """The label of a device in scope that is not revoked, locked; None when there is none."""
    found = await rows(
        session,
        "SELECT label FROM device WHERE id = :device AND revoked_at IS NULL FOR UPDATE",
        device=device_id,
    )
    return found[0].label if found else None


async def branch_of(session: Session, device_id: UUID) -> UUID:
    """The branch of a device in scope, which must exist."""
    (device,) = await rows(
        session, "SELECT branch_id FROM device WHERE id = :device", device=device_id
    )
    branch_id: UUID = device.branch_id
    return branch_id


async def set_key(session: Session, device_id: UUID, key_hash: bytes, now: datetime) -> None:
    """Put a new key in place of the old one, which opens nothing from now on; the device may be
    another phone then."""
    await session.execute(
        update(Device)
        .where(Device.id == device_id)
        .values(key_hash=key_hash, key_changed_at=now, proof_key=None)
    )


async def tie(session: Session, device_id: UUID, proof_key: bytes) -> bool:
    """Keep which key of its own a device has shown. False where its branch has tokens bound and it
    has shown another one since it got its key from the office."""
    tied = await rows(
        session,
        "UPDATE device SET proof_key = :key WHERE id = :device"
        " AND (proof_key IS NULL OR proof_key = :key"
        " OR branch_policy(branch_id, 'agent_tokens_bound') IS DISTINCT FROM 'true') RETURNING 1",
        key=proof_key,
        device=device_id,
    )
    return bool(tied)


async def revoke(session: Session, device_id: UUID, now: datetime) -> datetime | None:
    """End a device in scope: since when it is revoked. None when there is none such."""
    found = await rows(
        session,
        "UPDATE device SET revoked_at = coalesce(revoked_at, :now) WHERE id = :device"
        " RETURNING revoked_at",
        device=device_id,
        now=now,
    )
    if not found:
        return None
    revoked_at: datetime = found[0].revoked_at
    return revoked_at


async def sign_off_everybody(session: Session, device_id: UUID, now: datetime) -> None:
    """End the sign-on to a device; nothing happens when there is none."""
    await session.execute(
        text(
            "UPDATE sign_on SET during = tstzrange(lower(during), greatest(:now, lower(during)))"
            " WHERE device_id = :device AND upper_inf(during)"
        ),
        {"device": device_id, "now": now},
    )


async def add_devices(session: Session, devices: Sequence[Mapping[str, Any]]) -> None:
    """Store many enrolled devices at once; the keys are columns."""
    if devices:
        await session.execute(insert(Device), list(devices))


async def set_keys(session: Session, key_hashes: Mapping[UUID, bytes], now: datetime) -> None:
    """Put new keys in place of those of many devices that are not revoked."""
    await run(
        session,
        "UPDATE device d SET key_hash = k.key_hash, key_changed_at = :now"
        " FROM unnest(CAST(:ids AS uuid[]), CAST(:hashes AS bytea[])) AS k (id, key_hash)"
        " WHERE d.id = k.id AND d.revoked_at IS NULL",
        ids=list(key_hashes),
        hashes=list(key_hashes.values()),
        now=now,
    )
