"""SQL of days that were ridden, and of their plans."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from data.session import Session, rows
from routing.underway.days.actual import MadeVisit, PlannedVisit


@dataclass(frozen=True, slots=True)
class PlanOfDay:
    """A revision of a day's plan. `way` is a GeoJSON geometry; metres along the streets."""

    round_id: UUID
    revision: int
    distance_m: float
    way: dict[str, Any] | None
    visits: tuple[PlannedVisit, ...]


async def plan_of(
    session: Session, agent_id: UUID, day: date, revision: int | None
) -> PlanOfDay | None:
    """A revision of an agent's plan of a day, the last one when none is given."""
    found = await rows(
        session,
        """
        SELECT r.id, r.revision, ST_AsGeoJSON(ST_Collect(ARRAY(
                   SELECT s.way FROM stop s WHERE s.round_id = r.id ORDER BY s.seq)
                   || coalesce(ARRAY[r.way_back], '{}')), 6) AS way,
               coalesce((SELECT sum(s.distance_m) FROM stop s WHERE s.round_id = r.id), 0)
                   + coalesce(ST_Length(r.way_back::geography), 0) AS distance_m
        FROM round r WHERE r.agent_id = :agent AND r.day = :day
          AND (CAST(:revision AS integer) IS NULL OR r.revision = :revision)
        ORDER BY r.revision DESC LIMIT 1
        """,
        agent=agent_id,
        day=day,
        revision=revision,
    )
    if not found:
        return None
    r = found[0]
    visits = await rows(
        session,
        "SELECT s.case_id, c.full_name, s.begins_at, s.departs_at, s.distance_m FROM stop s"
        " JOIN case_file f ON f.id = s.case_id JOIN customer c ON c.id = f.customer_id"
        " WHERE s.round_id = :round ORDER BY s.seq",
        round=r.id,
    )
    way = msgspec.json.decode(r.way) if r.way else None
    planned = tuple(PlannedVisit(*visit) for visit in visits)
    return PlanOfDay(r.id, r.revision, r.distance_m, way, planned)


async def visits_of(session: Session, agent_id: UUID, day: date) -> list[MadeVisit]:
    """What an agent visited on a day: by pings, else by checking in. The earliest first."""
    found = await rows(
        session,
        """
        WITH span AS MATERIALIZED (
            SELECT CAST(:day AS date)::timestamp AT TIME ZONE b.zone AS begins,
                   (CAST(:day AS date) + 1)::timestamp AT TIME ZONE b.zone AS ends
            FROM agent_profile a JOIN branch b ON b.id = a.branch_id WHERE a.agent_id = :agent
        ), proven AS (
            SELECT v.case_id, v.began_at, v.ended_at, v.verdict FROM visit_case v
            WHERE v.agent_id = :agent AND v.day = :day AND v.replaced_at IS NULL
              AND v.verdict IS NOT NULL
        ), said AS (
            SELECT c.case_id, c.device_time, coalesce(o.device_time, c.device_time) AS ended_at,
                   c.verdict
            FROM span t JOIN check_in c ON c.agent_id = :agent
                 AND c.device_time >= t.begins AND c.device_time < t.ends
            LEFT JOIN check_out o ON o.check_in_id = c.id
            WHERE c.case_id NOT IN (SELECT case_id FROM proven)
        )
        SELECT m.case_id, cu.full_name, m.began_at, m.ended_at, m.verdict
        FROM (SELECT * FROM proven UNION ALL SELECT * FROM said) m
        JOIN case_file f ON f.id = m.case_id JOIN customer cu ON cu.id = f.customer_id
        ORDER BY m.began_at, m.case_id
        """,
        agent=agent_id,
        day=day,
    )
    return [MadeVisit(*r) for r in found]
