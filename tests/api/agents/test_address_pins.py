"""Pins of addresses that are on no map."""

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from allocation.store import Rules, open_cases
from core.geometry import LatLon
from core.ids import new_id
from data.session import EVERYTHING, Database, Scope, rows
from identity.store import agent_branch
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import LA_SERENA, ACase, a_branch, a_case, a_token, an_agent

NINE = "2026-11-23T12:00:00Z"


@dataclass
class Field:
    """An agent with a case that is nowhere yet, one at `LA_SERENA`, and another agent's."""

    agent: UUID
    token: str
    lost: ACase
    known: ACase
    foreign: ACase


@pytest.fixture
async def field(database: Database) -> Field:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        agent, other = await an_agent(session, branch), await an_agent(session, branch)
        return Field(
            agent, await a_token(session, agent),
            await a_case(session, branch, at=None, agent_id=agent),
            await a_case(session, branch, agent_id=agent),
            await a_case(session, branch, at=None, agent_id=other),
        )  # fmt: skip


def a_pin(case: ACase, at: LatLon = LA_SERENA, **changed: Any) -> dict[str, Any]:
    fix = {"lat": at.lat, "lon": at.lon, "accuracy_m": 8, "captured_at": NINE}
    return {
        "case_id": str(case.case_id),
        "device_time": NINE,
        "fix": fix | changed.pop("fix", {}),
    } | (changed)


async def put(client: httpx.AsyncClient, field: Field, id_: UUID, body: Any) -> httpx.Response:
    return await client.put(f"/v1/agent/address-pins/{id_}", json=body, headers=bearer(field.token))


async def fences(database: Database, case: ACase) -> list[Any]:
    async with database.transaction(EVERYTHING) as session:
        return list(
            await rows(
                session,
                "SELECT f.lat, f.lon, f.radius_m, f.sole_witness, f.point_origin, d.location"
                " FROM fence f JOIN address d ON d.id = f.address_id WHERE d.id = :a",
                a=case.address_id,
            )
        )


async def test_a_pin_places_an_address_for_the_agent_to_work_and_not_to_be_verified(
    client: httpx.AsyncClient, database: Database, field: Field
) -> None:
    answer = await put(client, field, new_id(), a_pin(field.lost, note="blue gate"))
    assert answer.status_code == 200, answer.text
    assert answer.json()["is_placed"] is True
    assert answer.json()["distance_m"] is None
    (fence,) = await fences(database, field.lost)
    assert (fence.lat, fence.lon) == pytest.approx(LA_SERENA)
    assert fence.radius_m == pytest.approx(5 * (10.4**2 + 5**2) ** 0.5)
    assert (fence.point_origin, fence.sole_witness) == ("pinned", field.agent)
    assert fence.location is None, "the source's address stays untouched"
    body = {"case_id": str(field.lost.case_id), "device_time": NINE}
    check_in = await client.put(
        f"/v1/agent/check-ins/{new_id()}", json=body, headers=bearer(field.token)
    )
    assert check_in.status_code == 200, check_in.text
    case = await client.get(f"/v1/agent/cases/{field.lost.case_id}", headers=bearer(field.token))
    assert case.json()["case"]["address"]["position"] == {
        "lat": LA_SERENA.lat,
        "lon": LA_SERENA.lon,
    }


async def test_a_pinned_address_is_planned_where_it_was_pinned(
    client: httpx.AsyncClient, database: Database, field: Field
) -> None:
    async def where() -> Any:
        async with database.transaction(EVERYTHING) as session:
            rules = Rules(MONDAY_NINE.date(), MONDAY_NINE, MONDAY_NINE, language=True)
            branch = await agent_branch(session, field.agent)
            cases = {c.case.id: c.case for c in await open_cases(session, branch, rules)}
        return cases.get(field.lost.case_id)

    assert await where() is None
    await put(client, field, new_id(), a_pin(field.lost))
    assert (await where()).position == LA_SERENA


