"""SQL of findings from visits and rounds. Writes nothing; one statement for all agents in scope."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from data.session import Session, rows
from geofence.findings.finding import Found, Kind
from geofence.revision import SAME_S


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose findings of which day (None: today in each branch's zone), from behind `after` on."""

    day: date | None
    agent_id: UUID | None
    now: datetime
    after: tuple[datetime, UUID] | None
    limit: int


# The agents in question with their branch and the day, in its zone.
GROUND = """
ground AS MATERIALIZED (
    SELECT a.*, a.day::timestamp AT TIME ZONE zone AS begins,
           (a.day + 1)::timestamp AT TIME ZONE zone AS ends
    FROM (SELECT a.agent_id, s.full_name, b.id AS branch_id, b.code, b.zone,
                 coalesce(CAST(:day AS date),
                     (CAST(:now AS timestamptz) AT TIME ZONE b.zone)::date) AS day
          FROM agent_profile a JOIN staff s ON s.id = a.agent_id
          JOIN branch b ON b.id = a.branch_id
          WHERE CAST(:agent AS uuid) IS NULL OR a.agent_id = :agent) a
), seen AS MATERIALIZED (
    SELECT v.agent_id, v.first_id AS id, v.began_at, v.ended_at, v.fence_ids, v.case_ids, v.verdict,
           v.is_closed, v.location
    FROM ground g JOIN visit v ON v.agent_id = g.agent_id AND v.day = g.day
         AND v.replaced_at IS NULL
)
"""

PAGE = """
SELECT f.id, f.agent_id, g.full_name, g.code, g.zone, g.day, f.began_at, f.ended_at, f.figures,
       ARRAY(SELECT DISTINCT u.full_name FROM case_file c JOIN customer u ON u.id = c.customer_id
             WHERE c.id = ANY(f.case_ids) ORDER BY 1) AS customers,
       f.visit_ids, f.stop_ids, f.case_ids
FROM (SELECT * FROM found
      WHERE CAST(:before_at AS timestamptz) IS NULL
            OR (began_at, id) < (:before_at, CAST(:before_id AS uuid))
      ORDER BY began_at DESC, id DESC LIMIT :limit) f
JOIN ground g ON g.agent_id = f.agent_id ORDER BY f.began_at DESC, f.id DESC
"""

# Two visits of an agent at once, at different places. Edges are not known to the second.
# Few begin before an earlier one has ended, and only those are compared.
_OVERLAP = """
early AS MATERIALIZED (
    SELECT * FROM (
        SELECT *, max(ended_at) OVER (PARTITION BY agent_id ORDER BY began_at, id
                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS others_until
        FROM seen) s WHERE others_until > began_at
), found AS (
    SELECT md5('overlap' || a.id || b.id)::uuid AS id, a.agent_id,
           greatest(a.began_at, b.began_at) AS began_at, least(a.ended_at, b.ended_at) AS ended_at,
           jsonb_build_object(
               'overlap_s', extract(epoch FROM least(a.ended_at, b.ended_at)
                                    - greatest(a.began_at, b.began_at)),
               'distance_m', round(ST_Distance(a.location, b.location)::numeric, 1)) AS figures,
           ARRAY[a.id, b.id] AS visit_ids, CAST('{}' AS uuid[]) AS stop_ids,
           a.case_ids || b.case_ids AS case_ids
    FROM early b JOIN seen a ON b.agent_id = a.agent_id AND (a.began_at, a.id) < (b.began_at, b.id)
    WHERE least(a.ended_at, b.ended_at) - greatest(a.began_at, b.began_at)
          > make_interval(secs => :same_s)
      AND NOT a.fence_ids && b.fence_ids
)
"""

_PLAN = """
plan AS MATERIALIZED (
    SELECT g.agent_id, s.id, s.case_id, s.arrives_at, s.departs_at, g.begins, g.ends,
           g.ends <= :now OR r.ends_at < :now OR coalesce(s.window_to < :now, false) AS is_over
    FROM ground g JOIN round r ON r.agent_id = g.agent_id AND r.day = g.day
         AND r.replaced_at IS NULL
    JOIN stop s ON s.round_id = r.id AND s.kind = 'visit'
)
"""

