"""Addresses that no round can have, over HTTP."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import shapely
from sqlalchemy import update

from core.geometry import LatLon
from data.session import EVERYTHING, Database
from data.tables.collection import Address
from identity import store as identity
from identity.principal import Role
from streets.land import Area
from streets.publish import publish
from tests.api.conftest import bearer
from tests.factories import a_branch, a_case, a_person, a_token, an_agent
from tests.streets.small_city import at, small_graph

NOW = datetime(2026, 11, 23, tzinfo=UTC)
HERE = LatLon(*at(0, 0))


def channel() -> Area:
    """Water between the town and what lies 80 m south of it."""
    (south, west), (north, east) = at(-500, -60), at(900, -20)
    return Area("water", "canal", "", shapely.box(west, south, east, north))


async def listed(client: httpx.AsyncClient, token: str, query: str = "") -> list[dict[str, Any]]:
    answer = await client.get(f"/v1/addresses/unreachable{query}", headers=bearer(token))
    assert answer.status_code == 200
    return list(answer.json()["items"])


async def test_each_address_out_of_reach_is_listed_with_its_reason(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        await publish(session, small_graph(), [channel()], "town", NOW)
        branch = await a_branch(session, location=HERE)
        agent = await an_agent(session, branch, "Diego Soto", home=HERE)
        for name, spot in {
            "Near": LatLon(*at(130, 10)),
            "Far": LatLon(*at(200, 1_300)),
            "Wet": LatLon(*at(130, -80)),
            "Nowhere": None,
        }.items():
            await a_case(session, branch, at=spot, agent_id=agent, customer_name=name)
        token = await a_token(session, await a_person(session, branch))
    found = {item["customer"]: item for item in await listed(client, token)}
    assert found.keys() == {"Far", "Wet", "Nowhere"}
    assert found["Far"]["obstacle"] == "far_from_streets"
    assert found["Far"]["text"] == (
        "no street within 300 m of its address by two-wheeler: the nearest is 1.0 km away"
    )
    assert found["Far"]["distance_m"] == pytest.approx(1_000, rel=0.01)
    assert found["Far"]["agent"] == "Diego Soto"
    assert found["Wet"]["obstacle"] == "across_water"
    assert "open water" in found["Wet"]["text"]
    assert found["Nowhere"]["obstacle"] == "not_on_the_map"
    assert found["Nowhere"]["position"] is None
    only = await listed(client, token, "?obstacle=not_on_the_map")
    assert [item["customer"] for item in only] == ["Nowhere"]


async def test_pages_hold_each_address_once(client: httpx.AsyncClient, database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        await publish(session, small_graph(), [], "town", NOW)
        branch = await a_branch(session, location=HERE)
        for _ in range(5):
            await a_case(session, branch, at=None)
        token = await a_token(session, await a_person(session, branch))
    seen, cursor = [], ""
    while True:
        page = await client.get(f"/v1/addresses/unreachable?limit=2{cursor}", headers=bearer(token))
        seen += [item["address_id"] for item in page.json()["items"]]
        if page.json()["next_cursor"] is None:
            break
        cursor = f"&cursor={page.json()['next_cursor']}"
    assert len(seen) == len(set(seen)) == 5
    bad = await client.get("/v1/addresses/unreachable?cursor=x", headers=bearer(token))
    assert bad.status_code == 422


async def test_who_walks_reaches_what_a_rider_does_not_and_others_see_only_their_own(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        await publish(session, small_graph(), [], "town", NOW)
        branch, other = [await a_branch(session, location=HERE) for _ in range(2)]
        agent = await an_agent(session, branch, home=HERE)
        await identity.set_vehicle(session, agent, "walking")
        await a_case(session, branch, at=LatLon(*at(200, 1_300)), agent_id=agent)
        token, stranger = [
            await a_token(session, await a_person(session, b)) for b in (branch, other)
        ]
    (item,) = await listed(client, token)
    assert (item["profile"], "on foot" in item["text"]) == ("walking", True)
    assert await listed(client, stranger) == []


async def test_a_branch_far_from_every_city_says_so(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        await publish(session, small_graph(), [], "town", NOW)
        oslo = LatLon(59.9, 10.7)
        branch = await a_branch(session, location=oslo)
        case = await a_case(session, branch, at=oslo)
        token = await a_token(session, await a_person(session, branch))
    (item,) = await listed(client, token)
    assert item["case_ids"] == [str(case.case_id)]
    assert item["obstacle"] == "no_streets"
    assert item["text"] == "no street network is loaded for its branch"


async def test_a_vehicle_is_set_by_who_plans(client: httpx.AsyncClient, database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        agent = await an_agent(session, branch)
        other = await an_agent(session, await a_branch(session))
        manager = await a_person(session, branch, Role.ALLOCATION_MANAGER)
        token = bearer(await a_token(session, manager))
    path = f"/v1/agents/{agent}/vehicle"
    assert (await client.get(path, headers=token)).json() == {"vehicle": "two_wheeler"}
    for vehicle in ("walking", "car", "two_wheeler", "car"):
        put = await client.put(path, json={"vehicle": vehicle}, headers=token)
        assert put.json() == {"vehicle": vehicle}
    assert (await client.get(path, headers=token)).json() == {"vehicle": "car"}
    bad = await client.put(path, json={"vehicle": "camel"}, headers=token)
    assert bad.status_code == 422
    assert "vehicle" in bad.text
    strange = await client.put(
        f"/v1/agents/{other}/vehicle", json={"vehicle": "car"}, headers=token
    )
    assert strange.status_code == 404


async def test_an_address_that_the_geocoder_knows_roughly_is_no_longer_out_of_reach(
    client: httpx.AsyncClient, database: Database
) -> None:
    """A pin code with three known addresses stands for a fourth that is not on the map."""
    async with database.transaction(EVERYTHING) as session:
        await publish(session, small_graph(), [], "town", NOW)
        branch = await a_branch(session, location=HERE)
        spots = [LatLon(*at(100.0 * n, 8)) for n in range(3)]
        cases = [await a_case(session, branch, at=spot) for spot in (*spots, None)]
        token = await a_token(session, await a_person(session, branch))
    assert len(await listed(client, token)) == 1
    async with database.transaction(EVERYTHING) as session:
        of = Address.id.in_([case.address_id for case in cases])
        await session.execute(update(Address).where(of).values(pincode="400001"))
    assert await listed(client, token) == []
