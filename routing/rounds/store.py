"""SQL of what planning needs to know: agents at work, the cases that could be visited."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from collection.portfolio.stages.stage import Stage
from collection.portfolio.stages.store import STAGED
from collection.portfolio.stages.visits import StageVisits, Visits
from core.geometry import LatLon
from data.session import Session, rows
from identity.policies.policy import DEFAULTS
from routing.deposit_points import store as deposit_points
from routing.deposit_points.deposit_point import DepositPoint
from routing.instructions import store as instructions
from routing.reach.store import SPOT, SPOT_COLUMNS, spot_area
from routing.rounds.expected_cash import cash_share
from routing.rounds.facts import AgentDay, BestHours, CaseToVisit, Rest
from streets.profile import Profile

PARK_AND_FIND_S = 180
"""To park, find the door and be let in: on top of a visit whose length nothing was learned of."""

CASH_DAYS = 90
"""How far back receipts tell how customers of a branch pay."""

REACHED = """
reached(agent_id, case_id) AS (
    SELECT v.agent_id, v.case_id FROM visit_case v
    WHERE v.day = :day AND v.replaced_at IS NULL AND v.verdict IS NOT NULL
    UNION SELECT f.agent_id, f.case_id
    FROM (SELECT agent_id, case_id, branch_id, device_time AS at FROM check_in
          UNION ALL SELECT agent_id, case_id, branch_id, taken_at FROM receipt
          UNION ALL SELECT agent_id, case_id, branch_id, made_at FROM promise) f
    JOIN branch b ON b.id = f.branch_id
    WHERE f.at > CAST(:day AS date) - 1 AND f.at < CAST(:day AS date) + 2
      AND (f.at AT TIME ZONE b.zone)::date = :day
    UNION SELECT agent_id, case_id FROM lent_reached(CAST(:day AS date))
)
"""
"""A common table expression: who has been at which case on `:day`, by pings or by any fact."""

ORDERED = """
SELECT FROM case_instruction i WHERE i.case_id = c.id AND i.ended_at IS NULL
AND i.days @> CAST(:day AS date) AND i.kind <> 'do_not_visit'
"""
"""Whether a supervisor ordered to visit the case ``c`` on `:day`."""

_AGENTS = """
WITH working AS MATERIALIZED (
    SELECT s.id, s.agent_id, a.branch_id, b.zone, b.currency, a.skills, a.languages, a.vehicle,
           a.max_distance_m, lower(s.during) AS begins_at, upper(s.during) AS ends_at,
           coalesce(s.round_start, a.round_start) AS round_start,
           coalesce(s.round_end, a.round_end) AS round_end,
           ST_Y(a.home::geometry) AS home_lat, ST_X(a.home::geometry) AS home_lon,
           ST_Y(b.location::geometry) AS branch_lat, ST_X(b.location::geometry) AS branch_lon
    FROM shift s JOIN agent_profile a USING (agent_id) JOIN branch b ON b.id = a.branch_id
    WHERE (lower(s.during) AT TIME ZONE b.zone)::date = :day AND s.absent_since IS NULL
      AND upper(s.during) > :now
      AND (CAST(:agents AS uuid[]) IS NULL OR a.agent_id = ANY(CAST(:agents AS uuid[])))
), rests AS (
    SELECT k.shift_id, json_agg(json_build_array(extract(epoch FROM k.begins_at), k.length_s,
                                                 k.slack_s) ORDER BY k.begins_at) AS rests
    FROM shift_break k WHERE k.shift_id IN (SELECT id FROM working) GROUP BY k.shift_id
)
SELECT w.*, coalesce(k.rests, '[]') AS rests, r.breaks AS planned_breaks,
       t.in_hand_minor + t.reserved_minor AS in_hand_minor, t.limit_minor,
       ST_Y(p.location::geometry) AS lat, ST_X(p.location::geometry) AS lon
