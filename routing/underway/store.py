"""SQL of rounds underway: how far each is, what it still has to do, and its progress."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from collection.portfolio.stages.store import STAGED
from core.geometry import LatLon
from core.said import plain
from data.session import Session, rows
from routing.rounds.store import REACHED
from routing.underway.difference import Visit
from routing.underway.ride import Progress, Ride, StopToCome

# Rounds of today in force whose shift is not over, of the agents in question.
_TODAY = """
ground AS MATERIALIZED (
    SELECT *, day::timestamp AT TIME ZONE zone AS begins,
           (day + 1)::timestamp AT TIME ZONE zone AS ends,
           (day + contact_to) AT TIME ZONE zone AS contact_ends
    FROM (SELECT id, zone, location, contact_to,
                 (CAST(:now AS timestamptz) AT TIME ZONE zone)::date AS day
          FROM branch) b
), today AS MATERIALIZED (
    SELECT r.id AS round_id, r.agent_id, r.branch_id, r.day, r.planned_at, r.begins_at, r.finish,
           r.skipped, g.zone, g.begins, g.ends, g.contact_ends, g.location AS branch_at,
           s.id AS shift_id, upper(s.during) AS shift_ends, r.breaks
    FROM ground g JOIN agent_profile a ON a.branch_id = g.id
    JOIN round r ON r.agent_id = a.agent_id AND r.day = g.day AND r.replaced_at IS NULL
    JOIN shift s ON s.agent_id = a.agent_id AND s.during && tstzrange(g.begins, g.ends)
         AND s.absent_since IS NULL AND upper(s.during) > :now
    WHERE CAST(:agents AS uuid[]) IS NULL OR a.agent_id = ANY(CAST(:agents AS uuid[]))
)
"""

# Who has been at which case today, when, and who is there now. A check-out that was forgotten does
# not keep anybody: pings show that the agent has left. What was paid at a center's meeting needs no
# visit any more, but tells nothing of how far along the round the agent is.
_BEEN = """
fact AS (
    SELECT v.agent_id, v.case_id, v.began_at, v.ended_at, NOT v.is_closed AS is_here,
           v.is_closed AS has_left, true AS was_there
    FROM today t JOIN visit_case v ON v.agent_id = t.agent_id AND v.day = t.day
         AND v.replaced_at IS NULL AND v.verdict IS NOT NULL
    UNION ALL
    SELECT c.agent_id, c.case_id, c.device_time, coalesce(o.device_time, c.device_time),
           o.id IS NULL, false, true
    FROM today t JOIN check_in c ON c.agent_id = t.agent_id
         AND c.device_time >= t.begins AND c.device_time < t.ends
    LEFT JOIN check_out o ON o.check_in_id = c.id
    UNION ALL
    SELECT r.agent_id, r.case_id, r.taken_at, r.taken_at, false, false,
           NOT EXISTS (SELECT FROM meeting_receipt m WHERE m.receipt_id = r.id)
    FROM today t JOIN receipt r ON r.agent_id = t.agent_id
         AND r.taken_at >= t.begins AND r.taken_at < t.ends
    UNION ALL
    SELECT p.agent_id, p.case_id, p.made_at, p.made_at, false, false, true
    FROM today t JOIN promise p ON p.agent_id = t.agent_id
         AND p.made_at >= t.begins AND p.made_at < t.ends
), been AS MATERIALIZED (
    SELECT agent_id, case_id, min(began_at) AS began_at, max(ended_at) AS ended_at,
           bool_or(is_here) AND NOT bool_or(has_left) AS is_here,
           max(ended_at) FILTER (WHERE was_there) AS there_at
    FROM fact GROUP BY agent_id, case_id
), reached AS MATERIALIZED (
    -- By agent first: where the planner expects a handful of rows, it would compare each stop of
    -- the branch with each case that anybody has been at.
    SELECT agent_id, array_agg(case_id) AS case_ids,
           coalesce(array_agg(case_id) FILTER (WHERE NOT is_here), '{}') AS left_ids,
           array_agg(case_id ORDER BY there_at DESC, case_id)
               FILTER (WHERE there_at IS NOT NULL) AS last_ids,
           max(ended_at) AS left_at
    FROM been GROUP BY agent_id
), here AS MATERIALIZED (
    SELECT agent_id, case_id, began_at FROM been WHERE is_here
)
"""

# A stop counts as gone when its case needs no visit by this agent today any more. Who has passed a
# visit by comes back for it last, if at all; nobody comes back for a deposit.
_RIDES = f"""
WITH {_TODAY}, {STAGED}, {_BEEN}, done AS MATERIALIZED (
    SELECT s.round_id,
           (array_agg(s.seq ORDER BY array_position(e.last_ids, s.case_id))
               FILTER (WHERE s.case_id = ANY(e.last_ids)))[1] AS seq,
           array_agg(s.case_id ORDER BY s.seq) AS case_ids
    FROM today t JOIN reached e ON e.agent_id = t.agent_id
    JOIN stop s ON s.round_id = t.round_id AND s.case_id = ANY(e.case_ids) GROUP BY s.round_id
), todo AS MATERIALIZED (
    SELECT s.round_id, s.agent_id, s.id, s.seq, s.case_id, s.arrives_at, s.begins_at, s.departs_at,
           s.window_from, s.window_to, s.service_s, s.travel_s, ST_EndPoint(s.way) AS at,
           h.case_id IS NOT NULL AS is_here, h.began_at,
           least(s.window_to,
                 t.contact_ends - make_interval(secs => s.service_s)) AS closes_at,
           f.departs_at AS left_planned_at, d.seq AS last_done,
           NOT EXISTS (
               SELECT FROM assignment a JOIN case_file c ON c.id = a.case_id
               LEFT JOIN promise p ON p.account_id = c.account_id AND p.state = 'open'
               WHERE a.case_id = s.case_id AND a.agent_id = s.agent_id AND a.channel = 'visit'
                 AND upper_inf(a.during) AND c.closed_at IS NULL AND c.overdue_minor > 0
                 AND (p.due_on IS NULL OR p.due_on <= t.day)
                 AND (SELECT visits FROM staged g WHERE g.branch_id = c.branch_id
                      AND g.stage = c.stage) <> 'never') AND s.case_id IS NOT NULL AS is_gone
    FROM today t JOIN stop s ON s.round_id = t.round_id
    LEFT JOIN reached e ON e.agent_id = t.agent_id
    LEFT JOIN here h ON h.agent_id = s.agent_id AND h.case_id = s.case_id
    LEFT JOIN stop f ON f.round_id = s.round_id AND f.seq = s.seq - 1
    LEFT JOIN done d ON d.round_id = s.round_id
    WHERE CASE WHEN s.case_id IS NULL THEN s.seq > coalesce(d.seq, 0)
               ELSE s.case_id <> ALL (coalesce(e.left_ids, '{{}}')) END
), stops AS MATERIALIZED (
    SELECT round_id, jsonb_agg(jsonb_build_object(
        'id', id, 'seq', seq, 'case_id', case_id,
        'arrives_s', extract(epoch FROM arrives_at), 'begins_s', extract(epoch FROM begins_at),
        'left_s', extract(epoch FROM left_planned_at), 'service_s', service_s,
        'travel_s', travel_s, 'opens_s', extract(epoch FROM window_from),
        'closes_s', extract(epoch FROM closes_at), 'has_window', window_to IS NOT NULL,
        'lat', ST_Y(at), 'lon', ST_X(at), 'is_here', is_here,
        'here_s', extract(epoch FROM began_at), 'is_gone', is_gone,
        'is_passed', coalesce(seq < last_done, false)
    ) ORDER BY is_here DESC, coalesce(seq < last_done, false), seq) AS stops
    FROM todo GROUP BY round_id
), added AS MATERIALIZED (
    SELECT t.agent_id, array_agg(a.case_id ORDER BY a.case_id) AS case_ids
    FROM today t JOIN assignment a ON a.agent_id = t.agent_id AND a.channel = 'visit'
         AND upper_inf(a.during) AND lower(a.during) > t.planned_at
    JOIN case_file c ON c.id = a.case_id AND c.closed_at IS NULL AND c.overdue_minor > 0
    JOIN staged g ON g.branch_id = c.branch_id AND g.stage = c.stage AND g.visits <> 'never'
    WHERE NOT EXISTS (SELECT FROM stop s WHERE s.round_id = t.round_id AND s.case_id = a.case_id)
      AND NOT EXISTS (SELECT FROM reached e
                      WHERE e.agent_id = t.agent_id AND a.case_id = ANY(e.case_ids))
    GROUP BY t.agent_id
), urgent AS MATERIALIZED (
    SELECT n.agent_id, array_agg(CAST(n.facts->>'case_id' AS uuid)) AS case_ids FROM today t
    JOIN day_notice n ON n.agent_id = t.agent_id AND n.day = t.day AND n.kind = 'case_added'
         AND CAST(n.facts->>'urgent' AS boolean)
    GROUP BY n.agent_id
), late AS MATERIALIZED (
    SELECT DISTINCT ON (n.agent_id) n.agent_id, n.at FROM today t
    JOIN day_notice n ON n.agent_id = t.agent_id AND n.day = t.day AND n.kind = 'late'
    ORDER BY n.agent_id, n.told_at DESC
)
SELECT t.agent_id, t.branch_id, t.round_id, t.day, t.zone, t.planned_at,
       extract(epoch FROM t.begins_at) AS begins_s,
       extract(epoch FROM t.shift_ends) AS shift_ends_s,
       t.breaks,
       ST_Y(t.branch_at::geometry) AS branch_lat, ST_X(t.branch_at::geometry) AS branch_lon,
       ST_Y(t.finish::geometry) AS home_lat, ST_X(t.finish::geometry) AS home_lon,
       ST_Y(p.location::geometry) AS lat, ST_X(p.location::geometry) AS lon,
       extract(epoch FROM p.captured_at) AS seen_s, extract(epoch FROM l.at) AS ready_s,
       extract(epoch FROM w.left_at) AS left_s, x.stops, coalesce(d.case_ids, '{{}}') AS done,
       coalesce(n.case_ids, '{{}}') AS added, coalesce(u.case_ids, '{{}}') AS urgent,
       jsonb_array_length(t.skipped) AS left_out,
       o.id IS NOT NULL AS has_offer, g.considered, g.considered_at, sf.full_name AS agent
