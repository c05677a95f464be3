"""All rounds of a branch improved together: watched, cancelled, published."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import insert, update

from allocation.city_runs.next_pass import take_sector
from allocation.city_runs.prepare_sector import PreparedSector, prepare_sector
from allocation.city_runs.searched import searched
from core.geometry import LatLon
from core.ids import new_id
from data.session import EVERYTHING, Database, rows
from data.tables.allocation import Center
from data.tables.collection import Customer
from identity.principal import Role
from routing.planner.stop import StopAfter
from routing.travel.cities import Cities
from streets.publish import publish
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import ACase, a_branch, a_case, a_person, a_token, an_agent, branch_code
from tests.routing.rounds.test_plan_rounds import DAY, SHIFT
from tests.streets.small_city import at, small_graph

WEST, EAST = LatLon(*at(0, 0)), LatLon(*at(390, 290))
ALONE = StopAfter(solutions=50)


@dataclass
class Office:
    """Two agents at opposite ends of town, each with the two cases next to the other one's home."""

    token: str
    code: str
    ana: UUID
    ben: UUID
    by_ana: list[ACase]
    by_ben: list[ACase]


@pytest.fixture
async def office(database: Database) -> Office:
    async with database.transaction(EVERYTHING) as session:
        await publish(session, small_graph(), [], "town", MONDAY_NINE)
        branch = await a_branch(session, location=WEST)
        manager = await a_person(session, branch, Role.ALLOCATION_MANAGER)
        ana = await an_agent(session, branch, "Ana", home=WEST, shift=SHIFT)
        ben = await an_agent(session, branch, "Ben", home=EAST, shift=SHIFT)
        eastern = [
            await a_case(session, branch, at=LatLon(*at(*spot)), agent_id=ana)
            for spot in ((390, 200), (300, 290))
        ]
        western = [
            await a_case(session, branch, at=LatLon(*at(*spot)), agent_id=ben)
            for spot in ((100, 10), (10, 100))
        ]
        token, code = await a_token(session, manager), await branch_code(session, branch)
        return Office(token, code, ana, ben, eastern, western)


@pytest.fixture
def cities(tmp_path: Any) -> Cities:
    return Cities(tmp_path)


async def start(client: httpx.AsyncClient, office: Office, **body: Any) -> httpx.Response:
    path = f"/v1/branches/{office.code}/days/{DAY}/city-runs"
    told = {"price_s": 0, "seconds_per_agent": 0.1} | body
    return await client.post(path, json=told, headers=bearer(office.token))


async def begun(client: httpx.AsyncClient, office: Office, **body: Any) -> str:
    answer = await start(client, office, **body)
    assert answer.status_code == 202, answer.text
    run_id: str = answer.json()["id"]
    return run_id


async def look(client: httpx.AsyncClient, office: Office, run_id: str) -> Any:
    answer = await client.get(f"/v1/city-runs/{run_id}", headers=bearer(office.token))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def cancel(client: httpx.AsyncClient, office: Office, run_id: str) -> Any:
    answer = await client.post(f"/v1/city-runs/{run_id}/cancel", headers=bearer(office.token))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def waiting(database: Database, run_id: str) -> list[UUID]:
    """The sectors that jobs are there for."""
    async with database.transaction(EVERYTHING) as session:
        found = await rows(
            session,
            "SELECT s.id FROM city_sector s JOIN procrastinate_jobs j"
            " ON j.args->>'sector_id' = s.id::text AND j.queue_name = 'city'"
            " WHERE s.run_id = :run AND s.done_at IS NULL",
            run=run_id,
        )
    return [r.id for r in found]


async def prepared(database: Database, cities: Cities, sector_id: UUID) -> PreparedSector | None:
    async with database.transaction(EVERYTHING) as session:
        return await prepare_sector(session, sector_id, cities, MONDAY_NINE)


async def kept(database: Database, cities: Cities, found: PreparedSector) -> None:
    improved = searched(found.stored, found.sector, ALONE, 1)
    async with database.transaction(EVERYTHING) as session:
        rounds = found.rounds(improved)
        await take_sector(session, found.stored, rounds, cities, MONDAY_NINE)


