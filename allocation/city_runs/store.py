"""SQL of runs, their sectors and the best rounds so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError

from allocation.city.sectors import Points
from allocation.city_runs.run import BetterRound, Figures, Progress, Run, StoredSector, Wanted
from allocation.errors import CityRunUnderWay
from allocation.problem import Integers, Move
from allocation.store import TRAVEL_SHARE_S
from core.geometry import LatLon, LocalPlane
from core.ids import new_id
from data.session import Session, rows, savepoint
from data.tables.allocation import CityRound, CityRun, CitySector
from routing.reach.store import SPOT

_RUN = """
    r.id, r.branch_id, r.day, r.price_s, r.seconds_per_agent, r.limit_s, r.passes, r.turn, r.state,
    r.failure, r.made_at, r.made_by, r.ended_at, r.proposal_id
"""

_STRANGE = """
    SELECT o.agent_id, a.agent_id AS owner_id, a.case_id
    FROM city_round o CROSS JOIN LATERAL unnest(o.case_ids) AS v (case_id)
    JOIN assignment a ON a.case_id = v.case_id AND a.channel = 'visit' AND upper_inf(a.during)
    WHERE o.run_id = :run AND a.agent_id <> o.agent_id
"""
"""The visits of a run by somebody else than the case's owner."""


@dataclass(frozen=True, slots=True)
class Portfolio:
    """How much work a branch's agents own together, in seconds, and the median of a case."""

    work_s: int
    median_s: float


async def portfolio(session: Session, agent_ids: Sequence[UUID]) -> Portfolio:
    """What these agents own."""
    found = await rows(
        session,
        "SELECT coalesce(sum(c.service_s + :travel_s), 0)::bigint AS work_s,"
        " coalesce(percentile_cont(0.5) WITHIN GROUP (ORDER BY c.service_s + :travel_s), 0) AS mid"
        " FROM assignment a JOIN case_file c ON c.id = a.case_id"
        " WHERE a.agent_id = ANY (CAST(:agents AS uuid[])) AND a.channel = 'visit'"
        " AND upper_inf(a.during) AND c.closed_at IS NULL",
        agents=_texts(agent_ids),
        travel_s=TRAVEL_SHARE_S,
    )
    return Portfolio(found[0].work_s, found[0].mid)


async def add_run(
    session: Session,
    branch_id: UUID,
    day: date,
    wanted: Wanted,
    limit_s: int,
    passes: int,
    agent_ids: Sequence[UUID],
    by: UUID,
    now: datetime,
) -> UUID:
    """A run whose agents have no round yet. Raises `CityRunUnderWay` where there is one."""
    run_id = new_id()
    try:
        async with savepoint(session):
            await session.execute(
                insert(CityRun).values(
                    id=run_id, branch_id=branch_id, day=day, price_s=wanted.price_s,
                    seconds_per_agent=wanted.seconds_per_agent, limit_s=limit_s, passes=passes,
                    made_at=now, made_by=by,
                )
            )  # fmt: skip
    except IntegrityError:
        under_way = await rows(
            session,
            "SELECT id FROM city_run WHERE branch_id = :branch AND day = :day"
            " AND state = 'running'",
            branch=branch_id,
            day=day,
        )
        raise CityRunUnderWay(str(under_way[0].id) if under_way else "") from None
    await session.execute(
        insert(CityRound),
        [
            {"run_id": run_id, "agent_id": agent_id, "branch_id": branch_id, "case_ids": []}
            for agent_id in agent_ids
        ],
    )
    return run_id


async def run(session: Session, run_id: UUID, *, lock: bool = False) -> Run | None:
    """A run in scope; locked until the end of the transaction where that is asked."""
    found = await rows(
        session,
        f"SELECT {_RUN} FROM city_run r WHERE r.id = :run{' FOR UPDATE' if lock else ''}",  # noqa: S608
        run=run_id,
    )
    return Run(*found[0]) if found else None


async def stranded(session: Session) -> list[Run]:
    """The runs in scope that wait for a sector without a job, locked; not those that somebody else
    has locked."""
    found = await rows(
        session,
        f"""
        SELECT {_RUN} FROM city_run r WHERE r.state = 'running' AND EXISTS (
            SELECT FROM city_sector s
            WHERE s.run_id = r.id AND s.turn = r.turn AND s.done_at IS NULL AND NOT EXISTS (
                SELECT FROM procrastinate_jobs j WHERE j.queue_name = 'city'
                  AND j.status IN ('todo', 'doing') AND j.args ->> 'sector_id' = s.id::text))
        ORDER BY r.id FOR UPDATE OF r SKIP LOCKED
        """,  # noqa: S608 - nothing of a caller's is in it
    )
    return [Run(*r) for r in found]


