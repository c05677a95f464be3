"""Territories proposed from cases, published, and put aside."""

from typing import Any

import httpx
import pytest
from sqlalchemy import text

from core.geometry import LatLon
from data.session import EVERYTHING, Database
from streets.publish import publish
from tests.api.allocation.test_owners import Office, office
from tests.api.allocation.test_territories import EAST, WEST, collection, put
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import a_case
from tests.streets.small_city import at, small_graph

__all__ = ["office"]


@pytest.fixture
async def town(database: Database, office: Office) -> Office:
    """The office, in a town with streets and nine more cases."""
    async with database.transaction(EVERYTHING) as session:
        await publish(session, small_graph(), [], "town", MONDAY_NINE)
        for east in (10, 110, 310):
            for north in (10, 110, 210):
                await a_case(session, office.branch, at=LatLon(*at(east, north)))
    return office


async def propose(client: httpx.AsyncClient, office: Office, **body: Any) -> httpx.Response:
    path = f"/v1/branches/{office.code}/territory-proposals"
    return await client.post(path, json=body, headers=bearer(office.token))


async def settle(client: httpx.AsyncClient, office: Office, id_: str, what: str) -> httpx.Response:
    path = f"/v1/territory-proposals/{id_}/{what}"
    return await client.post(path, headers=bearer(office.token))


async def test_a_proposal_changes_nothing_until_it_is_published(
    client: httpx.AsyncClient, town: Office
) -> None:
    for code, shape in (("T-01", WEST), ("Old", EAST)):
        assert (await put(client, town, code, shape=shape)).status_code == 200
    await put(client, town, "Pins", pincodes=["1"])
    answer = await propose(client, town, tolerance_pct=40)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["state"], made["figures"]["territories"], made["figures"]["not_whole"]) == (
        "open", 2, 0,
    )  # fmt: skip
    assert {name for each in made["territories"] for name in each["agents"]} == {"Ana", "Ben"}
    assert len((await collection(client, town))["features"]) == 3
    done = await settle(client, town, made["id"], "publish")
    assert (done.status_code, done.json()["ended"]) == (200, ["Old"]), done.text
    assert (await settle(client, town, made["id"], "publish")).json()["ended"] == []
    assert (await settle(client, town, made["id"], "discard")).status_code == 409
    told = await collection(client, town)
    by_code = {each["properties"]["code"]: each["properties"] for each in told["features"]}
    assert by_code.keys() == {"T-01", "T-02", "Pins"}
    assert (by_code["T-01"]["origin"], by_code["T-01"]["version"]) == ("proposed", 2)
    assert told["outside"]["cases"] == 0
    assert by_code["T-01"]["cases"] == made["territories"][0]["cases"]


async def test_a_proposal_can_be_put_aside(client: httpx.AsyncClient, town: Office) -> None:
    made = (await propose(client, town, territories=3)).json()
    for _ in range(2):
        done = await settle(client, town, made["id"], "discard")
        assert done.json()["state"] == "discarded"
    assert (await settle(client, town, made["id"], "publish")).status_code == 409
    path = f"/v1/branches/{town.code}/territory-proposals"
    (told,) = (await client.get(path, headers=bearer(town.token))).json()
    assert (told["id"], told["wanted"]["territories"]) == (made["id"], 3)


async def test_wishes_that_cannot_be_come_back_with_a_reason_and_numbers(
    client: httpx.AsyncClient, office: Office, town: Office
) -> None:
    refused = await propose(client, town, territories=50)
    assert refused.status_code == 409
    told = refused.json()
    assert (told["type"], told["territories"], told["cases"]) == (
        "/problems/too-many-territories", 50, 12,
    )  # fmt: skip
    assert "ask for fewer" in told["detail"]
    for body in ({"territories": 0}, {"tolerance_pct": 0}, {"profile": "boat"}, {"seed": -1}):
        assert (await propose(client, town, **body)).status_code == 422


async def test_without_cases_or_streets_nothing_can_be_cut(
    client: httpx.AsyncClient, office: Office, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        await publish(session, small_graph(), [], "town", MONDAY_NINE)
        await session.execute(text("UPDATE case_file SET overdue_minor = 0"))
    refused = await propose(client, office)
    assert (refused.status_code, refused.json()["reason"]) == (409, "no_cases")
    path = "/v1/territory-proposals/00000000-0000-0000-0000-000000000001"
    assert (await client.get(path, headers=bearer(office.token))).status_code == 404
