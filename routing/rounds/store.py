"""SQL of rounds and stops, and of what planning needs to know."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError

from core.geometry import LatLon
from core.ids import new_id
from data.columns import ewkt_point
from data.session import Session, rows
from data.tables.routing import Round, Stop
from routing.errors import PlannedMeanwhile
from routing.reach.store import SPOT, SPOT_COLUMNS, spot_area
from routing.rounds.day import AgentDay, CaseToVisit
from streets.profile import Profile

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
)
"""
"""A common table expression: who has been at which case on `:day`, by pings or by any fact."""


@dataclass(frozen=True, slots=True)
class RoundToWrite:
    """A round as it is stored. `way` and `way_back` are (lon, lat) points along the streets."""

    agent: AgentDay
    planned_at: datetime
    begins_at: datetime
    ends_at: datetime
    travel_s: int
    distance_m: float
    score: float
    way_back: tuple[tuple[float, float], ...]
    stops: tuple["StopToWrite", ...]
    skipped: tuple[dict[str, str], ...]


@dataclass(frozen=True, slots=True)
class StopToWrite:
    """A stop as it is stored."""

    case_id: UUID
    arrives_at: datetime
    begins_at: datetime
    departs_at: datetime
    window_from: datetime | None
    window_to: datetime | None
    service_s: int
    travel_s: int
    distance_m: float
    way: tuple[tuple[float, float], ...]
    reason: str


async def agent_days(
    session: Session, day: date, now: datetime, agent_ids: Sequence[UUID] | None = None
) -> list[AgentDay]:
    """The days of agents in scope who have a shift on `day` and are not absent, with their cases.

    A case that somebody has been at today is left out; so is one whose promise is for a later day.
    A shift that has begun starts at `now`, where the agent was last seen.
    """
    found = await rows(
        session,
        """
        SELECT a.agent_id, a.branch_id, b.zone, b.currency, b.contact_from, b.contact_to, a.skills,
               a.vehicle,
               lower(s.during) AS begins_at, upper(s.during) AS ends_at, s.break_from, s.break_s,
               ST_Y(a.home::geometry) AS home_lat, ST_X(a.home::geometry) AS home_lon,
               ST_Y(p.location::geometry) AS lat, ST_X(p.location::geometry) AS lon
        FROM shift s JOIN agent_profile a USING (agent_id) JOIN branch b ON b.id = a.branch_id
        LEFT JOIN agent_position p ON p.agent_id = a.agent_id AND p.captured_at >= lower(s.during)
        WHERE (lower(s.during) AT TIME ZONE b.zone)::date = :day AND s.absent_since IS NULL
          AND upper(s.during) > :now
          AND (CAST(:agents AS uuid[]) IS NULL OR a.agent_id = ANY(CAST(:agents AS uuid[])))
        ORDER BY a.agent_id
        """,
        day=day,
        now=now,
        agents=None if agent_ids is None else [str(a) for a in agent_ids],
    )
    cases = await _cases_by_agent(session, day, [r.agent_id for r in found])
    return [
        AgentDay(
            agent_id=r.agent_id,
            branch_id=r.branch_id,
            zone=r.zone,
            currency=r.currency,
            day=day,
            begins_at=max(r.begins_at, now),
            ends_at=r.ends_at,
            break_from=r.break_from if r.break_from and r.break_from > now else None,
            break_s=r.break_s,
            start=LatLon(r.home_lat, r.home_lon) if r.lat is None else LatLon(r.lat, r.lon),
            finish=LatLon(r.home_lat, r.home_lon),
            skills=frozenset(r.skills),
            contact_from=r.contact_from,
            contact_to=r.contact_to,
            cases=tuple(cases.get(r.agent_id, ())),
            profile=Profile(r.vehicle),
        )
        for r in found
    ]


async def _cases_by_agent(
    session: Session, day: date, agent_ids: list[UUID]
) -> dict[UUID, list[CaseToVisit]]:
    found = await rows(
        session,
        f"""
        WITH {REACHED}, {SPOT}
        SELECT a.agent_id, c.id, cu.full_name, {SPOT_COLUMNS}, c.urgency, c.service_s,
               c.preferred_from, c.preferred_to, c.dpd,
               coalesce(p.due_on <= :day, false) AS promise_due
        FROM assignment a JOIN case_file c ON c.id = a.case_id
        JOIN customer cu ON cu.id = c.customer_id JOIN spot s ON s.address_id = c.address_id
        LEFT JOIN promise p ON p.account_id = c.account_id AND p.state = 'open'
        WHERE a.agent_id = ANY(CAST(:agents AS uuid[])) AND a.channel = 'visit'
          AND upper_inf(a.during) AND c.closed_at IS NULL AND c.overdue_minor > 0
          AND (p.due_on IS NULL OR p.due_on <= :day)
          AND c.id NOT IN (SELECT case_id FROM reached)
        ORDER BY c.id
        """,  # noqa: S608 - nothing of a caller's is in it
        day=day,
        agents=[str(a) for a in agent_ids],
    )
    by_agent: dict[UUID, list[CaseToVisit]] = {}
    for r in found:
        at = None if r.lat is None else LatLon(r.lat, r.lon)
        by_agent.setdefault(r.agent_id, []).append(
            CaseToVisit(
                r.id, r.full_name, at, r.urgency, r.service_s, r.preferred_from, r.preferred_to,
                r.dpd, r.promise_due, r.line, spot_area(r),
            )
        )  # fmt: skip
    return by_agent