FROM working w LEFT JOIN rests k ON k.shift_id = w.id LEFT JOIN till t ON t.agent_id = w.agent_id
LEFT JOIN round r ON r.agent_id = w.agent_id AND r.day = :day AND r.replaced_at IS NULL
LEFT JOIN agent_position p ON p.agent_id = w.agent_id AND p.captured_at >= w.begins_at
ORDER BY w.agent_id, w.begins_at
"""

_OF_AGENTS = """
has AS MATERIALIZED (
    SELECT agent_id, case_id, branch_id FROM assignment
    WHERE agent_id = ANY(CAST(:agents AS uuid[])) AND channel = 'visit' AND upper_inf(during)
)
"""
_THESE = """
has AS MATERIALIZED (
    SELECT CAST(NULL AS uuid) AS agent_id, id AS case_id, branch_id FROM case_file
    WHERE id = ANY(CAST(:cases AS uuid[]))
)
"""
_CASES = f"""
{REACHED}, {SPOT}, {STAGED}, tongue AS MATERIALIZED (
    SELECT branch_id, coalesce(branch_policy(branch_id, 'allocation_language')::boolean, :language)
               AS must_be_spoken
    FROM (SELECT DISTINCT branch_id FROM has) d
)
SELECT a.agent_id, c.id, cu.full_name, CASE WHEN t.must_be_spoken THEN cu.language END AS language,
       c.needs, {SPOT_COLUMNS},
       c.urgency, c.urgency_factors,
       c.service_s, l.service_s AS learned_s, l.visits, l.mean_s, c.preferred_from, c.preferred_to,
       c.dpd, p.id IS NOT NULL AS promise_due,
       coalesce(p.amount_minor, c.overdue_minor) AS due_minor,
       CASE WHEN p.due_on = :day THEN p.due_from END AS promise_from,
       CASE WHEN p.due_on = :day THEN p.due_to END AS promise_to,
       m.best_from, m.best_to, m.best_chance, c.stage, g.visits AS stage_visits,
       g.skills AS stage_skills
FROM has a JOIN case_file c ON c.id = a.case_id JOIN tongue t ON t.branch_id = a.branch_id
JOIN account ac ON ac.id = c.account_id
JOIN customer cu ON cu.id = c.customer_id JOIN spot s ON s.address_id = c.address_id
LEFT JOIN promise p ON p.account_id = c.account_id AND p.state = 'open'
LEFT JOIN learned_service_time l ON l.branch_id = c.branch_id AND l.product_code = ac.product_code
     AND l.bucket = c.bucket
LEFT JOIN meeting_chance m ON m.case_id = c.id
JOIN staged g ON g.branch_id = c.branch_id AND g.stage = c.stage
WHERE c.closed_at IS NULL AND c.overdue_minor > 0
  AND (p.due_on IS NULL OR p.due_on <= :day)
  AND c.id NOT IN (SELECT case_id FROM reached)
ORDER BY c.id
"""  # noqa: S608 - nothing of a caller's is in it


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is to plan. `shifts` counts those that are over, too; `cases` none that its
    stage `held_back`."""

    shifts: int
    agents: int
    over_limit_agents: int
    cases: int
    not_on_the_map: int
    held_back: int
    deposit_points: int


