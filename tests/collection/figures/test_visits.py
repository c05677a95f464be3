"""What visits and shifts come to, from rows as they are stored."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import Range

from collection.figures.days.end_days import end_day_of
from collection.figures.period import Grouping
from core.ids import new_id
from data.columns import ewkt_point
from data.session import EVERYTHING, Database, rows
from data.tables.geofence import Visit
from data.tables.identity import Shift
from data.tables.routing import Round, Stop
from tests.collection.figures.scene import NOW, TODAY, Lender, a_lender, at
from tests.factories import LA_SERENA, ACase
from tracking.store import ensure_partition

YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture(scope="module")
async def lender(database: Database) -> Lender:
    return await a_lender(database)


async def visit(
    lender: Lender, agent: UUID, case: ACase | None, verdict: str, hour: int, *,
    day: date = YESTERDAY, replaced_at: datetime | None = None,
) -> None:  # fmt: skip
    id_ = new_id()
    async with lender.database.transaction(EVERYTHING) as session:
        await session.execute(
            insert(Visit).values(
                id=id_, branch_id=lender.branches[lender.agents[agent]], agent_id=agent, day=day,
                fence_ids=[case.fence_id] if case else [], case_ids=[case.case_id] if case else [],
                began_at=at(day, hour), ended_at=at(day, hour) + timedelta(minutes=9),
                is_closed=True, location=ewkt_point(LA_SERENA), uncertainty_m=9, ping_count=12,
                posterior=0.9, verdict=verdict, reasons=[], decided_at=at(day, hour + 1),
                change="first", replaced_at=replaced_at, first_id=id_,
            )
        )  # fmt: skip


async def shift(
    lender: Lender, agent: UUID, first: int, last: int, absent_since: datetime | None = None
) -> None:
    async with lender.database.transaction(EVERYTHING) as session:
        await session.execute(
            insert(Shift).values(
                id=new_id(), branch_id=lender.branches[lender.agents[agent]], agent_id=agent,
                during=Range(at(YESTERDAY, first), at(YESTERDAY, last)), absent_since=absent_since,
                absent_reason=absent_since and "ill",
            )
        )  # fmt: skip


async def planned(lender: Lender, agent: UUID, cases: list[ACase]) -> None:
    """A round of these visits."""
    branch, begins = lender.branches[lender.agents[agent]], at(YESTERDAY, 9)
    way = "SRID=4326;LINESTRING(-71.25 -29.9, -71.25 -29.9)"
    round_id = new_id()
    async with lender.database.transaction(EVERYTHING) as session:
        await session.execute(
            insert(Round).values(
                id=round_id, branch_id=branch, agent_id=agent, day=YESTERDAY, revision=1,
                planned_at=begins, start=ewkt_point(LA_SERENA), begins_at=begins,
                ends_at=at(YESTERDAY, 18), travel_s=0, distance_m=0, score=0, skipped=[],
            )
        )  # fmt: skip
        for seq, case in enumerate(cases):
            await session.execute(
                insert(Stop).values(
                    id=new_id(), branch_id=branch, round_id=round_id, agent_id=agent, seq=seq,
                    case_id=case.case_id, arrives_at=begins, begins_at=begins, departs_at=begins,
                    service_s=600, travel_s=0, distance_m=0, way=way, reason={},
                )
            )  # fmt: skip


async def facts(lender: Lender, agent: UUID) -> dict[str, int]:
    """What an agent's day came to, over all products."""
    branch = lender.branches[lender.agents[agent]]
    async with lender.database.transaction(EVERYTHING) as session:
        await end_day_of(session, branch, YESTERDAY, NOW)
    names = ("visits_planned", "visits_as_planned", "visits_done", "visits_verified",
             "visits_productive", "agent_days")  # fmt: skip
    [found] = await lender.ask(
        f"SELECT {', '.join(f'sum({name})::int AS {name}' for name in names)}"  # noqa: S608
        " FROM day_fact WHERE agent_id = :agent AND day = :day",
        agent=agent, day=YESTERDAY,
    )  # fmt: skip
    told: dict[str, Any] = found._asdict()
    return told


