"""SQL of devices' keys, pings, live positions and quarantine."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import numpy as np
from psycopg.adapt import Dumper
from psycopg.pq import Format
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError

from core.ids import new_id
from data.session import Session, rows
from data.tables.platform import Quarantine
from tracking import binary_array
from tracking.device import Carriage, Device
from tracking.errors import RefusedByDatabase
from tracking.ping import Unusable
from tracking.ping_columns import PingColumns, newest_of_each_agent


class _BinaryArrayDumper(Dumper):
    format = Format.BINARY

    def upgrade(self, obj: Any, format: Any) -> "_BinaryArrayDumper":  # noqa: A002, ARG002
        upgraded = type(self)(self.cls)
        upgraded.oid = obj.oid
        return upgraded

    def get_key(self, obj: Any, format: Any) -> Any:  # noqa: A002, ARG002
        return (self.cls, obj.oid)

    def dump(self, obj: Any) -> bytes:
        content: bytes = obj.content
        return content


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
    """The enrolled devices with these keys, each with its carriages that reach past `since`."""
    found = await rows(
        session,
        """
        SELECT d.key_hash, d.id, d.branch_id, s.agent_id, a.branch_id AS agent_branch_id,
               lower(s.during) AS since, upper(s.during) AS until
        FROM device d
        LEFT JOIN sign_on s ON s.device_id = d.id
             AND s.during && tstzrange(CAST(:since AS timestamptz), NULL) AND NOT isempty(s.during)
        LEFT JOIN agent_profile a ON a.agent_id = s.agent_id
        WHERE d.key_hash = ANY(:hashes) AND d.revoked_at IS NULL
        """,
        hashes=list(key_hashes),
        since=since,
    )
    devices: dict[bytes, Device] = {}
    for r in found:
        former = devices.get(bytes(r.key_hash))
        carriages = former.carriages if former else ()
        if r.agent_id:
            carriages += (Carriage(r.agent_id, r.agent_branch_id, r.since, r.until),)
        devices[bytes(r.key_hash)] = Device(r.id, r.branch_id, since, carriages)
    return devices


async def ensure_partition(session: Session, day: date) -> None:
    """Have a partition for the pings of a UTC day."""
    await session.execute(text("SELECT ensure_ping_partition(:day)"), {"day": day})


# Rows go in by (device, time) and agents by id, so that two writers that meet wait for each other
# in one order and never in a circle.
_ADD_PINGS = """
WITH added AS (
    INSERT INTO ping (device_id, captured_at, lat, lon, agent_id, branch_id, received_at,
                      accuracy_m, speed_mps, heading_deg, altitude_m, battery_pct, is_mock)
    SELECT device_id, captured_at, lat, lon, agent_id, branch_id, received_at,
           nullif(accuracy_m, 'NaN'), nullif(speed_mps, 'NaN'), nullif(heading_deg, 'NaN'),
           nullif(altitude_m, 'NaN'), nullif(battery_pct, 'NaN'), is_mock
    FROM unnest(%(device_id)b, %(captured_at)b, %(lat)b, %(lon)b, %(agent_id)b, %(branch_id)b,
                %(received_at)b, %(accuracy_m)b, %(speed_mps)b, %(heading_deg)b, %(altitude_m)b,
                %(battery_pct)b, %(is_mock)b)
         AS t (device_id, captured_at, lat, lon, agent_id, branch_id, received_at,
               accuracy_m, speed_mps, heading_deg, altitude_m, battery_pct, is_mock)
    ON CONFLICT DO NOTHING
    RETURNING agent_id, branch_id, captured_at, received_at
)
INSERT INTO agent_dirty AS d (agent_id, branch_id, dirty_from, marked_at, marks)
SELECT agent_id, min(branch_id::text)::uuid, min(captured_at), max(received_at), 1
FROM added GROUP BY agent_id ORDER BY agent_id
ON CONFLICT (agent_id) DO UPDATE SET dirty_from = least(d.dirty_from, excluded.dirty_from),
    marks = d.marks + 1
"""

_MOVE_AGENTS = """
INSERT INTO agent_position AS p (agent_id, branch_id, device_id, captured_at, received_at,
    location, accuracy_m, speed_mps, heading_deg, battery_pct, is_mock)