async def counts(session: Session, branch_id: UUID, day: date, now: datetime) -> Counts:
    """How much there is to plan for a branch on `day`."""
    found = await rows(
        session,
        f"""
        WITH {SPOT}, {STAGED}, working AS (
            SELECT s.agent_id, s.absent_since IS NULL AND upper(s.during) > :now AS can_go,
                   t.in_hand_minor + t.reserved_minor >= t.limit_minor AS is_full
            FROM shift s JOIN branch b ON b.id = s.branch_id
            LEFT JOIN till t ON t.agent_id = s.agent_id
            WHERE s.branch_id = :branch AND (lower(s.during) AT TIME ZONE b.zone)::date = :day
        ), due AS (
            SELECT s.lat IS NULL AS is_lost,
                   g.visits = 'as_due' OR g.visits = 'when_asked' AND (EXISTS (
                       SELECT FROM promise p WHERE p.account_id = c.account_id
                       AND p.state = 'open' AND p.due_on <= :day
                   ) OR EXISTS ({ORDERED})) AS is_visited
            FROM case_file c JOIN spot s ON s.address_id = c.address_id
            JOIN staged g ON g.branch_id = c.branch_id AND g.stage = c.stage
            WHERE c.branch_id = :branch AND c.closed_at IS NULL AND c.overdue_minor > 0
        )
        SELECT (SELECT count(*) FROM working) AS shifts,
               (SELECT count(*) FROM working WHERE can_go) AS agents,
               (SELECT count(*) FROM working WHERE can_go AND is_full) AS over_limit_agents,
               (SELECT count(*) FROM due WHERE is_visited) AS cases,
               (SELECT count(*) FROM due WHERE is_visited AND is_lost) AS not_on_the_map,
               (SELECT count(*) FROM due WHERE NOT is_visited) AS held_back,
               (SELECT count(*) FROM deposit_point WHERE branch_id = :branch AND closed_at IS NULL)
                   AS deposit_points
        """,  # noqa: S608 - nothing of a caller's is in it
        branch=branch_id,
        day=day,
        now=now,
    )
    return Counts(*found[0])


async def agent_days(
    session: Session, day: date, now: datetime, agent_ids: Sequence[UUID] | None = None
) -> list[AgentDay]:
    """The days of agents in scope who have a shift on `day` and are not absent, with their cases.

    A case that somebody has been at today is left out; so is one whose promise is for a later day.
    A shift that has begun starts at `now`, where the agent was last seen. When cases may be
    visited is not told: `hours` are empty.
    """
    found = await rows(
        session, _AGENTS, day=day, now=now,
        agents=None if agent_ids is None else [str(a) for a in agent_ids],
    )  # fmt: skip
    branch_ids = sorted({r.branch_id for r in found})
    shares = await _cash_shares(session, branch_ids, now)
    points: dict[UUID, list[DepositPoint]] = defaultdict(list)
    for stored in await deposit_points.deposit_points(session, branch_ids):
        points[stored.point.branch_id].append(stored.point)
    cases = await _cases_by_agent(session, day, [r.agent_id for r in found])
    return [
        _agent_day(r, day, now, shares[r.branch_id], tuple(points[r.branch_id]),
                   tuple(cases.get(r.agent_id, ())))
        for r in found
    ]  # fmt: skip


def _agent_day(
    r: Any,
    day: date,
    now: datetime,
    share: float,
    points: tuple[DepositPoint, ...],
    cases: tuple[CaseToVisit, ...],
) -> AgentDay:
    home = LatLon(r.home_lat, r.home_lon)
    branch = home if r.branch_lat is None else LatLon(r.branch_lat, r.branch_lon)
    ends = {"home": home, "branch": branch, "open": None}
    return AgentDay(
        agent_id=r.agent_id,
        branch_id=r.branch_id,
        zone=r.zone,
        currency=r.currency,
        day=day,
        begins_at=max(r.begins_at, now),
        ends_at=r.ends_at,
        rests=_rests_to_come(r, now),
        home=home,
        start=ends[r.round_start] if r.lat is None else LatLon(r.lat, r.lon),
        finish=ends[r.round_end],
        profile=Profile(r.vehicle),
        skills=frozenset(r.skills),
        languages=frozenset(r.languages),
        max_distance_m=r.max_distance_m,
        cash_in_hand_minor=r.in_hand_minor or 0,
        cash_limit_minor=r.limit_minor,
        cash_share=share,
        deposit_points=points,
        cases=cases,
    )


