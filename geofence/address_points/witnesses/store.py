"""SQL of confirmed visits, and of the points that they are compared with."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from core.geometry import LatLon
from data.session import Session, rows
from geofence.address_points.estimate import Believed, ConfirmedVisit
from geofence.place import RADII_PER_SIGMA
from geofence.verdict import EDGE_MAX_M


async def touched(session: Session, since: datetime) -> list[UUID]:
    """Addresses of cases that anything was reported on since."""
    found = await rows(
        session,
        """
        SELECT DISTINCT c.address_id FROM agent_profile p CROSS JOIN LATERAL (
            SELECT case_id FROM receipt WHERE agent_id = p.agent_id AND taken_at >= :since
            UNION ALL
            SELECT case_id FROM promise WHERE agent_id = p.agent_id AND made_at >= :since
            UNION ALL
            SELECT case_id FROM check_in WHERE agent_id = p.agent_id AND device_time >= :since
        ) fact JOIN case_file c ON c.id = fact.case_id
        """,
        since=since,
    )
    return [r.address_id for r in found]


async def believed(session: Session, addresses: Sequence[UUID]) -> list[Believed]:
    """Where these addresses are believed to be; not those whose fence is a polygon."""
    found = await rows(
        session,
        """
        SELECT f.address_id, f.branch_id, f.lat, f.lon, f.point_version, f.point_origin,
               coalesce(a.sigma_m, f.radius_m / :radii) AS sigma_m,
               coalesce(a.agents, '{}') AS agents
        FROM fence f LEFT JOIN address_point a
             ON a.address_id = f.address_id AND a.version = f.point_version
        WHERE f.address_id = ANY(CAST(:addresses AS uuid[])) AND f.polygon IS NULL
        """,
        addresses=list(addresses),
        radii=RADII_PER_SIGMA,
    )
    return [
        Believed(
            r.address_id, r.branch_id, LatLon(r.lat, r.lon), r.sigma_m, r.point_version,
            frozenset(r.agents), r.point_origin,
        )
        for r in found
    ]  # fmt: skip


async def confirmed_visits(
    session: Session, addresses: Sequence[UUID], oldest: datetime
) -> list[ConfirmedVisit]:
    """Visits to these addresses that were at least probable and that something else confirms.

    That is, by the same agent for the customer within two minutes of the visit: a receipt taken
    near it, a promise, or a check-in from inside the fence.
    """
    found = await rows(
        session,
        """
        WITH fact AS MATERIALIZED (
            SELECT c.address_id, c.id AS case_id, t.* FROM case_file c CROSS JOIN LATERAL (
                SELECT agent_id, taken_at AS at, 1 AS rank, 'receipt' AS kind,
                       CAST(fix->>'lon' AS float8) AS lon, CAST(fix->>'lat' AS float8) AS lat
                FROM receipt WHERE case_id = c.id AND taken_at >= :oldest
                     AND fix IS NOT NULL AND NOT coalesce(CAST(fix->>'mock' AS boolean), false)
                UNION ALL
                SELECT agent_id, made_at, 2, 'promise', NULL, NULL
                FROM promise WHERE case_id = c.id AND made_at >= :oldest AND agent_id IS NOT NULL
                UNION ALL
                SELECT agent_id, device_time, 3, 'check-in', NULL, NULL
                FROM check_in WHERE case_id = c.id AND device_time >= :oldest
                     AND verdict = 'probable' AND reasons @> '[{"code": "inside-fence"}]'
            ) t WHERE c.address_id = ANY(CAST(:addresses AS uuid[]))
        )
        SELECT DISTINCT ON (fact.address_id, v.id) v.id, fact.address_id, v.agent_id,
               ST_Y(v.location::geometry) AS lat, ST_X(v.location::geometry) AS lon,
               v.uncertainty_m, fact.kind
        FROM fact JOIN visit v ON v.agent_id = fact.agent_id
             AND v.day BETWEEN CAST(fact.at AS date) - 1 AND CAST(fact.at AS date) + 1
             AND v.replaced_at IS NULL AND v.is_closed AND v.verdict IN ('verified', 'probable')
             AND fact.case_id = ANY(v.case_ids)
             AND fact.at >= v.began_at - interval '2 minutes'
             AND fact.at <= v.ended_at + interval '2 minutes'
        WHERE fact.lat IS NULL OR ST_Distance(
            v.location, ST_SetSRID(ST_MakePoint(fact.lon, fact.lat), 4326)::geography) <= :near
        ORDER BY fact.address_id, v.id, fact.rank
        """,
        addresses=list(addresses),
        oldest=oldest,
        near=EDGE_MAX_M,
    )
    return [
        ConfirmedVisit(
            r.id, r.address_id, r.agent_id, LatLon(r.lat, r.lon), r.uncertainty_m, r.kind
        )
        for r in found
    ]
