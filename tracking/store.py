"""SQL of devices' keys, pings, live positions and quarantine."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import numpy as np
from psycopg import Error
from psycopg.errors import UniqueViolation
from sqlalchemy import insert, text
from sqlalchemy.dialects.postgresql import insert as postgresql_insert

from core.ids import new_id
from data import binary_array
from data.binary_array import BinaryArray
from data.session import Session, rows
from data.tables.platform import Quarantine
from data.tables.tracking import SelfTestBeat
from data.wire import Wire
from identity.policies.policy import Policies
from tracking.device import Carriage, Device, RunningSelfTest
from tracking.errors import RefusedByDatabase
from tracking.parcel import Parcel
from tracking.ping import Unusable
from tracking.ping_columns import MEASURES, PingColumns, newest_of_each_agent

UNLESS_SET = Policies()

LONGEST_DUTY = timedelta(hours=16)
"""A sign-on without a shift that nobody ended is over after this."""

AFTER_SHIFT = timedelta(hours=4)
"""Who signs on so soon after a shift is off duty and no new shift has begun."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class MovedAgent:
    """An agent whose live position has moved forward."""

    agent_id: UUID
    branch_id: UUID
    captured_at: datetime
    lat: float
    lon: float
    accuracy_m: float | None
    heading_deg: float | None
    speed_mps: float | None
    battery_pct: float | None


async def devices_by_key(
    session: Session, key_hashes: Sequence[bytes], since: datetime
) -> dict[bytes, Device]:
    """The enrolled devices with these keys, each with its carriages on duty that reach past
    `since`.

    On duty is who is signed on, within their shifts and the branch's policy ``duty_grace_min``
    around them. A sign-on with no shift near it (from `AFTER_SHIFT` before to `LONGEST_DUTY` after)
    stands for one itself, up to `LONGEST_DUTY`: where nobody plans shifts, signing on begins one.
    """
    found = await _devices(session, since, list(key_hashes), None)
    return {bytes(key): device for key, device in found.items()}


async def device_by_id(session: Session, device_id: UUID, since: datetime) -> Device:
    """A device in scope, revoked or not, as `devices_by_key` gives it."""
    (device,) = (await _devices(session, since, [], device_id)).values()
    return device


async def _devices(
    session: Session, since: datetime, key_hashes: list[bytes], device_id: UUID | None
) -> dict[bytes, Device]:
    found = await rows(
        session,
        """
        WITH asked AS (
            SELECT id, branch_id, key_hash FROM device
            WHERE key_hash = ANY(:hashes) AND revoked_at IS NULL
            UNION SELECT id, branch_id, key_hash FROM device WHERE id = CAST(:device AS uuid)
        ), policy AS (
            SELECT branch_id,
                   coalesce(branch_policy(branch_id, 'ping_retention_days')::int,
                            :retention_days) AS retention_days,
                   coalesce(branch_policy(branch_id, 'duty_grace_min')::int, :grace_min)
                       * interval '1 minute' AS grace
            FROM (SELECT DISTINCT branch_id FROM asked) b
        )
        SELECT d.key_hash, d.id, d.branch_id, p.retention_days, s.agent_id,
               a.branch_id AS agent_branch_id, lower(duty) AS since, upper(duty) AS until,
               t.id AS self_test_id, t.started_at, t.ends_at
        FROM asked d JOIN policy p ON p.branch_id = d.branch_id
        LEFT JOIN sign_on s ON s.device_id = d.id
             AND s.during && tstzrange(CAST(:since AS timestamptz), NULL) AND NOT isempty(s.during)
        LEFT JOIN agent_profile a ON a.agent_id = s.agent_id
        LEFT JOIN LATERAL (
            SELECT range_agg(tstzrange(lower(h.during) - p.grace, least(
                       upper(h.during) + p.grace, h.absent_since)))
                       FILTER (WHERE coalesce(h.absent_since > lower(h.during) - p.grace, true))
                       AS shifts,
                   bool_or(h.during && tstzrange(lower(s.during) - :after_shift,
                                                 lower(s.during) + :longest)) AS is_planned
            FROM shift h WHERE h.agent_id = s.agent_id
              AND h.during && tstzrange(lower(s.during) - :after_shift, upper(s.during))
        ) w ON true
        LEFT JOIN LATERAL unnest(tstzmultirange(s.during) * (
            coalesce(w.shifts, '{}') + CASE WHEN w.is_planned THEN '{}' ELSE tstzmultirange(
                tstzrange(lower(s.during), lower(s.during) + :longest)) END)) AS duty ON true
        LEFT JOIN self_test t ON t.device_id = d.id AND t.ends_at > :since
        """,
        hashes=key_hashes,
        device=device_id,
        since=since,
        retention_days=UNLESS_SET.ping_retention_days,
        grace_min=UNLESS_SET.duty_grace_min,
        longest=LONGEST_DUTY,
        after_shift=AFTER_SHIFT,
    )
    devices: dict[bytes, Device] = {}
    for r in found:
        former = devices.get(r.key_hash)
        carriages = former.carriages if former else ()
        if r.since:
            carriages += (Carriage(r.agent_id, r.agent_branch_id, r.since, r.until),)
        test = RunningSelfTest(r.self_test_id, r.started_at, r.ends_at) if r.self_test_id else None
        devices[r.key_hash] = Device(
            r.id, r.branch_id, since, carriages, timedelta(days=r.retention_days), test
        )
    return devices