async def test_visits_and_shifts_of_a_day_are_what_its_rows_say(lender: Lender) -> None:
    agent, other = list(lender.agents)[:2]
    own = [case for a, _, case in lender.cases if a == agent]
    # Paid, promised, neither; another version of the first; a stay at nobody's; and the day before.
    await visit(lender, agent, own[0], "verified", 9)
    await visit(lender, agent, own[0], "unverified", 9, replaced_at=at(YESTERDAY, 20))
    await visit(lender, agent, own[1], "probable", 11)
    await visit(lender, agent, own[2], "verified", 13)
    await visit(lender, agent, None, "unverified", 15)
    await visit(lender, agent, own[3], "verified", 9, day=YESTERDAY - timedelta(days=1))
    await lender.take(agent, own[0], 300, at(YESTERDAY, 9))
    await lender.take(agent, own[2], 300, at(YESTERDAY - timedelta(days=1), 9))
    await lender.promise(agent, own[1], 500, at(YESTERDAY, 11))
    await planned(lender, agent, [own[0], own[2], own[3]])
    await shift(lender, agent, 8, 12)
    await shift(lender, agent, 14, 18)
    await shift(lender, other, 8, 12, absent_since=at(YESTERDAY, 7))
    assert await facts(lender, agent) == {
        "visits_planned": 3, "visits_as_planned": 2, "visits_done": 4, "visits_verified": 2,
        "visits_productive": 2, "agent_days": 1,
    }  # fmt: skip
    [others] = await lender.ask(
        "SELECT coalesce(sum(agent_days), 0)::int AS days, coalesce(sum(visits_done), 0)::int AS"
        " visits FROM day_fact WHERE agent_id = :agent AND day = :day",
        agent=other, day=YESTERDAY,
    )  # fmt: skip
    assert (others.days, others.visits) == (0, 0)


async def test_the_way_per_visit_is_that_of_days_whose_ways_were_measured(lender: Lender) -> None:
    agent = list(lender.agents)[2]
    code = lender.agents[agent]
    for day, hour in ((YESTERDAY, 9), (YESTERDAY, 11), (TODAY, 8)):
        await visit(lender, agent, None, "verified", hour, day=day)
    today = await lender.report(TODAY, TODAY, Grouping.ALL, branch=code)
    assert (today.total.values["visits_done"], today.total.values["distance"]) == (1, None)
    assert today.total.values["distance_per_visit"] is None

    async with lender.database.transaction(EVERYTHING) as session:
        await ensure_partition(session, YESTERDAY)
        await rows(
            session,
            "INSERT INTO ping (device_id, captured_at, lat, lon, agent_id, branch_id, received_at,"
            " accuracy_m, is_mock) SELECT :id, at, -29.9 + n * 0.002, -71.25, :id, :branch, at, 8,"
            " false FROM generate_series(0, 9) AS n, LATERAL (SELECT CAST(:begins AS timestamptz)"
            " + n * interval '1 minute' AS at) times RETURNING 1",
            id=agent, branch=lender.branches[code], begins=at(YESTERDAY, 10),
        )  # fmt: skip
        await end_day_of(session, lender.branches[code], YESTERDAY, NOW)
    for grouping in (Grouping.ALL, Grouping.AGENT):
        both = await lender.report(YESTERDAY, TODAY, grouping, branch=code, agent_id=agent)
        way, per_visit = (both.total.values[n] for n in ("distance", "distance_per_visit"))
        assert both.total.values["visits_done"] == 3
        assert way == pytest.approx(9 * 222.4, rel=0.01)
        assert per_visit == pytest.approx(9 * 222.4 / 2, rel=0.01)
