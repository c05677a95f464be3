"""SQL of agents on duty with their phones' health."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from core.said import plain
from data.session import Session, rows
from tracking.health.duty import Duty, Phone, Thresholds
from tracking.health.silence import Evidence

if TYPE_CHECKING:
    from tracking.health.notes import Note


async def begin_sweep(session: Session) -> bool:
    """Whether no other worker is looking at phones' health; until the transaction's end."""
    (found,) = await rows(
        session, "SELECT pg_try_advisory_xact_lock(hashtext('check_health')) AS is_ours"
    )
    is_ours: bool = found.is_ours
    return is_ours


# On duty as the live map has it: in a shift of the branch's working day, or signed on where that
# day has none. What a phone told to its former holder is nothing about the present one.
_DUTIES = """
WITH ground AS MATERIALIZED (
    SELECT id, day::timestamp AT TIME ZONE zone AS begins,
           (day + 1)::timestamp AT TIME ZONE zone AS ends,
           branch_policy(id, 'stale_after_min') AS stale_after_min,
           branch_policy(id, 'battery_low_pct') AS battery_low_pct
    FROM (SELECT id, zone, (CAST(:now AS timestamptz) AT TIME ZONE zone)::date AS day
          FROM branch) b
), shifts AS (
    SELECT s.agent_id, bool_or(s.is_on) AS is_on,
           max(lower(s.during)) FILTER (WHERE s.is_on) AS since
    FROM (SELECT s.agent_id, s.during,
                 s.during @> CAST(:now AS timestamptz)
                 AND (s.absent_since IS NULL OR s.absent_since > :now) AS is_on
          FROM shift s JOIN agent_profile a ON a.agent_id = s.agent_id
          JOIN ground g ON g.id = a.branch_id
          WHERE s.during && tstzrange(g.begins, g.ends)) s
    GROUP BY s.agent_id
)
SELECT a.agent_id, a.branch_id, p.full_name, g.stale_after_min, g.battery_low_pct,
       greatest(sh.since, lower(o.during)) AS since,
       o.device_id, d.label, at.captured_at, at.received_at,
       h.heard_at, coalesce(h.battery_pct, own.battery_pct) AS battery_pct, h.is_charging,
       h.tracking, h.gps, h.permission, h.battery_saver,
       coalesce(h.mock_at, CASE WHEN own.is_mock THEN own.received_at END) AS mock_at,
       h.skew_s, h.skew_stated
FROM agent_profile a
JOIN staff p ON p.id = a.agent_id AND p.is_active
JOIN ground g ON g.id = a.branch_id
LEFT JOIN shifts sh ON sh.agent_id = a.agent_id
LEFT JOIN sign_on o ON o.agent_id = a.agent_id AND upper_inf(o.during)
     AND o.during @> CAST(:now AS timestamptz)
LEFT JOIN device d ON d.id = o.device_id
LEFT JOIN agent_position at ON at.agent_id = a.agent_id
LEFT JOIN agent_position own ON own.agent_id = a.agent_id AND own.device_id = o.device_id
     AND own.received_at >= lower(o.during)
LEFT JOIN device_health h ON h.device_id = o.device_id AND h.heard_at >= lower(o.during)
WHERE coalesce(sh.is_on, o.id IS NOT NULL)
"""


async def duties(session: Session, now: datetime) -> list[Duty]:
    """Everybody in scope who is on duty at `now`."""
    return [_duty(r) for r in await rows(session, _DUTIES, now=now)]


def _duty(r: Any) -> Duty:
    phone = r.device_id and Phone(
        r.device_id, r.label, r.heard_at, r.battery_pct, r.is_charging, r.tracking, r.gps,
        r.permission, r.battery_saver, r.mock_at, r.skew_s, bool(r.skew_stated),
    )  # fmt: skip
    return Duty(
        r.agent_id, r.branch_id, r.full_name, r.since, phone, r.captured_at, r.received_at,
        _thresholds(r.stale_after_min, r.battery_low_pct),
    )  # fmt: skip


def _thresholds(stale_after_min: float | None, battery_low_pct: float | None) -> Thresholds:
    limits = Thresholds()
    if stale_after_min is not None:
        limits = replace(limits, stale_after=timedelta(minutes=stale_after_min))
    if battery_low_pct is not None:
        limits = replace(limits, battery_low_pct=battery_low_pct)
    return limits


# The agent's own entries are looked up by agent; none is older than a week by its own time.
_EVIDENCE = """
SELECT s.agent_id,
       (SELECT max(upper(o.during)) FROM sign_on o WHERE o.agent_id = s.agent_id
        AND o.during && tstzrange(CAST(:shift_from AS timestamptz), CAST(:now AS timestamptz))
        AND upper(o.during) <= :now) AS signed_off_at,
       (SELECT max(upper(o.during)) FROM sign_on o
        JOIN sign_on n ON n.device_id = o.device_id AND n.agent_id <> o.agent_id
             AND lower(n.during) = upper(o.during)
        WHERE o.agent_id = s.agent_id
        AND o.during && tstzrange(CAST(:shift_from AS timestamptz), CAST(:now AS timestamptz))
        AND upper(o.during) <= :now) AS taken_at,
       greatest(
           (SELECT max(server_time) FROM check_in c WHERE c.agent_id = s.agent_id
            AND c.device_time > s.since - interval '7 days' AND c.server_time > s.since),
           (SELECT max(server_time) FROM check_out c WHERE c.agent_id = s.agent_id
            AND c.server_time > s.since),
           (SELECT max(received_at) FROM receipt r WHERE r.agent_id = s.agent_id
            AND r.taken_at > s.since - interval '7 days' AND r.received_at > s.since),
           (SELECT max(made_at) FROM promise m WHERE m.agent_id = s.agent_id
            AND m.made_at > s.since AND m.made_at <= :now),
           (SELECT max(posted_at) FROM deposit d WHERE d.agent_id = s.agent_id
            AND d.posted_at > s.since),
           (SELECT max(server_time) FROM panic n WHERE n.agent_id = s.agent_id
            AND n.source = 'agent' AND n.server_time > s.since)) AS requested_at,
       (SELECT g.battery_pct FROM ping g WHERE g.device_id = s.device_id
        AND g.captured_at >= s.since - interval '1 hour' AND g.captured_at < s.since
        AND g.battery_pct IS NOT NULL ORDER BY g.captured_at LIMIT 1) AS battery_before_pct
