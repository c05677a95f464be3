"""SQL of rounds and stops: many agents' rounds are published in a handful of statements."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError

from core.geometry import LatLon
from core.ids import new_id
from data.columns import ewkt_point
from data.session import Session, rows, savepoint
from data.tables.routing import Round, Stop
from routing.errors import PlannedMeanwhile
from routing.rounds.facts import AgentDay
from routing.rounds.store import REACHED

Line = tuple[tuple[float, float], ...]
"""(lon, lat) points along the streets."""


@dataclass(frozen=True, slots=True)
class StopToWrite:
    """A visit (with `case_id`) or a deposit (with `deposit_point_id`) as it is stored."""

    case_id: UUID | None
    arrives_at: datetime
    begins_at: datetime
    departs_at: datetime
    service_s: int
    travel_s: int
    distance_m: float
    way: Line
    reason: str
    slack_s: int | None = None
    window_from: datetime | None = None
    window_to: datetime | None = None
    deposit_point_id: UUID | None = None
    amount_minor: int | None = None
    factors: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class RoundToWrite:
    """A round as it is stored."""

    agent: AgentDay
    planned_at: datetime
    start: LatLon
    begins_at: datetime
    ends_at: datetime
    travel_s: int
    distance_m: float
    score: float
    way_back: Line
    stops: tuple[StopToWrite, ...]
    skipped: tuple[dict[str, Any], ...]
    breaks: tuple[dict[str, Any], ...] = ()
    notes: tuple[str, ...] = ()
    baseline_travel_s: int | None = None
    baseline_distance_m: float | None = None


@dataclass(frozen=True, slots=True)
class _Former:
    id: UUID
    revision: int
    begins_at: datetime
    start: str


async def write_rounds(session: Session, plans: Sequence[RoundToWrite]) -> list[UUID]:
    """Publish rounds of one day as the agents' next revisions; the former ones are put aside.

    Their ids, in the same order. Stops of the former revision where the agent has been open the
    new one unchanged: what was done stays on the map. Raises `PlannedMeanwhile` when somebody else
    published for one of these agents at the same moment.
    """
    if not plans:
        return []
    now, day = plans[0].planned_at, plans[0].agent.day
    former = await _put_aside(session, [plan.agent.agent_id for plan in plans], day, now)
    ids = [new_id() for _ in plans]
    lines = [
        _round_row(plan, round_id, former.get(plan.agent.agent_id))
        for plan, round_id in zip(plans, ids, strict=True)
    ]
    try:
        async with savepoint(session):
            await session.execute(insert(Round), lines)
    except IntegrityError as refused:
        named = re.search(r"\(agent_id, day[^)]*\)=\(([0-9a-f-]+),", str(refused.orig))
        raise PlannedMeanwhile(named[1] if named else "") from None
    moved = [
        (former[plan.agent.agent_id].id, round_id)
        for plan, round_id in zip(plans, ids, strict=True)
        if plan.agent.agent_id in former
    ]
    done = await _keep_done_stops(session, moved, day)
    stops = [
        _stop_row(plan, stop, round_id, done.get(round_id, 0) + nth)
        for plan, round_id in zip(plans, ids, strict=True)
        for nth, stop in enumerate(plan.stops, 1)
    ]
    if stops:
        await session.execute(insert(Stop), stops)
    return ids


async def cut_rounds(session: Session, agent_ids: Sequence[UUID], day: date, now: datetime) -> None:
    """Leave of these agents' rounds only what was done: others make the rest."""
    former = await _put_aside(session, agent_ids, day, now)
    if not former:
        return
    moved = [(one.id, new_id()) for one in former.values()]
    await session.execute(
        text(
            "INSERT INTO round (id, branch_id, agent_id, day, revision, planned_at, start, finish,"
            " begins_at, ends_at, travel_s, distance_m, score, way_back, skipped)"
            " SELECT m.id, branch_id, agent_id, day, revision + 1, :now, start, finish, begins_at,"
            " greatest(:now, begins_at), 0, 0, 0, NULL, '[]'"
            " FROM unnest(CAST(:formers AS uuid[]), CAST(:rounds AS uuid[])) AS m (former_id, id)"
            " JOIN round r ON r.id = m.former_id"
        ),
        {"now": now, **_pairs(moved)},
    )
    await _keep_done_stops(session, moved, day)