FROM today t JOIN staff sf ON sf.id = t.agent_id
LEFT JOIN stops x ON x.round_id = t.round_id
LEFT JOIN done d ON d.round_id = t.round_id
LEFT JOIN reached w ON w.agent_id = t.agent_id
LEFT JOIN late l ON l.agent_id = t.agent_id
LEFT JOIN urgent u ON u.agent_id = t.agent_id
LEFT JOIN added n ON n.agent_id = t.agent_id
LEFT JOIN agent_position p ON p.agent_id = t.agent_id AND p.captured_at >= t.begins
LEFT JOIN round_offer o ON o.agent_id = t.agent_id AND o.day = t.day AND o.state = 'offered'
LEFT JOIN round_progress g ON g.agent_id = t.agent_id
ORDER BY t.agent_id
"""  # noqa: S608 nothing of a caller's is in it


async def rides(
    session: Session, now: datetime, agent_ids: Sequence[UUID] | None = None
) -> list[Ride]:
    """Today's rounds in force of the agents in scope (all, or these) whose shift is not over."""
    found = await rows(
        session, _RIDES, now=now, agents=None if agent_ids is None else [str(a) for a in agent_ids]
    )
    return [_ride(r) for r in found]


def _place(lat: float | None, lon: float | None) -> LatLon | None:
    return None if lat is None or lon is None else LatLon(lat, lon)