async def progress(session: Session, run_id: UUID) -> Progress | None:
    """A run in scope, with its figures."""
    its = await run(session, run_id)
    if its is None:
        return None
    (sums,) = await rows(
        session,
        "SELECT count(*) AS agents, coalesce(sum(first_score), 0) AS first_score,"
        " coalesce(sum(first_travel_s), 0) AS first_travel_s, coalesce(sum(score), 0) AS score,"
        " coalesce(sum(travel_s), 0) AS travel_s FROM city_round WHERE run_id = :run",
        run=run_id,
    )
    (changed,) = await rows(
        session,
        f"SELECT count(*) AS changes FROM ({_STRANGE}) s",  # noqa: S608
        run=run_id,
    )
    (part,) = await rows(
        session,
        "SELECT count(*) AS sectors, count(done_at) AS done FROM city_sector"
        " WHERE run_id = :run AND turn = :turn",
        run=run_id,
        turn=its.turn,
    )
    figures = Figures(
        sums.agents, sums.first_score, sums.first_travel_s, sums.score, sums.travel_s,
        changed.changes,
    )  # fmt: skip
    return Progress(its, figures, part.done, part.sectors)


async def end(
    session: Session,
    run_id: UUID,
    state: str,
    now: datetime,
    *,
    proposal_id: UUID | None = None,
    failure: str | None = None,
) -> None:
    """Say how a run ended."""
    await session.execute(
        text(
            "UPDATE city_run SET state = :state, ended_at = :now, proposal_id = :proposal,"
            " failure = :failure WHERE id = :run"
        ),
        {
            "run": run_id, "state": state, "now": now, "proposal": proposal_id, "failure": failure,
        },
    )  # fmt: skip


async def add_sectors(
    session: Session,
    its: Run,
    turn: int,
    sectors: Sequence[tuple[Sequence[UUID], Sequence[UUID]]],
) -> list[UUID]:
    """Begin a pass of (agents, cases)."""
    added = [
        {
            "id": new_id(), "run_id": its.id, "branch_id": its.branch_id, "turn": turn,
            "agent_ids": list(agents), "case_ids": list(cases),
        }
        for agents, cases in sectors
    ]  # fmt: skip
    await session.execute(insert(CitySector), added)
    await session.execute(
        text("UPDATE city_run SET turn = :turn WHERE id = :run"), {"run": its.id, "turn": turn}
    )
    return [each["id"] for each in added]  # type: ignore[misc]


async def sector(session: Session, sector_id: UUID) -> StoredSector | None:
    """A sector in scope, with the rounds of its agents."""
    found = await rows(
        session,
        f"SELECT s.turn AS its_turn, s.agent_ids, s.case_ids, s.done_at, {_RUN}"  # noqa: S608
        " FROM city_sector s JOIN city_run r ON r.id = s.run_id WHERE s.id = :sector",
        sector=sector_id,
    )
    if not found:
        return None
    turn, agent_ids, case_ids, done_at, *its = found[0]
    best = await rows(
        session,
        "SELECT agent_id, case_ids FROM city_round WHERE run_id = :run"
        " AND agent_id = ANY (CAST(:agents AS uuid[]))",
        run=its[0],
        agents=_texts(agent_ids),
    )
    order = {r.agent_id: tuple(r.case_ids) for r in best}
    return StoredSector(
        sector_id, Run(*its), turn, tuple(agent_ids), tuple(case_ids),
        tuple(order[agent_id] for agent_id in agent_ids), done_at is not None,
    )  # fmt: skip


async def keep_rounds(
    session: Session, its: StoredSector, better: Sequence[BetterRound], now: datetime
) -> int:
    """Keep what was found for a sector; how many sectors of the pass are still to be done."""
    if better:
        await session.execute(
            text(
                """
                UPDATE city_round SET case_ids = CAST(:cases AS uuid[]), score = :score,
                    travel_s = :travel_s,
                    first_score = CASE WHEN :is_first THEN :score ELSE first_score END,
                    first_travel_s = CASE WHEN :is_first THEN :travel_s ELSE first_travel_s END
                WHERE run_id = :run AND agent_id = :agent
                """
            ),
            [
                {
                    "run": its.run.id, "agent": each.agent_id, "cases": _texts(each.case_ids),
                    "score": each.score, "travel_s": each.travel_s, "is_first": its.turn == 0,
                }
                for each in better
            ],
        )  # fmt: skip
    await session.execute(
        text("UPDATE city_sector SET done_at = :now WHERE id = :sector"),
        {"sector": its.id, "now": now},
    )
    (left,) = await rows(
        session,
        "SELECT count(*) AS many FROM city_sector WHERE run_id = :run AND turn = :turn"
        " AND done_at IS NULL",
        run=its.run.id,
        turn=its.turn,
    )
    many: int = left.many
    return many


