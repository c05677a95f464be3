"""SQL of where cases lie among the territories of their branches."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from allocation.store import TRAVEL_SHARE_S
from allocation.territories.cases.place import Place
from allocation.work import Worked
from data.session import Session, rows
from routing.reach.store import SPOT, SPOT_COLUMNS, spot_area

PLACED = f"""
    {SPOT}, ground AS MATERIALIZED (
        SELECT v.id, t.code, v.name, v.branch_id, v.shape, v.pincodes, v.precedence, v.area_m2,
               v.south, v.west, v.north, v.east
        FROM territory_version v JOIN territory t ON t.id = v.territory_id
        WHERE v.during @> CAST(:day AS date)
    ), asked AS MATERIALIZED (
        SELECT c.id AS case_id, c.branch_id, c.service_s, c.overdue_minor, s.*,
               s.quality IS NULL AND NOT s.is_pinned AS is_unplaced,
               ST_SetSRID(ST_MakePoint(s.lon, s.lat), 4326) AS at
        FROM case_file c JOIN spot s ON s.address_id = c.address_id WHERE {{which}}
    ), covered AS MATERIALIZED (
        SELECT DISTINCT ON (q.case_id) q.case_id, g.id FROM asked q
        JOIN ground g ON g.branch_id = q.branch_id AND q.lat BETWEEN g.south AND g.north
            AND q.lon BETWEEN g.west AND g.east AND ST_Covers(g.shape, q.at)
        ORDER BY q.case_id, g.precedence, g.area_m2, g.code
    ), coded AS MATERIALIZED (
        SELECT DISTINCT ON (q.case_id) q.case_id, p.id FROM asked q
        JOIN (SELECT id, branch_id, precedence, code, unnest(pincodes) AS pincode FROM ground) p
            ON p.branch_id = q.branch_id AND p.pincode = q.pincode
        ORDER BY q.case_id, p.precedence, p.code
    ), placed AS (
        SELECT q.*, g.id AS version_id, g.code, g.name,
               CASE WHEN g.id IS NULL THEN CASE WHEN q.lat IS NULL THEN 'unknown' ELSE 'nowhere' END
                    WHEN g.id = d.id AND (q.is_unplaced OR v.id IS NULL) THEN 'pincode'
                    WHEN q.is_unplaced THEN 'pincode_middle'
                    WHEN q.is_pinned OR q.quality IN ('rooftop', 'street') THEN 'point'
                    ELSE 'area' END AS basis
        FROM asked q LEFT JOIN covered v USING (case_id) LEFT JOIN coded d USING (case_id)
        LEFT JOIN ground g ON g.id =
            CASE WHEN q.is_unplaced THEN coalesce(d.id, v.id) ELSE coalesce(v.id, d.id) END
    )
"""  # noqa: S608 - nothing of a caller's is in it
"""Common table expressions: `placed` says of each case of `which` in which territory it lies on
`day` and by what. A point goes before a pin code, and a pin code before the middle of its known
addresses; where several territories cover it, the lowest precedence, then the smallest."""


@dataclass(frozen=True, slots=True)
class Count:
    """The open cases of a territory; of none where `code` is None. Work counts a visit's service
    time and the usual share of travel, of cases that are due."""

    code: str | None
    cases: int
    due: int
    work_min: int


async def place_of(session: Session, case_id: UUID, day: date) -> Place | None:
    """Where a case of the caller's branches lies; None when there is no such case."""
    found = await rows(
        session,
        f"""
        WITH {PLACED.format(which="c.id = :case")}
        SELECT {SPOT_COLUMNS}, s.basis, s.code, s.name, near.code AS nearest, near.away_m
        FROM placed s JOIN branch b ON b.id = s.branch_id LEFT JOIN LATERAL (
            SELECT g.code, ST_Distance(g.shape::geography, s.at::geography) AS away_m FROM ground g
            WHERE g.branch_id = s.branch_id AND g.shape IS NOT NULL AND s.at IS NOT NULL
              AND NOT s.is_unplaced AND s.basis IN ('nowhere', 'pincode')
            ORDER BY away_m, g.code LIMIT 1
        ) near ON true
        """,  # noqa: S608 - nothing of a caller's is in it
        case=case_id,
        day=day,
    )
    if not found:
        return None
    (r,) = found
    area = spot_area(r)
    told = f"about {round(area.radius_m, -1):.0f} m around {area.name}" if area else None
    return Place(r.basis, r.code, r.name, r.pincode, told, r.nearest, r.away_m)


async def counts(session: Session, branch_id: UUID, day: date) -> list[Count]:
    """How many open cases, and how much work, lie in each territory of a branch, and in none."""
    found = await rows(
        session,
        f"""
        WITH {PLACED.format(which="c.branch_id = :branch AND c.closed_at IS NULL")}
        SELECT code, count(*), count(*) FILTER (WHERE overdue_minor > 0),
               coalesce(sum(service_s + :travel_s) FILTER (WHERE overdue_minor > 0), 0) / 60
        FROM placed GROUP BY code ORDER BY code NULLS LAST
        """,  # noqa: S608 - nothing of a caller's is in it
        branch=branch_id,
        day=day,
        travel_s=TRAVEL_SHARE_S,
    )
    return [Count(r[0], r[1], r[2], round(r[3])) for r in found]


async def points(session: Session, branch_id: UUID) -> list[tuple[float, float]]:
    """Where the open cases of a branch are, as degrees north and east: the middle of what is known
    of an address without a point. Those on no map are left out."""
    found = await rows(
        session,
        f"""
        WITH {SPOT} SELECT s.lat, s.lon FROM case_file c JOIN spot s ON s.address_id = c.address_id
        WHERE c.branch_id = :branch AND c.closed_at IS NULL AND s.lat IS NOT NULL ORDER BY c.id
        """,  # noqa: S608 - nothing of a caller's is in it
        branch=branch_id,
    )
    return [(r.lat, r.lon) for r in found]


async def zone_of(session: Session, case_id: UUID) -> str | None:
    """The zone of the branch of a case of the caller's branches."""
    found = await rows(
        session,
        "SELECT b.zone FROM case_file c JOIN branch b ON b.id = c.branch_id WHERE c.id = :case",
        case=case_id,
    )
    return found[0].zone if found else None


async def worked_by(
    session: Session, branch_id: UUID, case_ids: Sequence[UUID], day: date
) -> dict[UUID, Worked]:
    """The territories of a branch's cases with those who work them; not of cases in none."""
    found = await rows(
        session,
        f"""
        WITH {PLACED.format(which="c.branch_id = :branch AND c.id = ANY (CAST(:cases AS uuid[]))")}
        SELECT version_id, code, array_agg(case_id) AS cases,
               ARRAY(SELECT agent_id FROM territory_agent a WHERE a.version_id = placed.version_id)
                   AS agents
        FROM placed WHERE version_id IS NOT NULL GROUP BY version_id, code
        """,  # noqa: S608 - nothing of a caller's is in it
        branch=branch_id,
        day=day,
        cases=[str(case) for case in case_ids],
    )
    return {
        case: worked
        for r in found
        for worked in (Worked(r.code, frozenset(r.agents)),)
        for case in r.cases
    }