def _float(value: Any) -> float | None:
    return None if value is None else float(value)


def _ride(r: Any) -> Ride:
    rests = tuple(
        (datetime.fromisoformat(rest["rest_at"]).timestamp(), float(rest["length_s"]))
        for rest in r.breaks
    )
    return Ride(
        agent_id=r.agent_id,
        agent=r.agent,
        branch_id=r.branch_id,
        round_id=r.round_id,
        day=r.day,
        zone=r.zone,
        planned_at=r.planned_at,
        branch_at=_place(r.branch_lat, r.branch_lon),
        home=_place(r.home_lat, r.home_lon),
        position=_place(r.lat, r.lon),
        begins_s=float(r.begins_s),
        shift_ends_s=float(r.shift_ends_s),
        rests=rests,
        seen_s=_float(r.seen_s),
        ready_s=_float(r.ready_s),
        left_s=_float(r.left_s),
        stops=msgspec.convert(tuple(r.stops or ()), tuple[StopToCome, ...], strict=False),
        done=tuple(r.done),
        added=tuple(r.added),
        urgent=tuple(case for case in r.urgent if case in r.added),
        left_out=r.left_out,
        has_offer=r.has_offer,
        considered=r.considered,
        considered_at=r.considered_at,
    )


async def write_progress(session: Session, found: Sequence[Progress], now: datetime) -> None:
    """Put these in place of what was known of their agents' rounds."""
    await rows(
        session,
        """
        INSERT INTO round_progress AS g
            (agent_id, branch_id, round_id, looked_at, ends_at, late_s, stops)
        SELECT agent_id, branch_id, round_id, :now, ends_at, late_s, stops
        FROM jsonb_to_recordset(CAST(:found AS jsonb)) AS f (agent_id uuid, branch_id uuid,
             round_id uuid, ends_at timestamptz, late_s integer, stops jsonb)
        ON CONFLICT (agent_id) DO UPDATE SET branch_id = excluded.branch_id,
            round_id = excluded.round_id, looked_at = excluded.looked_at,
            ends_at = excluded.ends_at, late_s = excluded.late_s, stops = excluded.stops
        RETURNING 1
        """,
        found=msgspec.json.encode(found, enc_hook=plain).decode(),
        now=now,
    )