FROM unnest(CAST(:agents AS uuid[]), CAST(:devices AS uuid[]), CAST(:since AS timestamptz[]))
     AS s (agent_id, device_id, since)
"""


async def evidence(session: Session, silent: Sequence[Duty], now: datetime) -> dict[UUID, Evidence]:
    """What is known of these silent agents, by agent."""
    if not silent:
        return {}
    found = await rows(
        session,
        _EVIDENCE,
        agents=[duty.agent_id for duty in silent],
        devices=[duty.phone.id if duty.phone else None for duty in silent],
        since=[duty.silent_since for duty in silent],
        shift_from=min(duty.since for duty in silent),
        now=now,
    )
    more = {r.agent_id: r for r in found}
    return {duty.agent_id: _evidence(duty, more[duty.agent_id]) for duty in silent}


def _evidence(duty: Duty, r: Any) -> Evidence:
    in_duty = r.signed_off_at is not None and r.signed_off_at > duty.since
    return Evidence(
        duty.silent_since, duty.phone, r.signed_off_at if in_duty else None,
        in_duty and r.taken_at == r.signed_off_at, r.requested_at, duty.position_received_at,
        r.battery_before_pct,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class PhoneState:
    """All that a phone last told of itself; None where it never said."""

    device_id: UUID
    label: str
    heard_at: datetime | None
    battery_pct: float | None
    is_charging: bool | None
    app: str | None
    app_version: str | None
    tracking: str | None
    gps: str | None
    permission: str | None
    battery_saver: bool | None
    mock_at: datetime | None
    skew_s: float | None
    skew_stated: bool | None
    skew_at: datetime | None


_PHONE = """
SELECT d.id, d.label, h.heard_at, coalesce(h.battery_pct, p.battery_pct) AS battery_pct,
       h.is_charging, h.app, h.app_version, h.tracking, h.gps, h.permission, h.battery_saver,
       h.mock_at, h.skew_s, h.skew_stated, h.skew_at
FROM device d
LEFT JOIN sign_on o ON o.device_id = d.id AND o.during @> CAST(:now AS timestamptz)
LEFT JOIN agent_position p ON p.agent_id = o.agent_id AND p.device_id = d.id
LEFT JOIN device_health h ON h.device_id = d.id
WHERE d.id = CAST(:device AS uuid) OR o.agent_id = CAST(:agent AS uuid)
"""


async def phone_of_agent(session: Session, agent_id: UUID, now: datetime) -> PhoneState | None:
    """The phone that an agent in scope carries; None when that is none."""
    found = await rows(session, _PHONE, agent=agent_id, device=None, now=now)
    return PhoneState(*found[0]) if found else None


async def phone(session: Session, device_id: UUID, now: datetime) -> PhoneState | None:
    """A phone in scope."""
    found = await rows(session, _PHONE, agent=None, device=device_id, now=now)
    return PhoneState(*found[0]) if found else None


async def keep_notes(session: Session, notes: Sequence["Note"]) -> None:
    """Write down what phones told; what one has not told this time stays as it was.

    A permission that was taken away is forgotten when the phone tracks again. Of several processes
    that heard of a phone the latest word counts.
    """
    # As one JSON text: as sixteen arrays, thousands of phones held requests up meanwhile.
    await rows(session, _KEEP_NOTES, notes=msgspec.json.encode(notes, enc_hook=plain).decode())


_NOTED = {
    "device_id": "uuid", "branch_id": "uuid", "heard_at": "timestamptz",
    "captured_at": "timestamptz", "battery_pct": "real", "is_charging": "boolean", "app": "text",
    "app_version": "text", "tracking": "text", "gps": "text", "permission": "text",
    "battery_saver": "boolean", "mock_at": "timestamptz", "skew_s": "real",
    "skew_stated": "boolean", "skew_at": "timestamptz",
}  # fmt: skip
_MAY_BE_SILENT = [
    name for name in _NOTED if name not in ("device_id", "branch_id", "heard_at", "permission")
]
_KEEP_NOTES = f"""
INSERT INTO device_health AS h ({", ".join(_NOTED)})
SELECT {", ".join(_NOTED)} FROM jsonb_to_recordset(CAST(:notes AS jsonb))
    AS t ({", ".join(f"{name} {kind}" for name, kind in _NOTED.items())}) ORDER BY device_id
ON CONFLICT (device_id) DO UPDATE SET heard_at = excluded.heard_at,
    branch_id = excluded.branch_id,
    permission = coalesce(excluded.permission, CASE WHEN excluded.tracking = 'on'
                          THEN nullif(h.permission, 'denied') ELSE h.permission END),
    {", ".join(f"{name} = coalesce(excluded.{name}, h.{name})" for name in _MAY_BE_SILENT)}
WHERE excluded.heard_at >= h.heard_at
RETURNING 1
"""  # noqa: S608 our own constants