async def test_the_same_pin_again_gets_the_same_answer_and_another_body_409(
    client: httpx.AsyncClient, field: Field
) -> None:
    id_, body = new_id(), a_pin(field.lost)
    first = await put(client, field, id_, body)
    assert (await put(client, field, id_, body)).json() == first.json()
    other = await put(client, field, id_, body | {"note": "green gate"})
    assert other.status_code == 409
    assert other.json()["type"] == "/problems/id-reused"


async def test_of_pins_at_once_one_places_the_address(
    client: httpx.AsyncClient, database: Database, field: Field
) -> None:
    id_ = new_id()
    answers = await asyncio.gather(
        *(put(client, field, one, a_pin(field.lost)) for one in (id_, id_, new_id(), new_id()))
    )
    assert [answer.status_code for answer in answers] == [200] * 4
    placed = {answer.json()["id"] for answer in answers if answer.json()["is_placed"]}
    assert len(placed) == 1
    assert len(await fences(database, field.lost)) == 1
    same = [answer.json() for answer in answers if answer.json()["id"] == str(id_)]
    assert same[0] == same[1]


async def test_where_there_is_a_point_a_pin_is_kept_beside_it_with_its_distance(
    client: httpx.AsyncClient, database: Database, field: Field
) -> None:
    before = await fences(database, field.known)
    away = LatLon(LA_SERENA.lat + 0.001, LA_SERENA.lon)
    answer = await put(client, field, new_id(), a_pin(field.known, at=away))
    assert answer.status_code == 200
    assert answer.json()["is_placed"] is False
    assert answer.json()["distance_m"] == pytest.approx(111, abs=1)
    assert [f[:4] for f in await fences(database, field.known)] == [f[:4] for f in before]


@pytest.mark.parametrize(
    ("fix", "code"),
    [
        ({"mock": True}, "mock-location"),
        ({"accuracy_m": 150}, "fix-coarse"),
        ({"captured_at": "2026-11-23T11:50:00Z"}, "fix-stale"),
    ],
)
async def test_a_fix_that_is_worth_nothing_is_kept_and_places_nothing(
    client: httpx.AsyncClient, database: Database, field: Field, fix: Any, code: str
) -> None:
    answer = await put(client, field, new_id(), a_pin(field.lost, fix=fix))
    assert answer.status_code == 200, answer.text
    assert answer.json()["is_placed"] is False
    assert [reason["code"] for reason in answer.json()["reasons"]] == [code]
    assert await fences(database, field.lost) == []


@pytest.mark.parametrize(
    ("changed", "status", "named"),
    [
        ({"device_time": "2026-11-15T12:00:00Z"}, 422, "device_time"),
        ({"fix": {"lat": 91}}, 422, "fix.lat"),
        ({"case_id": "x"}, 422, "case_id"),
        ({"note": "a\x00b"}, 422, "note"),
        ({"where": 1}, 422, "where"),
    ],
)
async def test_bad_input_gets_a_problem_that_names_the_field(
    client: httpx.AsyncClient, field: Field, changed: Any, status: int, named: str
) -> None:
    answer = await put(client, field, new_id(), a_pin(field.lost, **changed))
    assert answer.status_code == status, answer.text
    assert named in answer.text


async def test_an_agent_cannot_pin_another_agents_case(
    client: httpx.AsyncClient, database: Database, field: Field
) -> None:
    assert (await put(client, field, new_id(), a_pin(field.foreign))).status_code == 404
    assert await fences(database, field.foreign) == []


async def test_another_agent_does_not_see_who_pinned_what(
    client: httpx.AsyncClient, database: Database, field: Field
) -> None:
    id_ = new_id()
    await put(client, field, id_, a_pin(field.lost))
    async with database.transaction(EVERYTHING) as session:
        (found,) = await rows(session, "SELECT branch_id FROM address_pin WHERE id = :i", i=id_)
        stranger = await an_agent(session, found.branch_id)
    async with database.transaction(Scope((found.branch_id,), stranger)) as session:
        assert (await session.execute(text("SELECT id FROM address_pin"))).all() == []
        assert (await session.execute(text("SELECT id FROM address_point_proposal"))).all() == []