async def consider(session: Session, agent_id: UUID, key: str, now: datetime) -> None:
    """Note that a round was looked at for this reason."""
    await rows(
        session,
        "UPDATE round_progress SET considered = :key, considered_at = :now"
        " WHERE agent_id = :agent RETURNING 1",
        key=key,
        now=now,
        agent=agent_id,
    )


async def begin_look(session: Session) -> bool:
    """Whether no other worker is looking at the rounds; until the transaction's end."""
    (found,) = await rows(
        session, "SELECT pg_try_advisory_xact_lock(hashtext('follow_rounds')) AS is_ours"
    )
    is_ours: bool = found.is_ours
    return is_ours


async def visits_to_come(session: Session, ride: Ride) -> list[Visit]:
    """The visits that a round has still to make, in order, as people call them."""
    case_ids = [s.case_id for s in ride.stops if not s.is_here and s.case_id]
    found = await rows(
        session,
        "SELECT s.case_id, c.full_name, s.begins_at FROM stop s JOIN case_file f"
        " ON f.id = s.case_id JOIN customer c ON c.id = f.customer_id"
        " WHERE s.round_id = :round AND s.case_id = ANY(:cases) ORDER BY s.seq",
        round=ride.round_id,
        cases=case_ids,
    )
    return [Visit(*r) for r in found]