async def carrier(session: Session, device_id: UUID, at: datetime) -> UUID | None:
    """Who carries a device at an instant, on duty or off; else whoever carried it last before."""
    found = await rows(
        session,
        "SELECT agent_id FROM sign_on WHERE device_id = :device AND lower(during) <= :at"
        " AND NOT isempty(during) ORDER BY lower(during) DESC LIMIT 1",
        device=device_id,
        at=at,
    )
    return found[0].agent_id if found else None


async def ensure_partition(session: Session, day: date) -> None:
    """Have a partition for the pings of a UTC day."""
    await session.execute(text("SELECT ensure_ping_partition(:day)"), {"day": day})


# One statement, so one transaction and one round trip. Rows go in by (device, time) and agents by
# id, so that two writers that meet wait for each other in one order and never in a circle.
_ADD = """
WITH added AS (
    INSERT INTO ping (device_id, captured_at, lat, lon, agent_id, branch_id, received_at,
                      accuracy_m, speed_mps, heading_deg, altitude_m, battery_pct, is_mock,
                      attributes)
    SELECT device_id, captured_at, lat, lon, agent_id, branch_id, received_at,
           nullif(accuracy_m, 'NaN'), nullif(speed_mps, 'NaN'), nullif(heading_deg, 'NaN'),
           nullif(altitude_m, 'NaN'), nullif(battery_pct, 'NaN'), is_mock, attributes::jsonb
    FROM unnest(%(device_id)b, %(captured_at)b, %(lat)b, %(lon)b, %(agent_id)b, %(branch_id)b,
                %(received_at)b, %(accuracy_m)b, %(speed_mps)b, %(heading_deg)b, %(altitude_m)b,
                %(battery_pct)b, %(is_mock)b, %(attributes)b)
         AS t (device_id, captured_at, lat, lon, agent_id, branch_id, received_at,
               accuracy_m, speed_mps, heading_deg, altitude_m, battery_pct, is_mock, attributes)
    {on_conflict}
    RETURNING agent_id, captured_at
), newest AS (
    SELECT * FROM unnest(
        %(newest_agent_id)b, %(newest_branch_id)b, %(newest_device_id)b, %(newest_captured_at)b,
        %(newest_received_at)b, %(newest_lat)b, %(newest_lon)b, %(newest_accuracy_m)b,
        %(newest_speed_mps)b, %(newest_heading_deg)b, %(newest_battery_pct)b, %(newest_is_mock)b)
         AS t (agent_id, branch_id, device_id, captured_at, received_at, lat, lon, accuracy_m,
               speed_mps, heading_deg, battery_pct, is_mock)
), marked AS (
    INSERT INTO agent_dirty AS d (agent_id, branch_id, dirty_from, marked_at, marks)
    SELECT agent_id, n.branch_id, a.since, n.received_at, 1
    FROM (SELECT agent_id, min(captured_at) AS since FROM added GROUP BY agent_id) a
    JOIN newest n USING (agent_id) ORDER BY agent_id
    ON CONFLICT (agent_id) DO UPDATE SET dirty_from = least(d.dirty_from, excluded.dirty_from),
        marks = d.marks + 1
)
INSERT INTO agent_position AS p (agent_id, branch_id, device_id, captured_at, received_at,
    location, accuracy_m, speed_mps, heading_deg, battery_pct, is_mock)
SELECT agent_id, branch_id, device_id, captured_at, received_at,
       ST_MakePoint(lon, lat)::geography, nullif(accuracy_m, 'NaN'), nullif(speed_mps, 'NaN'),
       nullif(heading_deg, 'NaN'), nullif(battery_pct, 'NaN'), is_mock
FROM newest ORDER BY agent_id
ON CONFLICT (agent_id) DO UPDATE SET branch_id = excluded.branch_id,
    device_id = excluded.device_id, captured_at = excluded.captured_at,
    received_at = excluded.received_at, location = excluded.location,
    accuracy_m = excluded.accuracy_m, speed_mps = excluded.speed_mps,
    heading_deg = excluded.heading_deg, battery_pct = excluded.battery_pct,
    is_mock = excluded.is_mock
WHERE excluded.captured_at > p.captured_at
RETURNING agent_id
"""


