"""Allocation from the database to the database: a day begun, an agent who drops out."""

from datetime import timedelta
from uuid import UUID

import pytest

from allocation.absence.absence import Absent
from allocation.absence.stand_in import stand_in
from allocation.allocate import allocate
from core.geometry import LatLon
from data.session import EVERYTHING, Database, Scope, Session, enter, rows
from identity.principal import Role
from routing.rounds.plan_rounds import plan_rounds
from routing.travel.city import City, open_city
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_case, a_person, an_agent
from tests.routing.rounds.test_plan_rounds import DAY, SHIFT, solve_all
from tests.routing.underway.scenes import relieve
from tests.streets.small_city import at, small_graph

EAST, WEST = LatLon(*at(400, 150)), LatLon(*at(0, 150))
LUNCH = MONDAY_NINE + timedelta(hours=4)


@pytest.fixture(scope="module")
def city() -> City:
    return open_city(small_graph())


async def two_agents_and_their_cases(session: Session) -> tuple[UUID, UUID, UUID]:
    """(branch, agent in the west, agent in the east), with three cases beside each."""
    branch = await a_branch(session, location=WEST)
    west = await an_agent(session, branch, "Wanda West", home=WEST, shift=SHIFT)
    east = await an_agent(session, branch, "Emil East", home=EAST, shift=SHIFT)
    for north in (0, 100, 200):
        await a_case(session, branch, at=LatLon(*at(10, north)))
        await a_case(session, branch, at=LatLon(*at(390, north)))
    await enter(session, Scope((branch,)))
    return branch, west, east


async def owners(session: Session) -> dict[UUID, int]:
    found = await rows(session, "SELECT agent_id, count(*) AS n FROM assignment"
                       " WHERE upper_inf(during) GROUP BY agent_id")  # fmt: skip
    return {r.agent_id: r.n for r in found}


async def test_cases_go_to_the_agent_nearby_and_the_work_is_balanced(
    database: Database, city: City
) -> None:
    async with database.transaction(EVERYTHING) as session:
        branch, west, east = await two_agents_and_their_cases(session)
        done = await allocate(session, branch, DAY, city, MONDAY_NINE)
        assert (done.agents, done.cases, done.newly_assigned, done.moved) == (2, 6, 6, 0)
        assert done.unplaced == ()
        assert await owners(session) == {west: 3, east: 3}
        far = await rows(
            session,
            "SELECT 1 FROM assignment a JOIN case_file c ON c.id = a.case_id"
            " JOIN address d ON d.id = c.address_id JOIN agent_profile p USING (agent_id)"
            " WHERE ST_Distance(d.location, p.home) > 250",
        )
        assert far == []


async def test_allocating_again_moves_nothing(database: Database, city: City) -> None:
    async with database.transaction(EVERYTHING) as session:
        branch, _, _ = await two_agents_and_their_cases(session)
        await allocate(session, branch, DAY, city, MONDAY_NINE)
        again = await allocate(session, branch, DAY, city, MONDAY_NINE + timedelta(minutes=1))
        assert (again.newly_assigned, again.moved) == (0, 0)


async def test_when_an_agent_drops_out_a_neighbor_gets_the_open_visits(
    database: Database, city: City
) -> None:
    async with database.transaction(EVERYTHING) as session:
        branch, west, east = await two_agents_and_their_cases(session)
        by = await a_person(session, branch, Role.SUPERVISOR)
        await allocate(session, branch, DAY, city, MONDAY_NINE)
        await plan_rounds(session, DAY, city, solve_all, MONDAY_NINE)
        done = await stand_in(session, Absent(west, "ill", by), city, relieve, LUNCH)
        assert {m.to_agent_id for m in done.moved} == {east}
        assert {m.to_agent for m in done.moved} == {"Emil East"}
        assert (len(done.moved), done.unplaced, done.made_way) == (3, (), ())
        planned = await rows(session, "SELECT r.agent_id, count(s.id) AS stops FROM round r"
                             " LEFT JOIN stop s ON s.round_id = r.id WHERE r.replaced_at IS NULL"
                             " GROUP BY r.agent_id")  # fmt: skip
        assert {r.agent_id: r.stops for r in planned} == {west: 0, east: 6}
        kept = await rows(session, "SELECT count(*) AS n FROM assignment WHERE agent_id = :w"
                          " AND NOT upper_inf(during)", w=west)  # fmt: skip
        assert kept[0].n == len(done.moved)
        again = await stand_in(session, Absent(west, "ill", by), city, relieve, LUNCH)
        assert (again.moved, again.passed_on) == ((), ())
        assert await owners(session) == {east: 6}


async def test_nobody_left_is_said_with_a_reason(database: Database, city: City) -> None:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session, location=WEST)
        only = await an_agent(session, branch, home=WEST, shift=SHIFT)
        by = await a_person(session, branch, Role.SUPERVISOR)
        await a_case(session, branch, at=WEST, agent_id=only, customer_name="Rosa Vega")
        await enter(session, Scope((branch,)))
        await plan_rounds(session, DAY, city, solve_all, MONDAY_NINE)
        done = await stand_in(session, Absent(only, "ill", by), city, relieve, MONDAY_NINE)
        assert done.moved == ()
        assert [(u.customer, "nobody else" in u.reason) for u in done.unplaced] == [
            ("Rosa Vega", True)
        ]


async def test_neighbors_take_what_their_shift_has_time_for_and_no_more(
    database: Database, city: City
) -> None:
    async with database.transaction(EVERYTHING) as session:
        branch, west, _ = await two_agents_and_their_cases(session)
        by = await a_person(session, branch, Role.SUPERVISOR)
        await allocate(session, branch, DAY, city, MONDAY_NINE)
        await plan_rounds(session, DAY, city, solve_all, MONDAY_NINE)
        late = SHIFT[1] - timedelta(minutes=10)
        done = await stand_in(session, Absent(west, "ill", by), city, relieve, late)
        assert done.moved == ()
        assert all("cannot take it" in u.reason for u in done.unplaced)
        assert len(done.unplaced) == 3