async def owners_of(session: Session, case_ids: Sequence[UUID]) -> set[UUID]:
    """The agents who have these cases."""
    found = await rows(
        session,
        "SELECT DISTINCT agent_id FROM assignment WHERE case_id = ANY (CAST(:cases AS uuid[]))"
        " AND channel = 'visit' AND upper_inf(during)",
        cases=_texts(case_ids),
    )
    return {r.agent_id for r in found}


async def kept_beside(
    session: Session, its: StoredSector, decided: Sequence[UUID]
) -> dict[UUID, tuple[int, int]]:
    """What the sector's agents will own beside the cases `decided`, as (seconds of work, cases).

    What others visit in this run will be theirs.
    """
    found = await rows(
        session,
        """
        SELECT a.agent_id, sum(c.service_s + :travel_s)::bigint AS work_s, count(*) AS cases
        FROM assignment a JOIN case_file c ON c.id = a.case_id
        WHERE a.agent_id = ANY (CAST(:agents AS uuid[])) AND a.channel = 'visit'
          AND upper_inf(a.during) AND c.closed_at IS NULL
          AND a.case_id <> ALL (CAST(:decided AS uuid[]))
          AND a.case_id NOT IN (
              SELECT unnest(o.case_ids) FROM city_round o
              WHERE o.run_id = :run AND o.agent_id <> ALL (CAST(:agents AS uuid[])))
        GROUP BY a.agent_id
        """,
        agents=_texts(its.agent_ids),
        decided=_texts(decided),
        run=its.run.id,
        travel_s=TRAVEL_SHARE_S,
    )
    return {r.agent_id: (r.work_s, r.cases) for r in found}


@dataclass(frozen=True, slots=True, eq=False)
class CityMap:
    """Where a run's agents and cases are, in meters on a plane, as `allocation.city.sectors` takes
    them."""

    agent_ids: list[UUID]
    case_ids: list[UUID]
    homes: Points
    spots: Points
    visitor: Integers
    only: Integers


async def city_map(session: Session, run_id: UUID, now: datetime) -> CityMap:
    """The agents of a run, and all open cases on the map that they have."""
    agents = await rows(
        session,
        "SELECT o.agent_id, o.case_ids, ST_Y(a.home::geometry) AS lat, ST_X(a.home::geometry)"
        " AS lon FROM city_round o JOIN agent_profile a ON a.agent_id = o.agent_id"
        " WHERE o.run_id = :run ORDER BY o.agent_id",
        run=run_id,
    )
    row = {r.agent_id: nth for nth, r in enumerate(agents)}
    cases = await rows(
        session,
        f"""
        WITH {SPOT}
        SELECT c.id, a.agent_id, s.lat, s.lon,
               p.id IS NOT NULL OR n.id IS NOT NULL OR a.lent_to_branch_id IS NOT NULL AS is_fixed
        FROM assignment a JOIN case_file c ON c.id = a.case_id
        JOIN customer cu ON cu.id = c.customer_id JOIN spot s ON s.address_id = c.address_id
        LEFT JOIN center n ON n.id = cu.center_id AND n.split_at IS NULL
        LEFT JOIN case_pin p ON p.case_id = c.id AND p.ended_at IS NULL
            AND (p.until IS NULL OR p.until > :now)
        WHERE a.agent_id IN (SELECT agent_id FROM city_round WHERE run_id = :run)
          AND a.channel = 'visit' AND upper_inf(a.during) AND c.closed_at IS NULL
          AND s.lat IS NOT NULL
        ORDER BY c.id
        """,  # noqa: S608 - nothing of a caller's is in it
        run=run_id,
        now=now,
    )
    number = {r.id: nth for nth, r in enumerate(cases)}
    visitor = np.full(len(cases), -1, dtype=np.int64)
    for agent, r in enumerate(agents):
        visitor[[number[case] for case in r.case_ids if case in number]] = agent
    only = [row[r.agent_id] if r.is_fixed else -1 for r in cases]
    plane = LocalPlane(LatLon(agents[0].lat, agents[0].lon))
    return CityMap(
        [r.agent_id for r in agents], [r.id for r in cases], _points(plane, agents),
        _points(plane, cases), visitor, np.array(only, dtype=np.int64),
    )  # fmt: skip


async def moves(session: Session, run_id: UUID) -> list[Move]:
    """The cases that the best rounds so far give to others than their owners."""
    found = await rows(session, f"{_STRANGE} ORDER BY a.case_id", run=run_id)
    return [Move(r.case_id, r.owner_id, r.agent_id) for r in found]


def _points(plane: LocalPlane, found: Sequence[Any]) -> Points:
    lat, lon = (np.array([getattr(r, name) for r in found], dtype=float) for name in ("lat", "lon"))
    return np.column_stack(plane.xy(lat, lon))


def _texts(ids: Sequence[UUID]) -> list[str]:
    return [str(each) for each in ids]