def _rests_to_come(r: Any, now: datetime) -> tuple[Rest, ...]:
    """A rest has been had once the time has come that the round in force has for it."""
    planned = {b["rest_at"]: datetime.fromisoformat(b["begins_at"]) for b in r.planned_breaks or ()}
    rests = [
        Rest(datetime.fromtimestamp(float(at_s), UTC), length_s, slack_s)
        for at_s, length_s, slack_s in r.rests
    ]
    return tuple(
        rest for rest in rests if planned.get(rest.begins_at.isoformat(), rest.begins_at) > now
    )


async def _cash_shares(
    session: Session, branch_ids: Sequence[UUID], now: datetime
) -> dict[UUID, float]:
    found = await rows(
        session,
        "SELECT branch_id, count(*) AS receipts, count(*) FILTER (WHERE mode = 'cash') AS cash"
        " FROM receipt WHERE branch_id = ANY(CAST(:branches AS uuid[])) AND taken_at > :since"
        " GROUP BY branch_id",
        branches=[str(branch) for branch in branch_ids],
        since=now - timedelta(days=CASH_DAYS),
    )
    known = {r.branch_id: cash_share(r.cash, r.receipts) for r in found}
    return {branch_id: known.get(branch_id, cash_share(0, 0)) for branch_id in branch_ids}


async def _cases_by_agent(
    session: Session, day: date, agent_ids: list[UUID]
) -> dict[UUID, list[CaseToVisit]]:
    by_agent: dict[UUID, list[CaseToVisit]] = defaultdict(list)
    for agent_id, case in await _cases(session, day, _OF_AGENTS, agents=agent_ids):
        by_agent[agent_id].append(case)
    return by_agent


async def cases_to_visit(
    session: Session, day: date, case_ids: Sequence[UUID]
) -> list[CaseToVisit]:
    """Those of these cases that could be visited on `day`, whoever has them; without hours."""
    return [case for _, case in await _cases(session, day, _THESE, cases=case_ids)]


async def _cases(
    session: Session, day: date, which: str, **ids: Sequence[UUID]
) -> list[tuple[UUID, CaseToVisit]]:
    found = await rows(
        session, f"WITH {which}, {_CASES}", day=day, language=DEFAULTS["allocation_language"],
        **{name: [str(id_) for id_ in of] for name, of in ids.items()},
    )  # fmt: skip
    ordered = await instructions.standing(session, [r.id for r in found], day)
    return [(r.agent_id, replace(_case(r), instruction=ordered.get(r.id))) for r in found]


def _case(r: Any) -> CaseToVisit:
    best, area = None, spot_area(r)
    if r.best_from is not None:
        best = BestHours(r.best_from, r.best_to, r.best_chance)
    return CaseToVisit(
        case_id=r.id,
        customer=r.full_name,
        position=None if r.lat is None else LatLon(r.lat, r.lon),
        line=r.line,
        area=area,
        urgency=r.urgency,
        factors=_factors(r),
        service_s=r.learned_s or r.service_s + (0 if area else PARK_AND_FIND_S),
        preferred_from=r.preferred_from,
        preferred_to=r.preferred_to,
        promise_due=r.promise_due,
        promise_from=r.promise_from,
        promise_to=r.promise_to,
        due_minor=r.due_minor,
        dpd=r.dpd,
        needs=frozenset([*r.needs, *r.stage_skills]),
        language=r.language,
        stage=StageVisits(Stage(r.stage), Visits(r.stage_visits), tuple(r.stage_skills)),
        best_hours=best,
    )


def _factors(r: Any) -> tuple[dict[str, Any], ...]:
    """What makes the case as urgent as it is, and where the length of its visit comes from."""
    factors = [*r.urgency_factors]
    if r.learned_s is not None:
        because = (
            f"{r.visits} verified visits lasted {round(r.mean_s / 60)} min on average;"
            f" {round(r.learned_s / 60)} min are planned"
        )
        factors.append({"name": "service_time", "points": 0, "because": because})
    return tuple(factors)
