"""SQL of the supervisors' screens: today's agents, stops and rounds, and the alerts."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from core.geometry import LatLon
from data.sealed import opened
from data.session import Session, rows
from map_ui.live_view import AgentFacts
from map_ui.round_view import (
    DepositView,
    Leg,
    LineString,
    MapLinks,
    RoundView,
    StopFacts,
    StopView,
    line,
    needs_pin,
    skipped_view,
    tag,
    whole_way,
)
from routing.underway.hand_over import links

# `today` has the agents in question with the first and last instant of their branch's working day.
_TODAY = """
today AS (
    SELECT *, day::timestamp AT TIME ZONE zone AS begins,
           (day + 1)::timestamp AT TIME ZONE zone AS ends
    FROM (SELECT a.agent_id, s.full_name, s.phone, b.code AS branch, b.zone,
                 (CAST(:now AS timestamptz) AT TIME ZONE b.zone)::date AS day
          FROM agent_profile a JOIN staff s ON s.id = a.agent_id AND s.is_active
          JOIN branch b ON b.id = a.branch_id
          WHERE CAST(:agents AS uuid[]) IS NULL OR a.agent_id = ANY(CAST(:agents AS uuid[]))) a
)
"""

_AGENTS = f"""
WITH {_TODAY}, arrived AS (
    SELECT c.agent_id, c.case_id, c.device_time, o.id IS NULL AS is_open
    FROM today t JOIN check_in c ON c.agent_id = t.agent_id
         AND c.device_time >= t.begins AND c.device_time < t.ends
    LEFT JOIN check_out o ON o.check_in_id = c.id
), stayed AS (
    SELECT v.agent_id, max(v.ended_at) AS until
    FROM today t JOIN visit v ON v.agent_id = t.agent_id AND v.day = t.day
         AND v.replaced_at IS NULL
    GROUP BY v.agent_id
), been AS (
    SELECT v.agent_id, v.case_id FROM today t JOIN visit_case v ON v.agent_id = t.agent_id
         AND v.day = t.day AND v.replaced_at IS NULL AND v.verdict <> 'unverified'
    UNION SELECT agent_id, case_id FROM arrived
), reached AS MATERIALIZED (
    SELECT agent_id, array_agg(case_id) AS case_ids FROM been GROUP BY agent_id
), visits AS (
    -- By agent first: where the planner expects a handful of rows, it would compare each stop of
    -- the branch with each case that anybody reached.
    SELECT r.agent_id, count(*) AS planned,
           count(*) FILTER (WHERE s.case_id = ANY(e.case_ids)) AS done
    FROM today t JOIN round r ON r.agent_id = t.agent_id AND r.day = t.day
         AND r.replaced_at IS NULL
    LEFT JOIN reached e ON e.agent_id = t.agent_id
    JOIN stop s ON s.round_id = r.id AND s.kind = 'visit'
    GROUP BY r.agent_id
), collected AS (
    SELECT r.agent_id, sum(r.amount_minor)::bigint AS amount_minor
    FROM today t JOIN receipt r ON r.agent_id = t.agent_id
         AND r.taken_at >= t.begins AND r.taken_at < t.ends
         AND NOT EXISTS (SELECT FROM receipt_reversal v
                         WHERE v.receipt_id = r.id AND v.state = 'approved')
    GROUP BY r.agent_id
), here AS (
    SELECT DISTINCT ON (agent_id) agent_id, is_open FROM arrived
    ORDER BY agent_id, device_time DESC
), shifts AS (
    SELECT t.agent_id, bool_or(s.during @> CAST(:now AS timestamptz)
           AND (s.absent_since IS NULL OR s.absent_since > :now)) AS is_on
    FROM today t JOIN shift s ON s.agent_id = t.agent_id
         AND s.during && tstzrange(t.begins, t.ends)
    GROUP BY t.agent_id
)
SELECT t.agent_id, t.full_name, t.branch, t.phone,
       coalesce(sh.is_on, EXISTS (SELECT FROM sign_on o WHERE o.agent_id = t.agent_id
                                  AND o.during @> CAST(:now AS timestamptz))) AS on_duty,
       coalesce(h.is_open, false)
           OR coalesce(st.until >= p.captured_at - interval '2 minutes', false) AS at_customer,
       p.captured_at, ST_Y(p.location::geometry) AS lat, ST_X(p.location::geometry) AS lon,
       p.accuracy_m, p.heading_deg, p.speed_mps, p.battery_pct,
       coalesce(v.done, 0) AS done, coalesce(v.planned, 0) AS planned,
       coalesce(c.amount_minor, 0) AS collected_minor,
       coalesce(l.in_hand_minor, 0) AS in_hand_minor, coalesce(l.limit_minor, 0) AS limit_minor