async def write_round(session: Session, plan: RoundToWrite) -> UUID:
    """Publish a round as the agent's next revision of the day; the former one is put aside.

    Stops of the former revision where the agent has been open the new one unchanged: what was
    done stays on the map. Raises `PlannedMeanwhile` when somebody else
    published for the same agent at the same moment.
    """
    agent = plan.agent
    former = await rows(
        session,
        "UPDATE round SET replaced_at = :now WHERE agent_id = :agent AND day = :day"
        " AND replaced_at IS NULL RETURNING id, revision, begins_at, ST_AsEWKT(start) AS start",
        now=plan.planned_at,
        agent=agent.agent_id,
        day=agent.day,
    )
    round_id = new_id()
    try:
        async with session.begin_nested():
            await session.execute(
                insert(Round).values(
                    id=round_id,
                    branch_id=agent.branch_id,
                    agent_id=agent.agent_id,
                    day=agent.day,
                    revision=former[0].revision + 1 if former else 1,
                    planned_at=plan.planned_at,
                    start=former[0].start if former else ewkt_point(agent.start),
                    finish=ewkt_point(agent.finish) if agent.finish else None,
                    begins_at=former[0].begins_at if former else plan.begins_at,
                    ends_at=plan.ends_at,
                    travel_s=plan.travel_s,
                    distance_m=plan.distance_m,
                    score=plan.score,
                    way_back=_line(plan.way_back) if plan.way_back else None,
                    skipped=list(plan.skipped),
                )
            )
    except IntegrityError:
        raise PlannedMeanwhile(str(agent.agent_id)) from None
    done = await _keep_done_stops(session, former[0].id, round_id, agent.day) if former else 0
    if plan.stops:
        await session.execute(
            insert(Stop),
            [_stop_row(plan, stop, round_id, done + n) for n, stop in enumerate(plan.stops, 1)],
        )
    return round_id


async def cut_round(session: Session, agent_id: UUID, day: date, now: datetime) -> None:
    """Leave of an agent's round only what was done: somebody else makes the rest."""
    former = await rows(
        session,
        "UPDATE round SET replaced_at = :now WHERE agent_id = :agent AND day = :day"
        " AND replaced_at IS NULL RETURNING id",
        now=now,
        agent=agent_id,
        day=day,
    )
    if not former:
        return
    round_id = new_id()
    await session.execute(
        text(
            "INSERT INTO round (id, branch_id, agent_id, day, revision, planned_at, start, finish,"
            " begins_at, ends_at, travel_s, distance_m, score, way_back, skipped)"
            " SELECT :round, branch_id, agent_id, day, revision + 1, :now, start, finish,"
            " begins_at, greatest(:now, begins_at), 0, 0, 0, NULL, '[]' FROM round WHERE id = :id"
        ),
        {"round": round_id, "now": now, "id": former[0].id},
    )
    await _keep_done_stops(session, former[0].id, round_id, day)


async def _keep_done_stops(session: Session, former_id: UUID, round_id: UUID, day: date) -> int:
    kept = await session.execute(
        text(
            f"""
            WITH {REACHED}, done AS (
                SELECT s.*, row_number() OVER (ORDER BY s.seq) AS n
                FROM stop s JOIN reached USING (agent_id, case_id) WHERE s.round_id = :former
            )
            INSERT INTO stop (id, branch_id, round_id, agent_id, seq, case_id, arrives_at,
                begins_at, departs_at, window_from, window_to, service_s, travel_s, distance_m,
                way, reason)
            SELECT gen_random_uuid(), branch_id, :round, agent_id, n, case_id, arrives_at,
                begins_at, departs_at, window_from, window_to, service_s, travel_s, distance_m,
                way, reason
            FROM done
            """  # noqa: S608 - nothing of a caller's is in it
        ),
        {"former": former_id, "round": round_id, "day": day},
    )
    return int(kept.rowcount)  # type: ignore[attr-defined]


def _stop_row(plan: RoundToWrite, stop: StopToWrite, round_id: UUID, seq: int) -> dict[str, object]:
    return {
        "id": new_id(),
        "branch_id": plan.agent.branch_id,
        "round_id": round_id,
        "agent_id": plan.agent.agent_id,
        "seq": seq,
        "case_id": stop.case_id,
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
    }


def _line(points: tuple[tuple[float, float], ...]) -> str:
    return f"SRID=4326;LINESTRING({','.join(f'{lon:.6f} {lat:.6f}' for lon, lat in points)})"