async def one_pass(database: Database, cities: Cities, run_id: str) -> bool:
    """What workers do; False when there is nothing left to do."""
    sectors = await waiting(database, run_id)
    for sector_id in sectors:
        found = await prepared(database, cities, sector_id)
        assert found is not None
        await kept(database, cities, found)
    return bool(sectors)


async def to_the_end(database: Database, cities: Cities, run_id: str) -> None:
    while await one_pass(database, cities, run_id):
        pass


async def changes(client: httpx.AsyncClient, office: Office, proposal: str) -> dict[str, str]:
    path = f"/v1/assignment-proposals/{proposal}"
    answer = await client.get(path, headers=bearer(office.token))
    assert answer.status_code == 200, answer.text
    return {change["case_id"]: change["to_id"] for change in answer.json()["changes"]}


async def test_neighbors_share_out_their_visits_and_publishing_gives_the_cases_to_them(
    client: httpx.AsyncClient, office: Office, database: Database, cities: Cities
) -> None:
    run_id = await begun(client, office)
    before = await look(client, office, run_id)
    assert (before["state"], before["current_pass"], before["agents"]) == ("running", 0, 2)
    assert (before["sectors_done"], before["sectors"]) == (0, 1)
    await one_pass(database, cities, run_id)
    alone = await look(client, office, run_id)
    assert alone["first"] == alone["best"]
    assert alone["first"]["score"] == 200
    assert (alone["current_pass"], alone["changes"]) == (1, 0)
    await to_the_end(database, cities, run_id)
    ended = await look(client, office, run_id)
    assert (ended["state"], ended["done_pct"], ended["changes"]) == ("done", 100, 4)
    assert ended["best"]["score"] == 200
    assert ended["best"]["travel_s"] < ended["first"]["travel_s"] / 2
    to = await changes(client, office, ended["proposal_id"])
    assert to == {
        **{str(case.case_id): str(office.ben) for case in office.by_ana},
        **{str(case.case_id): str(office.ana) for case in office.by_ben},
    }
    path = f"/v1/assignment-proposals/{ended['proposal_id']}/publish"
    done = await client.post(path, json={}, headers=bearer(office.token))
    assert done.status_code == 200, done.text
    async with database.transaction(EVERYTHING) as session:
        owners = await rows(
            session,
            "SELECT case_id, agent_id FROM assignment WHERE upper_inf(during)"
            " AND agent_id = ANY (CAST(:agents AS uuid[]))",
            agents=[str(office.ana), str(office.ben)],
        )
    assert {str(r.case_id): str(r.agent_id) for r in owners} == to


async def test_a_relation_that_costs_more_than_the_way_stays(
    client: httpx.AsyncClient, office: Office, database: Database, cities: Cities
) -> None:
    run_id = await begun(client, office, price_s=3_600)
    await to_the_end(database, cities, run_id)
    ended = await look(client, office, run_id)
    assert (ended["state"], ended["changes"], ended["proposal_id"]) == ("done", 0, None)
    assert ended["best"] == ended["first"]


async def test_rules_pins_and_centers_hold(
    client: httpx.AsyncClient, office: Office, database: Database, cities: Cities
) -> None:
    pinned, female = office.by_ana
    path = f"/v1/cases/{pinned.case_id}/pin"
    body = {"reason": "knows the dog"}
    answer = await client.put(path, json=body, headers=bearer(office.token))
    assert answer.status_code == 200, answer.text
    async with database.transaction(EVERYTHING) as session:
        await session.execute(
            update(Customer).where(Customer.id == female.customer_id).values(agent_gender="female")
        )
        branch = (await rows(session, "SELECT branch_id FROM agent_profile WHERE agent_id = :a",
                             a=office.ana))[0].branch_id  # fmt: skip
        center = new_id()
        await session.execute(
            insert(Center).values(id=center, branch_id=branch, code="C1", name="C1")
        )
        await session.execute(
            update(Customer)
            .where(Customer.id == office.by_ben[0].customer_id)
            .values(center_id=center)
        )
    run_id = await begun(client, office)
    await to_the_end(database, cities, run_id)
    ended = await look(client, office, run_id)
    to = await changes(client, office, ended["proposal_id"])
    assert to == {str(office.by_ben[1].case_id): str(office.ana)}