FROM today t
LEFT JOIN agent_position p ON p.agent_id = t.agent_id
LEFT JOIN till l ON l.agent_id = t.agent_id
LEFT JOIN shifts sh ON sh.agent_id = t.agent_id
LEFT JOIN here h ON h.agent_id = t.agent_id
LEFT JOIN stayed st ON st.agent_id = t.agent_id
LEFT JOIN visits v ON v.agent_id = t.agent_id
LEFT JOIN collected c ON c.agent_id = t.agent_id
ORDER BY t.full_name, t.agent_id
"""  # noqa: S608 nothing of a caller's is in it


async def live_agents(
    session: Session, now: datetime, agent_ids: Sequence[UUID] | None = None
) -> list[AgentFacts]:
    """The agents in scope (all, or these) with their figures of today, by name."""
    found = await rows(session, _AGENTS, now=now, agents=agent_ids)
    return [_agent(r) for r in found]


def _agent(r: Any) -> AgentFacts:
    return AgentFacts(
        id=str(r.agent_id),
        name=r.full_name,
        branch=r.branch,
        phone=opened(r.phone),
        on_duty=r.on_duty,
        at_customer=bool(r.at_customer),
        position=None
        if r.captured_at is None
        else {
            "lat": r.lat,
            "lon": r.lon,
            "accuracy_m": r.accuracy_m,
            "heading_deg": r.heading_deg,
            "speed_mps": r.speed_mps,
            "captured_at": r.captured_at,
        },
        battery_pct=r.battery_pct,
        visits_done=r.done,
        visits_planned=r.planned,
        collected_minor=r.collected_minor,
        cash_in_hand_minor=r.in_hand_minor,
        cash_limit_minor=r.limit_minor,
    )


@dataclass(frozen=True, slots=True)
class Home:
    """The caller's own branch, and places that the map should show when no agent is out."""

    zone: str
    currency: str
    places: tuple[LatLon, ...]


async def home(session: Session, branch_id: UUID) -> Home:
    """Where a caller of this branch is at home."""
    found = await rows(
        session,
        "SELECT zone, currency, id = :branch AS own, ST_Y(location::geometry) AS lat,"
        " ST_X(location::geometry) AS lon FROM branch ORDER BY id = :branch DESC",
        branch=branch_id,
    )
    places = tuple(LatLon(r.lat, r.lon) for r in found if r.lat is not None)
    return Home(found[0].zone, found[0].currency, places)


_STOPS = f"""
WITH {_TODAY}
SELECT s.*, r.ends_at < :now OR coalesce(s.window_to < :now, false) AS is_over,
       coalesce(ST_Y(f.center::geometry), ST_Y(ST_EndPoint(s.way))) AS lat,
       coalesce(ST_X(f.center::geometry), ST_X(ST_EndPoint(s.way))) AS lon,
       coalesce(f.radius_m, 0) AS radius_m, ST_AsGeoJSON(s.way, 6) AS way_json,
       -- A check-out that was forgotten: pings show that the agent has left.
       v.is_here OR (i.is_open AND NOT v.has_left) AS is_visiting,
       coalesce(i.verdicts, '{{}}') AS check_in_verdicts,
       coalesce(v.verdicts, '{{}}') AS visit_verdicts,
       cu.full_name AS customer, concat_ws(', ', ad.line, ad.locality, ad.pincode) AS address,
       c.dpd, c.account_id, t.day, s.reason->>'text' AS reason_text, ad.geocode_quality
FROM today t
JOIN round r ON r.agent_id = t.agent_id AND r.day = t.day AND r.replaced_at IS NULL
JOIN stop s ON s.round_id = r.id
JOIN case_file c ON c.id = s.case_id
JOIN customer cu ON cu.id = c.customer_id
JOIN address ad ON ad.id = c.address_id
LEFT JOIN fence f ON f.address_id = c.address_id
LEFT JOIN LATERAL (
    SELECT coalesce(bool_or(o.id IS NULL), false) AS is_open, array_agg(k.verdict) AS verdicts
    FROM check_in k LEFT JOIN check_out o ON o.check_in_id = k.id
    WHERE k.case_id = s.case_id AND k.agent_id = s.agent_id
      AND k.device_time >= t.begins AND k.device_time < t.ends) i ON true
LEFT JOIN LATERAL (
    SELECT array_agg(w.verdict) AS verdicts, coalesce(bool_or(w.is_closed), false) AS has_left,
           coalesce(bool_or(NOT w.is_closed), false) AS is_here
    FROM visit_case w
    WHERE w.agent_id = s.agent_id AND w.day = t.day AND w.replaced_at IS NULL
      AND s.case_id = ANY(w.case_ids) AND w.case_id = s.case_id AND w.verdict IS NOT NULL) v ON true
"""  # noqa: S608 nothing of a caller's is in it