async def urgent_cases(session: Session, agent_ids: Sequence[UUID], day: date) -> frozenset[UUID]:
    """The cases that these agents were given today as urgent."""
    found = await rows(
        session,
        "SELECT CAST(facts->>'case_id' AS uuid) AS case_id FROM day_notice"
        " WHERE agent_id = ANY(CAST(:agents AS uuid[])) AND day = :day AND kind = 'case_added'"
        " AND CAST(facts->>'urgent' AS boolean)",
        agents=[str(agent_id) for agent_id in agent_ids],
        day=day,
    )
    return frozenset(r.case_id for r in found)


async def out_of_the_question(
    session: Session, agent_id: UUID, day: date, case_ids: Sequence[UUID]
) -> frozenset[UUID]:
    """Those of these cases that the agent has been at on `day`, or that need no visit any more."""
    found = await rows(
        session,
        f"""
        WITH {REACHED}
        SELECT c.id FROM case_file c
        LEFT JOIN promise p ON p.account_id = c.account_id AND p.state = 'open'
        WHERE c.id = ANY(CAST(:cases AS uuid[])) AND (
            c.closed_at IS NOT NULL OR c.overdue_minor <= 0 OR p.due_on > :day
            OR c.id IN (SELECT case_id FROM reached)
            OR NOT EXISTS (SELECT FROM assignment a WHERE a.case_id = c.id AND a.agent_id = :agent
                           AND a.channel = 'visit' AND upper_inf(a.during)))
        """,  # noqa: S608 nothing of a caller's is in it
        cases=[str(case_id) for case_id in case_ids],
        agent=agent_id,
        day=day,
    )
    return frozenset(r.id for r in found)


class FoundStop(msgspec.Struct, frozen=True):
    """A stop as the last look found it. `opens_at` and `closes_at` bound what can be told."""

    stop_id: UUID
    case_id: UUID
    seq: int
    arrives_at: datetime
    begins_at: datetime
    late_s: int
    slack_s: float
    travel_s: float
    service_s: float
    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class FoundProgress:
    """What the last look found of the round in force."""

    looked_at: datetime
    late_s: int
    ends_at: datetime
    stops: tuple[FoundStop, ...]


async def found_progress(session: Session, agent_id: UUID, now: datetime) -> FoundProgress | None:
    """What the last look at an agent's round of today found; None before the first."""
    found = await rows(
        session,
        """
        SELECT g.looked_at, g.late_s, g.ends_at, (
            SELECT coalesce(jsonb_agg(x.told || jsonb_build_object(
                'opens_at', greatest(s.window_from, (r.day + b.contact_from) AT TIME ZONE b.zone),
                'closes_at', least(s.window_to, (r.day + b.contact_to) AT TIME ZONE b.zone)
            ) ORDER BY x.nth), '[]')
            FROM jsonb_array_elements(g.stops) WITH ORDINALITY AS x (told, nth)
            JOIN stop s ON s.id = CAST(x.told->>'stop_id' AS uuid)) AS stops
        FROM round_progress g JOIN round r ON r.id = g.round_id AND r.replaced_at IS NULL
        JOIN branch b ON b.id = r.branch_id
        WHERE g.agent_id = :agent AND r.day = (CAST(:now AS timestamptz) AT TIME ZONE b.zone)::date
        """,
        agent=agent_id,
        now=now,
    )
    if not found:
        return None
    r = found[0]
    stops = msgspec.convert(tuple(r.stops), tuple[FoundStop, ...], strict=False)
    return FoundProgress(r.looked_at, r.late_s, r.ends_at, stops)


async def visited_by(session: Session, case_id: UUID, now: datetime) -> UUID | None:
    """The agent whose round of today in force visits a case in scope."""
    found = await rows(
        session,
        "SELECT r.agent_id FROM stop s JOIN round r ON r.id = s.round_id AND r.replaced_at IS NULL"
        " JOIN branch b ON b.id = r.branch_id WHERE s.case_id = :case"
        " AND r.day = (CAST(:now AS timestamptz) AT TIME ZONE b.zone)::date",
        case=case_id,
        now=now,
    )
    return found[0].agent_id if found else None
