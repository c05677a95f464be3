"""SQL of visits that are held to contact hours. Writes nothing."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from data.rows_json import as_json
from data.session import Session, rows
from geofence.findings.contact_hours.outside import Made
from geofence.findings.finding import Found, Kind
from geofence.findings.store import GROUND, Asked, page

_FOUND = """
given AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(CAST(:given AS jsonb)) AS g (id uuid, figures jsonb)
), found AS (
    SELECT md5('outside_contact_hours' || s.id)::uuid AS id, s.agent_id, s.began_at, s.ended_at,
           g.figures, ARRAY[s.id] AS visit_ids, CAST('{}' AS uuid[]) AS stop_ids, s.case_ids
    FROM given g JOIN seen s ON s.id = g.id
)
"""


async def visits_made(session: Session, asked: Asked) -> list[Made]:
    """The visits of the day in question that are not unverified, at places with open cases."""
    found = await rows(
        session,
        f"""
        WITH {GROUND} SELECT s.id, s.agent_id, s.began_at, s.ended_at, s.case_ids, s.verdict,
               g.zone, g.day
        FROM seen s JOIN ground g ON g.agent_id = s.agent_id
        WHERE s.verdict <> 'unverified' AND cardinality(s.case_ids) > 0
        """,  # noqa: S608 our own constant
        day=asked.day,
        agent=asked.agent_id,
        now=asked.now,
    )
    return [
        Made(r.id, r.agent_id, r.began_at, r.ended_at, tuple(r.case_ids), r.verdict, r.zone, r.day)
        for r in found
    ]


async def tell(
    session: Session, asked: Asked, given: Sequence[tuple[UUID, Mapping[str, Any]]]
) -> list[Found]:
    """These visits as findings, a page of them, with their figures."""
    told = as_json([{"id": id_, "figures": figures} for id_, figures in given])
    return await page(session, Kind.OUTSIDE_CONTACT_HOURS, asked, _FOUND, {"given": told})