async def stops_of_today(
    session: Session, now: datetime, agent_ids: Sequence[UUID] | None = None
) -> list[StopFacts]:
    """Today's stops of the agents in scope (all, or these), by agent and order."""
    found = await rows(session, _STOPS + " ORDER BY s.agent_id, s.seq", now=now, agents=agent_ids)
    return [_stop(r) for r in found]


def _stop(r: Any) -> StopFacts:
    return StopFacts(
        str(r.id), str(r.case_id), str(r.agent_id), r.seq, r.lat, r.lon, r.radius_m,
        r.is_visiting, r.visit_verdicts, r.check_in_verdicts, r.is_over,
    )  # fmt: skip


_ROUND = f"""
WITH {_TODAY}
SELECT t.day AS today, r.*,
       ST_Y(r.start::geometry) AS start_lat, ST_X(r.start::geometry) AS start_lon,
       ST_Y(r.finish::geometry) AS end_lat, ST_X(r.finish::geometry) AS end_lon,
       ST_AsGeoJSON(r.way_back, 6) AS way_back_json
FROM today t
LEFT JOIN round r ON r.agent_id = t.agent_id AND r.day = t.day AND r.replaced_at IS NULL
"""  # noqa: S608 nothing of a caller's is in it

_ROUND_STOPS = f"""
SELECT s.*, coalesce(d.due_minor, 0) AS due_minor, p.id IS NOT NULL AS promise_due
FROM ({_STOPS}) s
LEFT JOIN LATERAL (
    SELECT sum(total_minor - paid_minor)::bigint AS due_minor FROM demand
    WHERE account_id = s.account_id AND due_on <= s.day) d ON true
LEFT JOIN promise p ON p.account_id = s.account_id AND p.state = 'open' AND p.due_on <= s.day
ORDER BY s.seq
"""  # noqa: S608 nothing of a caller's is in it


async def round_of_today(session: Session, agent_id: UUID, now: datetime) -> RoundView | None:
    """Today's round of an agent in scope; None when there is none."""
    found = await rows(session, _ROUND, now=now, agents=[agent_id])
    if not found or found[0].id is None:
        return None
    r = found[0]
    stops = [_stop_view(s) for s in await rows(session, _ROUND_STOPS, now=now, agents=[agent_id])]
    deposits = [_deposit_view(d) for d in await rows(session, _DEPOSITS, round=r.id)]
    in_order = sorted(
        [(s["seq"], s["leg"]) for s in stops] + [(d["seq"], d["leg"]) for d in deposits],
        key=lambda one: one[0],
    )
    legs: list[LineString] = [leg["geometry"] for _, leg in in_order]
    return {
        "id": str(r.id),
        "agent_id": str(r.agent_id),
        "day": r.day,
        "revision": r.revision,
        "distance_m": r.distance_m,
        "travel_s": r.travel_s,
        "baseline_distance_m": r.baseline_distance_m,
        "baseline_travel_s": r.baseline_travel_s,
        "start": {"lat": r.start_lat, "lon": r.start_lon},
        "end": None if r.end_lat is None else {"lat": r.end_lat, "lon": r.end_lon},
        "geometry": whole_way([*legs, line(r.way_back_json)]),
        "way_back": line(r.way_back_json),
        "stops": stops,
        "deposits": deposits,
        "breaks": [{"begins_at": b["begins_at"], "length_s": b["length_s"]} for b in r.breaks],
        "skipped": [skipped_view(one) for one in r.skipped],
        "notes": list(r.notes),
    }