_ADD_ONCE_EACH = _ADD.format(on_conflict="ON CONFLICT DO NOTHING")
_ADD_NEW = _ADD.format(on_conflict="")


async def add_pings(
    wire: Wire, pings: PingColumns, *, expect_new: bool = False
) -> list[MovedAgent]:
    """Store pings once each, mark their agents dirty and move live positions forward; committed
    when it returns.

    `pings` are in the order of `columns`. `expect_new` says that none of them should be there
    already: looking for repeats is a third of the database's work, and is then left until it finds
    one. Returns who has moved. Raises `RefusedByDatabase` when a value cannot be stored: then none
    is.
    """
    newest = newest_of_each_agent(pings)
    parameters = _parameters(pings)
    parameters |= {f"newest_{name}": array for name, array in _parameters(newest).items()}
    try:
        moved = await wire.run(_ADD_NEW if expect_new else _ADD_ONCE_EACH, parameters)
    except Error as error:
        if expect_new and isinstance(error, UniqueViolation):
            return await add_pings(wire, pings)
        if (error.sqlstate or "")[:2] in ("22", "23"):
            raise RefusedByDatabase(str(error).splitlines()[0]) from None
        raise
    return _moves(newest, {row[0].bytes for row in moved})


def _moves(newest: PingColumns, moved: set[bytes]) -> list[MovedAgent]:
    plain = newest.measures.astype(object)
    plain[np.isnan(newest.measures)] = None
    accuracy_m, speed_mps, heading_deg, _, battery_pct = plain.tolist()
    agents, branches = newest.agent_id.tolist(), newest.branch_id.tolist()
    captured_us = newest.captured_us.tolist()
    lat, lon = newest.place.tolist()
    return [
        MovedAgent(
            UUID(bytes=agent), UUID(bytes=branches[i]), _EPOCH + timedelta(0, 0, captured_us[i]),
            lat[i], lon[i], accuracy_m[i], heading_deg[i], speed_mps[i], battery_pct[i],
        )
        for i, agent in enumerate(agents)
        if agent in moved
    ]  # fmt: skip


def _parameters(pings: PingColumns) -> dict[str, BinaryArray]:
    lat, lon = pings.place
    return {
        "device_id": binary_array.ids(pings.device_id),
        "agent_id": binary_array.ids(pings.agent_id),
        "branch_id": binary_array.ids(pings.branch_id),
        "captured_at": binary_array.instants(pings.captured_us),
        "received_at": binary_array.instants(pings.received_us),
        "lat": binary_array.floats(lat),
        "lon": binary_array.floats(lon),
        "is_mock": binary_array.flags(pings.mock),
        "attributes": binary_array.texts(pings.attributes),
        **dict(zip(MEASURES, map(binary_array.floats, pings.measures), strict=True)),
    }


async def set_aside(session: Session, parcels: Sequence[Parcel]) -> None:
    """Keep what is no ping of these parcels: parts that nobody could use, beats of self-tests."""
    for parcel in parcels:
        device = parcel.device
        if parcel.unusable:
            await quarantine(
                session, device.branch_id, device.id, parcel.protocol, parcel.unusable,
                parcel.received_at,
            )  # fmt: skip
        if parcel.beats and device.self_test:
            test_id = device.self_test.id
            await session.execute(
                postgresql_insert(SelfTestBeat).on_conflict_do_nothing(),
                [
                    {"self_test_id": test_id, "captured_at": at, "received_at": parcel.received_at}
                    for at in parcel.beats
                ],
            )


async def quarantine(
    session: Session,
    branch_id: UUID,
    device_id: UUID,
    protocol: str,
    parts: Sequence[Unusable],
    now: datetime,
) -> None:
    """Keep parts of a device's message aside for a person to look at."""
    await session.execute(
        insert(Quarantine),
        [
            {
                "id": new_id(),
                "branch_id": branch_id,
                "device_id": device_id,
                "protocol": protocol,
                "reason": part.reason,
                "body": part.body,
                "received_at": now,
            }
            for part in parts
        ],
    )


async def mark_dirty(
    session: Session, branch_id: UUID, agent_id: UUID, since: datetime, now: datetime
) -> None:
    """Have the workers recompute an agent's visits from `since` on.

    `branch_id` is the fact's; the mark is for the agent's branch, which may have borrowed the case.
    """
    await session.execute(
        text(
            "INSERT INTO agent_dirty (agent_id, branch_id, dirty_from, marked_at, marks)"
            " VALUES (:agent, coalesce((SELECT branch_id FROM agent_profile"
            " WHERE agent_id = :agent), :branch), :since, :now, 1)"
            " ON CONFLICT (agent_id) DO UPDATE SET"
            " dirty_from = least(agent_dirty.dirty_from, excluded.dirty_from),"
            " marks = agent_dirty.marks + 1"
        ),
        {"agent": agent_id, "branch": branch_id, "since": since, "now": now},
    )
