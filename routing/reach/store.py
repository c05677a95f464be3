"""SQL of where addresses are, as far as anybody knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from core.geometry import LatLon
from data.session import Session, rows
from routing.travel.areas import Area, KnownOf, area_of
from streets.profile import Profile

LEAST_KNOWN = 3
"""So many addresses of a pin code must be known before their middle stands for it."""

SPOT = f"""
spot AS (
    SELECT d.id AS address_id, d.line, d.locality, d.pincode, d.geocode_quality AS quality,
           d.spread_m, coalesce(f.point_version > 0 OR f.polygon IS NOT NULL, false) AS is_pinned,
           coalesce(f.lat, ST_Y(d.location::geometry), p.lat) AS lat,
           coalesce(f.lon, ST_X(d.location::geometry), p.lon) AS lon,
           p.radius_m AS pincode_radius_m
    FROM address d LEFT JOIN fence f ON f.address_id = d.id
    LEFT JOIN LATERAL (
        SELECT m.lat, m.lon, percentile_cont(0.8) WITHIN GROUP (ORDER BY ST_Distance(
                   ST_SetSRID(ST_MakePoint(m.lon, m.lat), 4326)::geography, at)) AS radius_m
        FROM (
            SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY ST_Y(at::geometry)) AS lat,
                   percentile_cont(0.5) WITHIN GROUP (ORDER BY ST_X(at::geometry)) AS lon,
                   array_agg(at) AS known
            FROM (
                SELECT coalesce(g.center, n.location) AS at
                FROM address n LEFT JOIN fence g ON g.address_id = n.id
                WHERE d.location IS NULL AND f.id IS NULL
                  AND n.branch_id = d.branch_id AND n.pincode = d.pincode
                  AND (g.point_version > 0 OR n.geocode_quality IN ('rooftop', 'street'))
            ) k HAVING count(*) >= {LEAST_KNOWN}
        ) m CROSS JOIN unnest(m.known) AS at GROUP BY m.lat, m.lon
    ) p ON true
)
"""  # noqa: S608 our own constant
"""Common table expressions: `spot` says of every address in scope where it is believed to be, with
what `spot_area` needs. One that is not on the map lies in the middle of its pin code, once enough
addresses of it are known."""

SPOT_COLUMNS = (
    "s.lat, s.lon, s.line, s.locality, s.pincode, s.quality, s.spread_m, s.is_pinned,"
    " s.pincode_radius_m"
)


def spot_area(row: Any) -> Area | None:
    """The area that a row with `SPOT_COLUMNS` is planned as, None for a point or no position."""
    if row.lat is None:
        return None
    return area_of(
        KnownOf(
            row.line, row.locality, row.pincode, row.quality, row.spread_m, row.is_pinned,
            row.pincode_radius_m,
        )
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class AddressToReach:
    """An address with open cases, and how whoever visits it gets about."""

    address_id: UUID
    branch_id: UUID
    branch: str
    customer: str
    line: str
    locality: str | None
    pincode: str | None
    agent: str | None
    profile: Profile
    position: LatLon | None
    case_ids: tuple[UUID, ...]


async def addresses_to_reach(session: Session) -> Sequence[AddressToReach]:
    """All addresses in scope that have open cases due a visit, by id.

    The profile is that of the agent to whom the cases are assigned, else a two-wheeler's.
    """
    found = await rows(
        session,
        f"""
        WITH {SPOT}, due AS (
            SELECT c.address_id, array_agg(c.id ORDER BY c.id) AS case_ids,
                   min(a.agent_id::text)::uuid AS agent_id
            FROM case_file c
            LEFT JOIN assignment a ON a.case_id = c.id AND a.channel = 'visit'
                 AND upper_inf(a.during)
            WHERE c.closed_at IS NULL AND c.overdue_minor > 0 GROUP BY c.address_id
        )
        SELECT {SPOT_COLUMNS}, s.address_id, d.branch_id, b.code, u.full_name, due.case_ids,
               st.full_name AS agent, coalesce(ap.vehicle, 'two_wheeler') AS vehicle
        FROM due JOIN spot s USING (address_id) JOIN address d ON d.id = s.address_id
        JOIN branch b ON b.id = d.branch_id JOIN customer u ON u.id = d.customer_id
        LEFT JOIN agent_profile ap ON ap.agent_id = due.agent_id
        LEFT JOIN staff st ON st.id = due.agent_id
        ORDER BY s.address_id
        """,  # noqa: S608 - nothing of a caller's is in it
    )
    return [
        AddressToReach(
            r.address_id, r.branch_id, r.code, r.full_name, r.line, r.locality, r.pincode, r.agent,
            Profile(r.vehicle), None if r.lat is None else LatLon(r.lat, r.lon),
            tuple(r.case_ids),
        )
        for r in found
    ]  # fmt: skip