_NOT_VISITED = f"""
{_PLAN}, told AS MATERIALIZED (
    SELECT v.agent_id, v.case_id, coalesce(bool_or(v.verdict <> 'unverified'), false) AS is_done,
           coalesce(bool_or(v.verdict = 'unverified'), false) AS is_unverified,
           array_agg(v.first_id ORDER BY v.began_at) AS visit_ids
    FROM ground g JOIN visit_case v ON v.agent_id = g.agent_id AND v.day = g.day
         AND v.replaced_at IS NULL
    GROUP BY v.agent_id, v.case_id
), claim AS MATERIALIZED (
    SELECT DISTINCT g.agent_id, i.case_id FROM ground g JOIN check_in i
        ON i.agent_id = g.agent_id AND i.device_time >= g.begins AND i.device_time < g.ends
), found AS (
    SELECT md5('not_visited' || p.id)::uuid AS id, p.agent_id, p.arrives_at AS began_at,
           p.departs_at AS ended_at,
           jsonb_build_object('why', CASE WHEN t.is_unverified THEN 'unverified'
                                          WHEN t.agent_id IS NOT NULL THEN 'others_met'
                                          WHEN c.agent_id IS NOT NULL THEN 'claimed'
                                          ELSE 'no_stay' END,
                              'checked_in', c.agent_id IS NOT NULL) AS figures,
           coalesce(t.visit_ids, '{{}}') AS visit_ids, ARRAY[p.id] AS stop_ids,
           ARRAY[p.case_id] AS case_ids
    FROM plan p
    LEFT JOIN told t ON t.agent_id = p.agent_id AND t.case_id = p.case_id
    LEFT JOIN claim c ON c.agent_id = p.agent_id AND c.case_id = p.case_id
    WHERE p.is_over AND NOT coalesce(t.is_done, false)
)
"""  # noqa: S608 our own constant

_NOT_PLANNED = f"""
{_PLAN}, planned AS MATERIALIZED (
    SELECT DISTINCT s.id FROM seen s CROSS JOIN unnest(s.case_ids) AS of (case_id)
    JOIN plan p ON p.agent_id = s.agent_id AND p.case_id = of.case_id
), found AS (
    SELECT md5('not_planned' || s.id)::uuid AS id, s.agent_id, s.began_at, s.ended_at,
           jsonb_build_object('verdict', s.verdict,
               'has_plan', s.agent_id IN (SELECT agent_id FROM plan)) AS figures,
           ARRAY[s.id] AS visit_ids, CAST('{{}}' AS uuid[]) AS stop_ids, s.case_ids
    FROM seen s
    WHERE s.verdict <> 'unverified' AND cardinality(s.case_ids) > 0
      AND s.id NOT IN (SELECT id FROM planned)
)
"""  # noqa: S608 our own constant

_FOUND = {
    Kind.OVERLAP: _OVERLAP,
    Kind.NOT_VISITED: _NOT_VISITED,
    Kind.NOT_PLANNED: _NOT_PLANNED,
}


async def from_visits(kind: Kind, session: Session, asked: Asked) -> list[Found]:
    """Findings of a kind that visits and rounds show, the newest first."""
    more = {"same_s": SAME_S} if kind is Kind.OVERLAP else {}
    return await page(session, kind, asked, _FOUND[kind], more)


async def page(
    session: Session, kind: Kind, asked: Asked, found: str, more: dict[str, Any]
) -> list[Found]:
    """A page of what the common table expression `found` gives on the ground of `asked`."""
    before_at, before_id = asked.after or (None, None)
    listed = await rows(
        session,
        f"WITH {GROUND}, {found} {PAGE}",
        day=asked.day,
        agent=asked.agent_id,
        now=asked.now,
        before_at=before_at,
        before_id=before_id,
        limit=asked.limit,
        **more,
    )
    return [
        Found(
            r.id, kind, r.agent_id, r.full_name, r.code, r.zone, r.day, r.began_at, r.ended_at,
            r.figures, tuple(r.customers), tuple(r.visit_ids), tuple(r.stop_ids),
            tuple(r.case_ids),
        )
        for r in listed
    ]  # fmt: skip
