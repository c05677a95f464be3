"""Two who drop out at once, and a neighbor who checks in meanwhile, on connections of their own."""

import asyncio
from collections import Counter
from uuid import UUID

from allocation.absence.absence import Absent, StandIn
from allocation.absence.come_back import come_back
from allocation.absence.stand_in import stand_in
from core.ids import new_id
from data.session import EVERYTHING, Database, Scope, rows
from geofence.check_in import CheckInReport, check_in
from identity.principal import Role
from routing.planner.vacancy import Relief, Vacancy
from tests.allocation.absence.scenes import CITY, HOUR, Team, a_team, owners, rounds
from tests.conftest import MONDAY_NINE
from tests.factories import a_person
from tests.routing.underway.scenes import CITIES, relieve, solve_all

NOON = MONDAY_NINE + HOUR


async def set_up(database: Database) -> Team:
    async with database.transaction(EVERYTHING) as session:
        return await a_team(session, [[90, 80, 70], [60, 50], [40, 30], []])


async def drops_out(database: Database, team: Team, nth: int) -> StandIn:
    async with database.transaction(Scope((team.branch,))) as session:
        return await stand_in(session, team.absent(nth), CITY, relieve, NOON)


async def nothing_is_lost_or_doubled(database: Database, team: Team, gone: set[UUID]) -> None:
    async with database.transaction(Scope((team.branch,))) as session:
        have, planned = await owners(session, team), await rounds(session, team)
    cases = {case.case_id for mine in team.cases for case in mine}
    assert set(have) == cases, "each case has one owner"
    stops = Counter(case for order in planned.values() for case in order)
    assert max(stops.values()) == 1, "no visit is planned twice"
    for agent, order in planned.items():
        assert all(have[case] == agent for case in order)
        assert agent not in gone or not order


async def test_two_who_drop_out_at_once_lose_and_double_nothing(database: Database) -> None:
    team = await set_up(database)
    done = await asyncio.gather(*(drops_out(database, team, nth) for nth in (0, 1)))
    assert all(one.moved for one in done)
    await nothing_is_lost_or_doubled(database, team, set(team.agents[:2]))


async def test_the_same_agent_twice_at_once_drops_out_once(database: Database) -> None:
    team = await set_up(database)
    done = await asyncio.gather(*(drops_out(database, team, 0) for _ in range(3)))
    assert sorted(len(one.moved) for one in done) == [0, 0, 3]
    await nothing_is_lost_or_doubled(database, team, {team.agents[0]})


async def test_one_drops_out_while_another_comes_back(database: Database) -> None:
    team = await set_up(database)
    await drops_out(database, team, 0)

    async def back() -> None:
        async with database.transaction(Scope((team.branch,))) as session:
            await come_back(session, team.agents[0], team.boss, CITIES, solve_all, NOON)

    await asyncio.gather(back(), drops_out(database, team, 1))
    await nothing_is_lost_or_doubled(database, team, {team.agents[1]})


async def test_a_check_in_waits_for_the_decision_and_is_taken_down(database: Database) -> None:
    """The agent checks in at the very visit that is handed on: it is not refused."""
    team = await set_up(database)
    case_id, deciding, go_on = team.cases[0][2].case_id, asyncio.Event(), asyncio.Event()

    async def slowly(vacancy: Vacancy) -> Relief:
        deciding.set()
        await go_on.wait()
        return await relieve(vacancy)

    async def drop() -> StandIn:
        async with database.transaction(Scope((team.branch,))) as session:
            absent = Absent(team.agents[0], "ill", team.boss)
            return await stand_in(session, absent, CITY, slowly, NOON)

    async def arrive() -> None:
        report = CheckInReport(new_id(), case_id, NOON, None, "the camera fails", b"x")
        async with database.transaction(Scope((team.branch,), team.agents[0])) as session:
            await check_in(session, team.agents[0], report, NOON)

    dropping = asyncio.create_task(drop())
    await deciding.wait()
    arriving = asyncio.create_task(arrive())
    await asyncio.sleep(0.3)
    assert not arriving.done(), "contacts with these customers wait"
    go_on.set()
    done = await dropping
    await arriving
    assert case_id in {one.case_id for one in done.moved}
    async with database.transaction(EVERYTHING) as session:
        kept = await rows(session, "SELECT 1 FROM check_in WHERE case_id = :c", c=case_id)
    assert len(kept) == 1


async def test_who_was_reached_first_is_not_handed_on(database: Database) -> None:
    team = await set_up(database)
    case_id = team.cases[0][1].case_id
    report = CheckInReport(new_id(), case_id, NOON, None, "the camera fails", b"x")
    async with database.transaction(Scope((team.branch,), team.agents[0])) as session:
        await check_in(session, team.agents[0], report, NOON)
    done = await drops_out(database, team, 0)
    assert case_id not in {one.case_id for one in done.moved}
    assert case_id not in {one.case_id for one in done.unplaced}
    await nothing_is_lost_or_doubled(database, team, set())


async def test_agents_see_their_own_absence_only(database: Database) -> None:
    team = await set_up(database)
    await drops_out(database, team, 0)
    for nth, seen in ((0, 1), (1, 0)):
        async with database.transaction(Scope((team.branch,), team.agents[nth])) as session:
            assert len(await rows(session, "SELECT 1 FROM absence")) == seen
    async with database.transaction(EVERYTHING) as session:
        other = await a_team(session, [[9]])
        await a_person(session, other.branch, Role.SUPERVISOR)
    async with database.transaction(Scope((other.branch,))) as session:
        assert await rows(session, "SELECT 1 FROM absence_visit") == []
