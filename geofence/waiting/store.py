"""SQL of agents who wait to be recomputed: theirs all at once, each question asked once."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import insert

from core.geometry import METRES_PER_DEGREE
from core.ids import new_id
from data.columns import ewkt_point
from data.session import Session, rows
from data.tables.geofence import Visit
from geofence.detect import Sketch
from geofence.fence import Fence, GeocodeQuality, radius_for
from geofence.ping_window import PingWindow, ping_window
from geofence.place import DOOR_M, RADII_PER_SIGMA, ManualCheckIn
from geofence.polygon import MOST_SIDE_M
from geofence.revision import KnownVisit, Revision
from geofence.store import fence_of, reasons_json
from geofence.verdict import Level
from geofence.waiting.deliveries.store import deliveries_of
from geofence.waiting.work import AgentDay, Ground, WaitingAgent

NEIGHBOR_M = 150.0
"""How far a noisy fix may put an agent from the right door: beyond, no neighbor competes."""

REACH_SIGMAS = 12.0
"""A door so many standard errors from a stay weighs less than a millionth of what counts."""


async def lock_waiting(session: Session, most: int) -> list[WaitingAgent]:
    """Those who have waited longest and whom no other worker has, until the transaction ends.

    The locks are advisory ones: a lock on the row would make the ingest wait for us.
    """
    found = await rows(
        session,
        """
        WITH longest AS MATERIALIZED (
            SELECT agent_id, branch_id, dirty_from, marks, marked_at
            FROM agent_dirty ORDER BY marked_at LIMIT 8 * :most
        ), taken AS MATERIALIZED (
            SELECT * FROM longest
            WHERE pg_try_advisory_xact_lock(hashtextextended(agent_id::text, 0)) LIMIT :most
        )
        SELECT t.agent_id, t.branch_id, b.zone, t.dirty_from, t.marks, p.captured_at
        FROM taken t JOIN branch b ON b.id = t.branch_id
        LEFT JOIN agent_position p ON p.agent_id = t.agent_id ORDER BY t.marked_at
        """,
        most=most,
    )
    return [WaitingAgent(*r) for r in found]


async def settle(session: Session, done: Sequence[WaitingAgent]) -> int:
    """Take agents off the list, but not those for whom more has come in since they were read;
    how many went."""
    settled = await rows(
        session,
        "DELETE FROM agent_dirty d USING unnest(CAST(:agents AS uuid[]), CAST(:marks AS bigint[]))"
        " AS t (agent_id, marks) WHERE d.agent_id = t.agent_id AND d.marks = t.marks RETURNING 1",
        agents=[agent.agent_id for agent in done],
        marks=[agent.marks for agent in done],
    )
    return len(settled)


def _asked(days: Sequence[AgentDay]) -> dict[str, Any]:
    return {
        "agents": [day.agent.agent_id for day in days],
        "days": [day.day for day in days],
        "begins": [day.begin for day in days],
        "ends": [day.end for day in days],
    }


_DAYS = """unnest(CAST(:agents AS uuid[]), CAST(:days AS date[]),
                  CAST(:begins AS timestamptz[]), CAST(:ends AS timestamptz[]))
           WITH ORDINALITY AS w (agent_id, day, begin_at, end_at, n)"""


async def pings_of(session: Session, days: Sequence[AgentDay]) -> list[PingWindow]:
    """The pings of each of these days."""
    # Pings are indexed by device; the agent's devices lead to them without another index.
    found = await rows(
        session,
        f"""
        SELECT w.n - 1 AS n, p.* FROM {_DAYS} CROSS JOIN LATERAL (
            SELECT array_agg(extract(epoch FROM captured_at)::float8) AS t_s,
                   array_agg(lat) AS lat, array_agg(lon) AS lon,
                   array_agg(coalesce(accuracy_m, 'NaN')::float8) AS accuracy_m,
                   array_agg(is_mock) AS mock,
                   array_agg(coalesce(speed_mps, 'NaN')::float8) AS speed_mps
            FROM ping
            WHERE device_id = ANY(ARRAY(
                      SELECT device_id FROM sign_on s WHERE s.agent_id = w.agent_id
                      AND s.during && tstzrange(w.begin_at, w.end_at)))
              AND ping.agent_id = w.agent_id AND captured_at >= w.begin_at
              AND captured_at < w.end_at
        ) p WHERE p.t_s IS NOT NULL
        """,  # noqa: S608 our own constant
        **_asked(days),
    )
    nothing = np.zeros(0)
    windows = [ping_window(nothing, nothing, nothing)] * len(days)
    for r in found:
        t_s, lat, lon, accuracy_m, speed_mps = (
            np.array(column, float) for column in (r.t_s, r.lat, r.lon, r.accuracy_m, r.speed_mps)
        )
        mock = np.array(r.mock, bool)
        windows[r.n] = ping_window(t_s, lat, lon, accuracy_m, mock, speed_mps)
    return windows


async def grounds_of(
    session: Session, stays: Mapping[int, tuple[AgentDay, Sketch]]
) -> dict[int, Ground]:
    """For each day by its number: the fences that its stays could belong to, with their cases.

    A fence counts when it is of one of the agent's cases, or of a customer within `NEIGHBOR_M` of
    one (who lives next door must be a candidate too), and within `REACH_SIGMAS` of a stay: beyond,
    it weighs nothing. Polygons are found by their boxes, and the agent's own always.
    """
    if not stays:
        return {}
    # Bounds are columns, made beforehand: row-level security keeps a comparison with anything
    # computed on the spot from using an index.
    spots: list[tuple[int, float, float, float]] = []
    for place, (_, drawn) in enumerate(stays.values()):
        centers = np.array([stay.spot[:2] for stay in drawn.pieces])
        lat, lon = drawn.plane.latlon(centers[:, 0], centers[:, 1])
        errors = [stay.spot.error_m for stay in drawn.pieces]
        spots += zip([place] * len(errors), lat.tolist(), lon.tolist(), errors, strict=True)
    numbers, lat_, lon_, error_m = zip(*spots, strict=True)
    found = await rows(
        session,
        f"""
        WITH asked AS MATERIALIZED (
            SELECT w.n - 1 AS n, w.agent_id, w.day, p.branch_id
            FROM {_DAYS} JOIN agent_profile p ON p.agent_id = w.agent_id),
        planned AS MATERIALIZED (
            SELECT a.n, s.case_id FROM asked a
            JOIN round r ON r.agent_id = a.agent_id AND r.day = a.day AND r.replaced_at IS NULL
            JOIN stop s ON s.round_id = r.id AND s.kind = 'visit'
        ), own AS (
            SELECT a.n, s.case_id FROM asked a
            JOIN assignment s ON s.agent_id = a.agent_id AND upper_inf(s.during)
            UNION SELECT n, case_id FROM planned
            UNION SELECT a.n, i.case_id FROM asked a JOIN check_in i ON i.agent_id = a.agent_id
                AND i.device_time > a.day - 1 AND i.device_time < a.day + 2
        ), home AS MATERIALIZED (
            SELECT own.n, own.case_id, f.id, f.radius_m, f.south IS NOT NULL AS has_shape,
                   coalesce(f.south, f.lat) AS south, coalesce(f.north, f.lat) AS north,
                   coalesce(f.west, f.lon) AS west, coalesce(f.east, f.lon) AS east FROM own
            JOIN case_file c ON c.id = own.case_id JOIN fence f ON f.address_id = c.address_id
        ), spot AS MATERIALIZED (
            SELECT n, lat, lon, error_m, degrees / cos(radians(lat)) AS degrees_lon, degrees,
                   :metres * cos(radians(lat)) AS metres_lon
            FROM (SELECT *, :reach * sqrt(error_m ^ 2 + (:widest / :radii) ^ 2 + :door ^ 2)
                         / :metres AS degrees
                  FROM unnest(CAST(:numbers AS int[]), CAST(:lat AS float8[]),
                              CAST(:lon AS float8[]), CAST(:error_m AS float8[]))
                       AS t (n, lat, lon, error_m)) t
        ), anchor AS MATERIALIZED (
            SELECT DISTINCT h.n, h.south - :near_deg AS south, h.north + :near_deg AS north,
                   h.south - :near_deg - :side_deg AS south_of_all,
                   h.west - :near_deg / cos(radians(h.south)) AS west,
                   h.east + :near_deg / cos(radians(h.south)) AS east
            FROM home h JOIN spot ON spot.n = h.n
            WHERE spot.lat BETWEEN h.south - degrees - :near_deg AND h.north + degrees + :near_deg
              AND spot.lon BETWEEN h.west - degrees_lon - :near_deg / cos(radians(h.south))
                               AND h.east + degrees_lon + :near_deg / cos(radians(h.south))
        ), near AS (
            SELECT a.n, f.id FROM anchor a
            JOIN fence f ON f.lat BETWEEN a.south AND a.north
                 AND f.lon BETWEEN a.west AND a.east
            JOIN spot ON spot.n = a.n
            WHERE ((f.lat - spot.lat) * :metres) ^ 2 + ((f.lon - spot.lon) * metres_lon) ^ 2
                  <= :reach ^ 2 * (error_m ^ 2 + (f.radius_m / :radii) ^ 2 + :door ^ 2)
            UNION SELECT n, id FROM home WHERE radius_m > :widest OR has_shape
            UNION SELECT a.n, f.id FROM anchor a
            JOIN fence f ON f.south BETWEEN a.south_of_all AND a.north
                 AND f.north >= a.south AND f.west <= a.east AND f.east >= a.west
            JOIN spot ON spot.n = a.n
            WHERE spot.lat BETWEEN f.south - degrees AND f.north + degrees
              AND spot.lon BETWEEN f.west - degrees_lon AND f.east + degrees_lon
        )
        SELECT near.n, f.id, f.lat, f.lon, f.radius_m, ST_AsBinary(f.polygon, 'NDR') AS polygon,
               f.sole_witness, f.changed_at,
               coalesce(array_agg(c.id ORDER BY c.id) FILTER (WHERE c.id IS NOT NULL), '{{}}')
                   AS cases, NULL::uuid[] AS planned
        FROM near JOIN fence f ON f.id = near.id JOIN asked a ON a.n = near.n
        LEFT JOIN case_file c ON c.address_id = f.address_id AND c.closed_at IS NULL
             AND c.branch_id = a.branch_id
        GROUP BY near.n, f.id
        UNION ALL
        SELECT p.n, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, array_agg(h.id)
        FROM planned p JOIN home h ON h.n = p.n AND h.case_id = p.case_id GROUP BY p.n
        """,  # noqa: S608 our own constant
        **_asked([day for day, _ in stays.values()]),
        numbers=list(numbers), lat=list(lat_), lon=list(lon_), error_m=list(error_m),
        metres=METRES_PER_DEGREE, near_deg=NEIGHBOR_M / METRES_PER_DEGREE, reach=REACH_SIGMAS,
        radii=RADII_PER_SIGMA, door=DOOR_M, widest=radius_for(GeocodeQuality.AREA),
        side_deg=MOST_SIDE_M / METRES_PER_DEGREE,
    )  # fmt: skip
    return _grounds(list(stays), found)


def _grounds(numbers: Sequence[int], found: Sequence[Any]) -> dict[int, Ground]:
    fences: dict[int, list[Fence]] = {number: [] for number in numbers}
    cases: dict[int, dict[Any, tuple[Any, ...]]] = {number: {} for number in numbers}
    changed: dict[int, dict[Any, datetime]] = {number: {} for number in numbers}
    planned: dict[int, frozenset[Any]] = {}
    for r in found:
        number = numbers[r.n]
        if r.id is None:
            planned[number] = frozenset(r.planned)
        else:
            fences[number].append(fence_of(r))
            cases[number][r.id] = tuple(r.cases)
            if r.changed_at is not None:
                changed[number][r.id] = r.changed_at
    return {
        number: Ground(
            tuple(fences[number]),
            planned.get(number, frozenset()),
            cases[number],
            changed[number],
        )
        for number in numbers
    }


async def check_ins_of(
    session: Session, days: Sequence[AgentDay]
) -> dict[int, list[ManualCheckIn]]:
    """The check-ins of each day by its number, as the detector takes them."""
    found = await rows(
        session,
        f"""
        SELECT w.n - 1 AS n, f.id, extract(epoch FROM i.device_time)::float8 AS at_s
        FROM {_DAYS} JOIN check_in i ON i.agent_id = w.agent_id
             AND i.device_time >= w.begin_at AND i.device_time < w.end_at
        JOIN case_file c ON c.id = i.case_id JOIN fence f ON f.address_id = c.address_id
        """,  # noqa: S608 our own constant
        **_asked(days),
    )
    by_day: dict[int, list[ManualCheckIn]] = {}
    for r in found:
        by_day.setdefault(r.n, []).append(ManualCheckIn(r.id, r.at_s))
    return by_day


async def current_visits_of(
    session: Session, days: Sequence[AgentDay]
) -> dict[int, list[KnownVisit]]:
    """The visits of each day by its number, as they stand."""
    found = await rows(
        session,
        f"""
        SELECT w.n - 1 AS n, v.id, v.fence_ids, extract(epoch FROM v.began_at)::float8 AS began_at,
               extract(epoch FROM v.ended_at)::float8 AS ended_at, v.is_closed, v.verdict,
               v.version, v.first_id, extract(epoch FROM v.decided_at)::float8 AS decided_at,
               v.posterior, v.ping_count,
               ARRAY(SELECT r ->> 'code' FROM jsonb_array_elements(v.reasons) r) AS reasons
        FROM {_DAYS} JOIN visit v ON v.agent_id = w.agent_id AND v.day = w.day
             AND v.replaced_at IS NULL
        """,  # noqa: S608 our own constant
        **_asked(days),
    )
    by_day: dict[int, list[KnownVisit]] = {}
    for r in found:
        visit = KnownVisit(
            r.id, tuple(r.fence_ids), r.began_at, r.ended_at, r.is_closed, Level(r.verdict),
            r.version, r.first_id, r.decided_at, r.posterior, r.ping_count, tuple(r.reasons),
        )  # fmt: skip
        by_day.setdefault(r.n, []).append(visit)
    return by_day


async def write_revision(
    session: Session, day: AgentDay, revision: Revision, ground: Ground, now: datetime
) -> list[UUID]:
    """Store new versions of visits and put the old ones aside; nothing is edited.

    Returns the new versions' ids, in the order of the changes.
    """
    if revision.outdated:
        lost = {withdrawal.visit.id: withdrawal.why for withdrawal in revision.withdrawals}
        await rows(
            session,
            "UPDATE visit v SET replaced_at = :now, withdrawn_why = t.why"
            " FROM unnest(CAST(:ids AS uuid[]), CAST(:whys AS text[])) t (id, why)"
            " WHERE v.id = t.id RETURNING 1",
            now=now,
            ids=[visit.id for visit in revision.outdated],
            whys=[lost.get(visit.id) for visit in revision.outdated],
        )
    version_ids = [new_id() for _ in revision.changes]
    if not version_ids:
        return version_ids
    deliveries = await deliveries_of(session, day, revision.changes)
    await session.execute(
        insert(Visit),
        [
            {
                "id": version_id,
                "first_id": change.former.first_id if change.former else version_id,
                "branch_id": day.agent.branch_id,
                "agent_id": day.agent.agent_id,
                "day": day.day,
                "fence_ids": list(visit.fence_ids),
                "case_ids": ground.cases_of(visit),
                "began_at": datetime.fromtimestamp(visit.began_at, UTC),
                "ended_at": datetime.fromtimestamp(visit.ended_at, UTC),
                "is_closed": visit.closed,
                "location": ewkt_point(visit.position),
                "uncertainty_m": visit.uncertainty_m,
                "ping_count": visit.pings,
                "posterior": visit.posterior,
                "verdict": visit.verdict.level.value,
                "reasons": reasons_json(visit.verdict),
                "version": change.version,
                "decided_at": now,
                "change": change.why,
                "pings_from": delivery and delivery.first_at,
                "pings_until": delivery and delivery.last_at,
                "pings_delay_s": delivery and delivery.longest_s,
            }
            for change, version_id, delivery in zip(
                revision.changes, version_ids, deliveries, strict=True
            )
            for visit in [change.visit]
        ],
    )
    return version_ids