_DEPOSITS = """
SELECT s.*, p.name, p.kind AS point_kind, ST_Y(p.location::geometry) AS lat,
       ST_X(p.location::geometry) AS lon, ST_AsGeoJSON(s.way, 6) AS way_json,
       s.reason->>'text' AS reason_text
FROM stop s JOIN deposit_point p ON p.id = s.deposit_point_id
WHERE s.round_id = :round ORDER BY s.seq
"""


def _deposit_view(r: Any) -> DepositView:
    return {
        "id": str(r.id),
        "seq": r.seq,
        "deposit_point_id": str(r.deposit_point_id),
        "name": r.name,
        "kind": r.point_kind,
        "lat": r.lat,
        "lon": r.lon,
        "arrives_at": r.arrives_at,
        "begins_at": r.begins_at,
        "departs_at": r.departs_at,
        "slack_s": r.slack_s,
        "amount_minor": r.amount_minor,
        "reason": r.reason_text or "",
        "leg": _leg(r),
    }


# What a phone is shown of its round, without the ways: those never change within a revision.
_TAG = f"""
SELECT r.id AS in_force, r.revision, s.id, s.seq, s.is_over, s.is_visiting, s.visit_verdicts,
       s.check_in_verdicts, s.agent_id, s.case_id, s.lat, s.lon, s.radius_m, s.customer, s.address,
       s.dpd, s.due_minor, s.promise_due, s.reason_text, s.geocode_quality
FROM agent_profile a JOIN branch b ON b.id = a.branch_id
JOIN round r ON r.agent_id = a.agent_id AND r.replaced_at IS NULL
     AND r.day = (CAST(:now AS timestamptz) AT TIME ZONE b.zone)::date
LEFT JOIN ({_ROUND_STOPS}) s ON true
WHERE a.agent_id = ANY(CAST(:agents AS uuid[])) ORDER BY s.seq
"""  # noqa: S608 nothing of a caller's is in it


async def round_tag(session: Session, agent_id: UUID, now: datetime) -> str | None:
    """The entity tag of an agent's round of today, without reading the round; None where there is
    none. It costs one query that follows indexes, whatever else is stored."""
    found = await rows(session, _TAG, now=now, agents=[agent_id])
    if not found:
        return None
    said = [
        [r.id, r.seq, _stop(r).status, r.lat, r.lon, r.radius_m, r.customer, r.address, r.dpd,
         r.due_minor, r.promise_due, r.reason_text, r.geocode_quality]
        for r in found if r.id is not None
    ]  # fmt: skip
    return tag(str(found[0].in_force), found[0].revision, said)


def _stop_view(r: Any) -> StopView:
    return {
        "id": str(r.id),
        "seq": r.seq,
        "case_id": str(r.case_id),
        "customer": r.customer,
        "address": r.address,
        "lat": r.lat,
        "lon": r.lon,
        "fence_radius_m": r.radius_m,
        "arrives_at": r.arrives_at,
        "departs_at": r.departs_at,
        "window_from": r.window_from,
        "window_to": r.window_to,
        "service_s": r.service_s,
        "status": _stop(r).status,
        "amount_due_minor": r.due_minor,
        "dpd": r.dpd,
        "promise_due": r.promise_due,
        "reason": r.reason_text or "",
        "slack_s": r.slack_s,
        "factors": list(r.factors),
        "geocode_quality": r.geocode_quality,
        "needs_pin": needs_pin(r.geocode_quality),
        "links": cast(
            "MapLinks",
            asdict(links(r.lat, r.lon, f"Stop {r.seq}", r.radius_m or None)),
        ),
        "leg": _leg(r),
    }


def _leg(r: Any) -> Leg:
    return {
        "distance_m": r.distance_m,
        "travel_s": r.travel_s,
        "geometry": line(r.way_json),
    }