async def _put_aside(
    session: Session, agent_ids: Sequence[UUID], day: date, now: datetime
) -> dict[UUID, _Former]:
    found = await rows(
        session,
        "UPDATE round SET replaced_at = :now WHERE agent_id = ANY(CAST(:agents AS uuid[]))"
        " AND day = :day AND replaced_at IS NULL"
        " RETURNING agent_id, id, revision, begins_at, ST_AsEWKT(start) AS start",
        now=now,
        agents=sorted(str(agent) for agent in agent_ids),
        day=day,
    )
    return {r.agent_id: _Former(r.id, r.revision, r.begins_at, r.start) for r in found}


async def _keep_done_stops(
    session: Session, moved: Sequence[tuple[UUID, UUID]], day: date
) -> dict[UUID, int]:
    """Stops that were reached, from former to new rounds; how many each new round has of them."""
    if not moved:
        return {}
    kept = await rows(
        session,
        f"""
        WITH {REACHED}, done AS (
            SELECT s.*, m.id AS new_id,
                   row_number() OVER (PARTITION BY s.round_id ORDER BY s.seq) AS n
            FROM unnest(CAST(:formers AS uuid[]), CAST(:rounds AS uuid[])) AS m (former_id, id)
            JOIN stop s ON s.round_id = m.former_id
            WHERE CASE s.kind WHEN 'visit' THEN (s.agent_id, s.case_id) IN (SELECT * FROM reached)
                  ELSE EXISTS (SELECT FROM deposit d WHERE d.agent_id = s.agent_id
                               AND d.deposited_at >= s.arrives_at - interval '2 hours'
                               AND d.deposited_at <= s.departs_at + interval '2 hours') END
        )
        INSERT INTO stop (id, branch_id, round_id, agent_id, seq, kind, case_id, deposit_point_id,
            arrives_at, begins_at, departs_at, window_from, window_to, service_s, travel_s,
            distance_m, way, reason, amount_minor, slack_s, factors)
        SELECT gen_random_uuid(), branch_id, new_id, agent_id, n, kind, case_id, deposit_point_id,
            arrives_at, begins_at, departs_at, window_from, window_to, service_s, travel_s,
            distance_m, way, reason, amount_minor, slack_s, factors
        FROM done RETURNING round_id
        """,  # noqa: S608 - nothing of a caller's is in it
        day=day,
        **_pairs(moved),
    )
    counted: dict[UUID, int] = {}
    for r in kept:
        counted[r.round_id] = counted.get(r.round_id, 0) + 1
    return counted


def _pairs(moved: Sequence[tuple[UUID, UUID]]) -> dict[str, list[str]]:
    return {"formers": [str(a) for a, _ in moved], "rounds": [str(b) for _, b in moved]}


def _round_row(plan: RoundToWrite, round_id: UUID, former: _Former | None) -> dict[str, Any]:
    agent = plan.agent
    return {
        "id": round_id,
        "branch_id": agent.branch_id,
        "agent_id": agent.agent_id,
        "day": agent.day,
        "revision": former.revision + 1 if former else 1,
        "planned_at": plan.planned_at,
        "start": former.start if former else ewkt_point(plan.start),
        "finish": ewkt_point(agent.finish) if agent.finish else None,
        "begins_at": former.begins_at if former else plan.begins_at,
        "ends_at": plan.ends_at,
        "travel_s": plan.travel_s,
        "distance_m": plan.distance_m,
        "score": plan.score,
        "way_back": _line(plan.way_back) if plan.way_back else None,
        "skipped": list(plan.skipped),
        "baseline_travel_s": plan.baseline_travel_s,
        "baseline_distance_m": plan.baseline_distance_m,
        "breaks": list(plan.breaks),
        "notes": list(plan.notes),
    }


def _stop_row(plan: RoundToWrite, stop: StopToWrite, round_id: UUID, seq: int) -> dict[str, Any]:
    return {
        "id": new_id(),
        "branch_id": plan.agent.branch_id,
        "round_id": round_id,
        "agent_id": plan.agent.agent_id,
        "seq": seq,
        "kind": "visit" if stop.case_id else "deposit",
        "case_id": stop.case_id,
        "deposit_point_id": stop.deposit_point_id,
        "arrives_at": stop.arrives_at,
        "begins_at": stop.begins_at,
        "departs_at": stop.departs_at,
        "window_from": stop.window_from,
        "window_to": stop.window_to,
        "service_s": stop.service_s,
        "travel_s": stop.travel_s,
        "distance_m": stop.distance_m,
        "way": _line(stop.way),
        "reason": {"text": stop.reason},
        "amount_minor": stop.amount_minor,
        "slack_s": stop.slack_s,
        "factors": list(stop.factors),
    }


def _line(points: Line) -> str:
    return f"SRID=4326;LINESTRING({','.join(f'{lon:.6f} {lat:.6f}' for lon, lat in points)})"
