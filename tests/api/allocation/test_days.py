"""Standing in for an agent over HTTP, and actions that are sent again."""

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest

from core.geometry import LatLon
from core.ids import new_id
from data.session import EVERYTHING, Database, rows
from identity.principal import Role
from routing.rounds.plan_rounds import plan_rounds
from routing.travel.city import open_city
from streets.publish import publish
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_case, a_person, a_token, an_agent, branch_code
from tests.routing.rounds.test_plan_rounds import DAY, HOME, SHIFT, solve_all
from tests.streets.small_city import at, small_graph


@dataclass
class Office:
    """A manager, and two agents of whom one has a round of three stops."""

    token: str
    branch: str
    busy: UUID
    free: UUID


@pytest.fixture
async def office(database: Database) -> Office:
    async with database.transaction(EVERYTHING) as session:
        await publish(session, small_graph(), [], "town", MONDAY_NINE)
        branch = await a_branch(session, location=HOME)
        manager = await a_person(session, branch, Role.ALLOCATION_MANAGER)
        busy = await an_agent(session, branch, home=HOME, shift=SHIFT)
        free = await an_agent(session, branch, home=HOME, shift=SHIFT)
        for spot in ((100, 10), (200, 110), (300, 210)):
            await a_case(session, branch, at=LatLon(*at(*spot)), agent_id=busy)
        await plan_rounds(session, DAY, open_city(small_graph()), solve_all, MONDAY_NINE, [busy])
        token = await a_token(session, manager)
        return Office(token, await branch_code(session, branch), busy, free)


async def drop_out(
    client: httpx.AsyncClient, office: Office, key: str | None, reason: str = "ill"
) -> httpx.Response:
    headers = bearer(office.token) | ({"Idempotency-Key": key} if key else {})
    path = f"/v1/agents/{office.busy}/unavailable"
    return await client.post(path, json={"reason": reason}, headers=headers)


async def test_open_visits_go_to_the_colleague(client: httpx.AsyncClient, office: Office) -> None:
    answer = await drop_out(client, office, None)
    assert answer.status_code == 200, answer.text
    assert {m["to_agent_id"] for m in answer.json()["moved"]} == {str(office.free)}
    assert len(answer.json()["moved"]) == 3
    assert (await drop_out(client, office, None)).json()["moved"] == []


async def test_what_would_happen_is_told_before_and_what_happened_after(
    client: httpx.AsyncClient, office: Office
) -> None:
    path, headers = f"/v1/agents/{office.busy}/unavailable", bearer(office.token)
    seen = (await client.get(path, headers=headers)).json()
    assert (seen["is_absent"], len(seen["moved"])) == (False, 3)
    short = (await client.get(path, params={"foresee": False}, headers=headers)).json()
    assert (short["is_absent"], short["moved"]) == (False, [])
    done = (await drop_out(client, office, None)).json()
    assert done["moved"] == seen["moved"]
    after = (await client.get(path, headers=headers)).json()
    assert (after["is_absent"], after["why"], after["cause"]) == (True, "ill", "told")
    assert after["moved"] == done["moved"]


async def test_who_is_back_has_the_visits_again_and_asking_twice_changes_nothing(
    client: httpx.AsyncClient, office: Office, database: Database
) -> None:
    path, headers = f"/v1/agents/{office.busy}/return", bearer(office.token)
    early = await client.post(path, headers=headers)
    assert (early.status_code, early.json()["type"]) == (409, "/problems/not-absent")
    await drop_out(client, office, None)
    back = await client.post(path, headers=headers)
    assert back.status_code == 200, back.text
    told = back.json()
    assert told["returned"] + told["under_way"] == 3
    assert (await client.post(path, headers=headers)).json() == told
    async with database.transaction(EVERYTHING) as session:
        stops = await rows(
            session,
            "SELECT 1 FROM round r JOIN stop s ON s.round_id = r.id"
            " WHERE r.agent_id = :busy AND r.replaced_at IS NULL",
            busy=office.busy,
        )
    assert len(stops) == told["returned"]
    again = await drop_out(client, office, None)
    assert len(again.json()["moved"]) == told["returned"]


async def test_the_same_key_gets_the_first_answer_again(
    client: httpx.AsyncClient, office: Office
) -> None:
    first = await drop_out(client, office, "key-1")
    again = await drop_out(client, office, "key-1")
    assert len(first.json()["moved"]) == 3
    assert again.json() == first.json()
    other = await drop_out(client, office, "key-1", reason="on leave")
    assert other.status_code == 409
    assert other.json()["type"] == "/problems/id-reused"


async def test_the_same_key_at_the_same_time_acts_once(
    client: httpx.AsyncClient, office: Office, database: Database
) -> None:
    answers = await asyncio.gather(*(drop_out(client, office, "key-2") for _ in range(4)))
    assert [a.status_code for a in answers] == [200] * 4
    assert len({a.text for a in answers}) == 1
    async with database.transaction(EVERYTHING) as session:
        moved = await rows(
            session, "SELECT 1 FROM assignment WHERE agent_id = :free", free=office.free
        )
    assert len(moved) == 3


@pytest.mark.parametrize(
    ("agent", "body", "status"),
    [(new_id(), {"reason": "ill"}, 404), (None, {"reason": ""}, 422), (None, {}, 422)],
    ids=["unknown agent", "empty reason", "no reason"],
)
async def test_bad_input_is_told(
    client: httpx.AsyncClient, office: Office, agent: UUID | None, body: Any, status: int
) -> None:
    path = f"/v1/agents/{agent or office.busy}/unavailable"
    answer = await client.post(path, json=body, headers=bearer(office.token))
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_day_is_planned_by_a_job_that_commits_with_the_request(
    client: httpx.AsyncClient, office: Office, database: Database
) -> None:
    path = f"/v1/branches/{office.branch}/days/2026-11-23/plan"
    assert (await client.post(path, headers=bearer(office.token))).status_code == 202
    assert (await client.post(path, headers=bearer(office.token))).status_code == 202
    async with database.transaction(EVERYTHING) as session:
        jobs = await rows(
            session,
            "SELECT 1 FROM procrastinate_jobs j JOIN branch b ON b.id::text = args->>'branch_id'"
            " WHERE b.code = :code AND task_name = 'rounds.begin_day'",
            code=office.branch,
        )
    assert len(jobs) == 1
    unknown = "/v1/branches/NOWHERE/days/2026-11-23/plan"
    assert (await client.post(unknown, headers=bearer(office.token))).status_code == 404
    wrong = f"/v1/branches/{office.branch}/days/monday/plan"
    assert (await client.post(wrong, headers=bearer(office.token))).status_code == 422
