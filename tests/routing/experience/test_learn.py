"""From visits in the database to what planning reads."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from core.geometry import LatLon
from core.ids import new_id
from data.session import EVERYTHING, Database, Session, rows
from data.tables.geofence import CheckIn, CheckOut
from routing.experience.learn import learn
from routing.rounds.plan_rounds import plan_rounds
from routing.rounds.store import agent_days
from routing.travel.city import open_city
from tests.conftest import MONDAY_NINE
from tests.factories import ACase, a_branch, a_case, an_agent
from tests.routing.rounds.test_plan_rounds import DAY, HOME, SHIFT, solve_all
from tests.streets.small_city import at, small_graph

MINUTE = timedelta(minutes=1)


async def a_visit(
    session: Session, branch: UUID, agent: UUID, case: ACase, days_ago: int, minutes: int,
    outcome: str = "paid", hour: int = 0, verdict: str = "verified",
) -> None:  # fmt: skip
    began = MONDAY_NINE - timedelta(days=days_ago) + timedelta(hours=hour)
    await rows(
        session,
        "INSERT INTO visit (id, first_id, branch_id, agent_id, day, fence_ids, case_ids, began_at,"
        " ended_at, is_closed, location, uncertainty_m, ping_count, posterior, verdict, reasons,"
        " decided_at, change) VALUES (:id, :id, :branch, :agent, :day, :fences, :cases, :began,"
        " :ended, true, 'SRID=4326;POINT(-71.25 -29.9)', 8, 9, 0.95, :verdict, '[]', :ended, 'new')"
        " RETURNING id",
        id=new_id(), branch=branch, agent=agent, day=began.date(), fences=[case.fence_id],
        cases=[case.case_id], began=began, ended=began + minutes * MINUTE, verdict=verdict,
    )  # fmt: skip
    check_in: dict[str, Any] = {
        "id": new_id(), "branch_id": branch, "agent_id": agent, "case_id": case.case_id,
        "device_time": began + MINUTE, "server_time": began + MINUTE, "verdict": "verified",
        "reasons": [], "body_hash": b"",
    }  # fmt: skip
    await session.execute(insert(CheckIn).values(**check_in))
    await session.execute(
        insert(CheckOut).values(
            id=new_id(), branch_id=branch, agent_id=agent, check_in_id=check_in["id"],
            outcome=outcome, device_time=began + 2 * MINUTE, server_time=began + 2 * MINUTE,
            reasons=[], body_hash=b"",
        )
    )  # fmt: skip


async def test_verified_visits_teach_times_and_hours_that_rounds_use(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session, location=HOME)
        agent = await an_agent(session, branch, home=HOME, shift=SHIFT)
        case = await a_case(session, branch, at=LatLon(*at(100, 10)), agent_id=agent)
        for day in range(1, 41):
            # In the evening (18:00 by the branch's clock) somebody opens, at noon nobody does.
            await a_visit(session, branch, agent, case, day, 20 + day % 3, "paid", hour=9)
        for day in range(41, 61):
            await a_visit(session, branch, agent, case, day, 20 + day % 3, "not_home", hour=3)
        await a_visit(session, branch, agent, case, 61, 119, verdict="probable")
        before = (await agent_days(session, DAY, MONDAY_NINE, [agent]))[0].cases[0]
        assert (before.service_s, before.best_hours) == (780, None)
        learned = await learn(session, MONDAY_NINE)
        assert learned.kinds >= 1
        (kept,) = await rows(
            session, "SELECT * FROM learned_service_time WHERE branch_id = :b", b=branch
        )
        assert (kept.visits, round(kept.mean_s / 60)) == (60, 21)
        after = (await agent_days(session, DAY, MONDAY_NINE, [agent]))[0].cases[0]
        assert after.service_s == kept.service_s
        assert 780 < kept.service_s < 21 * 60
        assert after.best_hours is not None
        assert (after.best_hours.from_time.hour, after.best_hours.to_time.hour) == (18, 20)
        assert after.best_hours.chance > 0.85
        await plan_rounds(session, DAY, open_city(small_graph()), solve_all, MONDAY_NINE, [agent])
        (stop,) = await rows(session, "SELECT * FROM stop WHERE agent_id = :a", a=agent)
        assert "met best 18:00–20:00" in stop.reason["text"]
        learned_from = [f for f in stop.factors if f["name"] == "service_time"]
        assert learned_from[0]["because"].startswith("60 verified visits lasted 21 min")


async def test_what_is_older_than_half_a_year_is_forgotten(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        agent = await an_agent(session, branch)
        case = await a_case(session, branch)
        await a_visit(session, branch, agent, case, 10, 20)
        await learn(session, MONDAY_NINE)
        kept = "SELECT 1 FROM meeting_chance WHERE branch_id = :b"
        assert len(await rows(session, kept, b=branch)) == 1
        await learn(session, MONDAY_NINE + timedelta(days=200))
        assert len(await rows(session, kept, b=branch)) == 0