async def test_cancelling_keeps_the_best_so_far_and_what_a_worker_is_at_comes_too_late(
    client: httpx.AsyncClient, office: Office, database: Database, cities: Cities
) -> None:
    run_id = await begun(client, office)
    await one_pass(database, cities, run_id)
    await one_pass(database, cities, run_id)
    (sector_id,) = await waiting(database, run_id)
    late = await prepared(database, cities, sector_id)
    assert late is not None
    ended = await cancel(client, office, run_id)
    assert (ended["state"], ended["changes"]) == ("cancelled", 4)
    assert len(await changes(client, office, ended["proposal_id"])) == 4
    await kept(database, cities, late)
    assert await waiting(database, run_id) == [sector_id]
    assert await prepared(database, cities, sector_id) is None
    assert await look(client, office, run_id) == ended == await cancel(client, office, run_id)


async def test_a_sector_that_is_done_twice_counts_once(
    client: httpx.AsyncClient, office: Office, database: Database, cities: Cities
) -> None:
    run_id = await begun(client, office)
    (sector_id,) = await waiting(database, run_id)
    found = await prepared(database, cities, sector_id)
    assert found is not None
    await kept(database, cities, found)
    after = await look(client, office, run_id)
    await kept(database, cities, found)
    assert await look(client, office, run_id) == after
    assert after["current_pass"] == 1


async def test_a_case_that_is_closed_meanwhile_falls_out(
    client: httpx.AsyncClient, office: Office, database: Database, cities: Cities
) -> None:
    run_id = await begun(client, office)
    await one_pass(database, cities, run_id)
    async with database.transaction(EVERYTHING) as session:
        await rows(
            session,
            "INSERT INTO stage_change (id, branch_id, case_id, from_stage, to_stage, closure,"
            " reason, changed_at) SELECT gen_random_uuid(), branch_id, id, stage, 'closed',"
            " 'settled', 'x', :now FROM case_file WHERE id = :id RETURNING 1",
            id=office.by_ana[0].case_id, now=MONDAY_NINE,
        )  # fmt: skip
    await to_the_end(database, cities, run_id)
    ended = await look(client, office, run_id)
    assert ended["best"]["score"] == 150
    assert len(await changes(client, office, ended["proposal_id"])) == 3


async def test_an_agent_with_the_most_cases_there_may_be_gets_no_more(
    client: httpx.AsyncClient, office: Office, database: Database, cities: Cities
) -> None:
    async with database.transaction(EVERYTHING) as session:
        await rows(
            session, "UPDATE agent_profile SET max_cases = 1 WHERE agent_id = :a RETURNING 1",
            a=office.ben,
        )  # fmt: skip
    run_id = await begun(client, office)
    await to_the_end(database, cities, run_id)
    ended = await look(client, office, run_id)
    to = list((await changes(client, office, ended["proposal_id"])).values())
    assert (to.count(str(office.ana)), to.count(str(office.ben))) == (2, 1)
    assert ended["best"]["score"] == 200


async def test_one_run_at_a_time_and_none_without_anybody_at_work(
    client: httpx.AsyncClient, office: Office
) -> None:
    run_id = await begun(client, office)
    again = await start(client, office)
    assert again.status_code == 409
    assert again.json()["run_id"] == run_id
    await cancel(client, office, run_id)
    assert (await start(client, office)).status_code == 202
    path = f"/v1/branches/{office.code}/days/2027-03-02/city-runs"
    nobody = await client.post(path, json={}, headers=bearer(office.token))
    assert nobody.status_code == 409, nobody.text
    assert "shift" in nobody.json()["detail"]


@pytest.mark.parametrize(
    "wrong", [{"price_s": -1}, {"price_s": 1e9}, {"seconds_per_agent": 0}, {"seconds": 3}]
)
async def test_what_cannot_be_asked_for_is_named(
    client: httpx.AsyncClient, office: Office, wrong: dict[str, Any]
) -> None:
    answer = await start(client, office, **wrong)
    assert answer.status_code == 422
    assert next(iter(wrong)) in answer.text


async def test_a_run_that_is_not_there_is_not_found(
    client: httpx.AsyncClient, office: Office
) -> None:
    path = f"/v1/city-runs/{new_id()}"
    for answer in (
        await client.get(path, headers=bearer(office.token)),
        await client.post(f"{path}/cancel", headers=bearer(office.token)),
    ):
        assert answer.status_code == 404