SELECT agent_id, branch_id, device_id, captured_at, received_at,
       ST_MakePoint(lon, lat)::geography, nullif(accuracy_m, 'NaN'), nullif(speed_mps, 'NaN'),
       nullif(heading_deg, 'NaN'), nullif(battery_pct, 'NaN'), is_mock
FROM unnest(%(device_id)b, %(captured_at)b, %(lat)b, %(lon)b, %(agent_id)b, %(branch_id)b,
            %(received_at)b, %(accuracy_m)b, %(speed_mps)b, %(heading_deg)b, %(battery_pct)b,
            %(is_mock)b)
     AS t (device_id, captured_at, lat, lon, agent_id, branch_id, received_at,
           accuracy_m, speed_mps, heading_deg, battery_pct, is_mock)
ORDER BY agent_id
ON CONFLICT (agent_id) DO UPDATE SET branch_id = excluded.branch_id,
    device_id = excluded.device_id, captured_at = excluded.captured_at,
    received_at = excluded.received_at, location = excluded.location,
    accuracy_m = excluded.accuracy_m, speed_mps = excluded.speed_mps,
    heading_deg = excluded.heading_deg, battery_pct = excluded.battery_pct,
    is_mock = excluded.is_mock
WHERE excluded.captured_at > p.captured_at
RETURNING agent_id, branch_id, captured_at, ST_Y(location::geometry) AS lat,
    ST_X(location::geometry) AS lon, accuracy_m, heading_deg, speed_mps, battery_pct
"""


async def add_pings(session: Session, pings: PingColumns) -> list[MovedAgent]:
    """Store pings once each, mark their agents dirty and move live positions forward.

    Returns who has moved. Raises `RefusedByDatabase` when a value cannot be stored; then the
    transaction is lost.
    """
    pings = pings.at(np.lexsort((pings.captured_us, pings.device_id.view("S16"))))
    connection = await session.connection()
    driver: Any = (await connection.get_raw_connection()).driver_connection
    driver.adapters.register_dumper(binary_array.BinaryArray, _BinaryArrayDumper)
    try:
        await connection.exec_driver_sql(_ADD_PINGS, _parameters(pings))
        newest = _parameters(newest_of_each_agent(pings))
        del newest["altitude_m"]
        moved: Any = await connection.exec_driver_sql(_MOVE_AGENTS, newest)
    except DBAPIError as error:
        sqlstate = getattr(error.orig, "sqlstate", None) or ""
        if sqlstate[:2] in ("22", "23"):
            raise RefusedByDatabase(str(error.orig).splitlines()[0]) from None
        raise
    return [MovedAgent(*row) for row in moved]


def _parameters(pings: PingColumns) -> dict[str, binary_array.BinaryArray]:
    accuracy_m, speed_mps, heading_deg, altitude_m, battery_pct = pings.measures.T
    return {
        "device_id": binary_array.ids(pings.device_id),
        "agent_id": binary_array.ids(pings.agent_id),
        "branch_id": binary_array.ids(pings.branch_id),
        "captured_at": binary_array.instants(pings.captured_us),
        "received_at": binary_array.instants(pings.received_us),
        "lat": binary_array.floats(pings.place[:, 0]),
        "lon": binary_array.floats(pings.place[:, 1]),
        "accuracy_m": binary_array.floats(accuracy_m),
        "speed_mps": binary_array.floats(speed_mps),
        "heading_deg": binary_array.floats(heading_deg),
        "altitude_m": binary_array.floats(altitude_m),
        "battery_pct": binary_array.floats(battery_pct),
        "is_mock": binary_array.flags(pings.mock),
    }


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
    """Have the workers recompute an agent's visits from `since` on."""
    await session.execute(
        text(
            "INSERT INTO agent_dirty (agent_id, branch_id, dirty_from, marked_at, marks)"
            " VALUES (:agent, :branch, :since, :now, 1) ON CONFLICT (agent_id) DO UPDATE SET"
            " dirty_from = least(agent_dirty.dirty_from, excluded.dirty_from),"
            " marks = agent_dirty.marks + 1"
        ),
        {"agent": agent_id, "branch": branch_id, "since": since, "now": now},
    )
