"""Territories set, imported, exported; and in which of them a case lies."""

import asyncio
import json
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError

from allocation.allocate import allocate
from data.session import EVERYTHING, Database, Scope, rows
from data.tables.collection import Address
from identity.policies.set_policy import set_policy
from routing.travel.city import open_city
from streets.publish import publish
from tests.api.allocation.test_owners import Office, office, owner
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import a_case
from tests.routing.rounds.test_plan_rounds import DAY
from tests.streets.small_city import at, small_graph

__all__ = ["office"]


def box(west_m: float, south_m: float, east_m: float, north_m: float) -> dict[str, Any]:
    """A rectangle in meters of the small city."""
    corners = ((west_m, south_m), (east_m, south_m), (east_m, north_m), (west_m, north_m))
    ring = [[lon, lat] for lat, lon in (at(*corner) for corner in (*corners, corners[0]))]
    return {"type": "Polygon", "coordinates": [ring]}


WEST, EAST = box(-500, -500, 150, 900), box(150, -500, 900, 900)


async def put(client: httpx.AsyncClient, office: Office, code: str, **body: Any) -> httpx.Response:
    body.setdefault("name", f"The {code}")
    path = f"/v1/branches/{office.code}/territories/{code}"
    return await client.put(path, json=body, headers=bearer(office.token))


async def get(client: httpx.AsyncClient, office: Office, path: str) -> Any:
    answer = await client.get(path, headers=bearer(office.token))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def collection(client: httpx.AsyncClient, office: Office, on: str = "") -> Any:
    more = f"?on={on}" if on else ""
    return await get(client, office, f"/v1/branches/{office.code}/territories.geojson{more}")


async def send(
    client: httpx.AsyncClient,
    office: Office,
    content: bytes | str,
    what: str = "import",
    **query: str,
) -> Any:
    answer = await client.post(
        f"/v1/branches/{office.code}/territories/{what}", content=content, params=query,
        headers=bearer(office.token),
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    return answer.json()


def features(*told: tuple[str, Any]) -> str:
    return json.dumps({
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "geometry": shape, "properties": {"code": code}}
            for code, shape in told
        ],
    })  # fmt: skip


async def test_cases_lie_in_what_was_drawn_around_them(
    client: httpx.AsyncClient, office: Office
) -> None:
    done = await put(client, office, "T-W", shape=WEST, agent_ids=[str(office.ana)])
    assert done.status_code == 200, done.text
    assert done.json()["territory"]["agents"][0]["name"] == "Ana"
    assert (await put(client, office, "T-E", shape=EAST)).json()["overlaps"] == []
    told = await collection(client, office)
    by_code = {each["properties"]["code"]: each["properties"] for each in told["features"]}
    assert (by_code["T-W"]["cases"], by_code["T-E"]["cases"]) == (1, 2)
    assert by_code["T-W"]["work_min"] > 0
    assert told["outside"] == {"cases": 0, "due": 0, "work_min": 0}
    around = (await get(client, office, f"/v1/branches/{office.code}/case-points"))["points"]
    assert len(around) == 3
    assert all(lat < 0 and lon < 0 for lat, lon in around)
    place = await get(client, office, f"/v1/cases/{office.ids[0]}/territory")
    assert (place["code"], place["basis"], place["sentence"]) == (
        "T-W", "point", "in T-W by its point",
    )  # fmt: skip


async def test_a_case_outside_is_told_how_far_from_the_nearest(
    client: httpx.AsyncClient, office: Office
) -> None:
    place = await get(client, office, f"/v1/cases/{office.ids[0]}/territory")
    assert place["sentence"] == "in no territory: no shape is drawn"
    await put(client, office, "T-E", shape=EAST)
    place = await get(client, office, f"/v1/cases/{office.ids[0]}/territory")
    assert (place["code"], place["nearest"]) == (None, "T-E")
    assert 40 < place["nearest_m"] < 60
    assert "m outside T-E, the nearest" in place["sentence"]


async def test_a_case_without_a_point_lies_by_its_pin_code(
    client: httpx.AsyncClient, office: Office, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        case = await a_case(session, office.branch, at=None)
        await session.execute(
            update(Address).where(Address.id == case.address_id).values(pincode="1780000")
        )
    path = f"/v1/cases/{case.case_id}/territory"
    assert (await get(client, office, path))["basis"] == "unknown"
    await put(client, office, "T-P", pincodes=["1780000"])
    told = await get(client, office, path)
    assert told["sentence"] == "in T-P by pin code 1780000; its address has no point"


async def test_a_point_goes_before_a_pin_code_and_precedence_before_size(
    client: httpx.AsyncClient, office: Office, database: Database
) -> None:
    case = office.cases[0]
    async with database.transaction(EVERYTHING) as session:
        await session.execute(
            update(Address).where(Address.id == case.address_id).values(pincode="1780000")
        )
    path = f"/v1/cases/{case.case_id}/territory"
    await put(client, office, "T-P", pincodes=["1780000"])
    await put(client, office, "T-E", shape=EAST)
    told = await get(client, office, path)
    assert told["sentence"] == "in T-P by pin code 1780000; its point is in no shape"
    await put(client, office, "T-W", shape=WEST)
    assert (await get(client, office, path))["code"] == "T-W"
    await put(client, office, "T-X", shape=box(-900, -900, 900, 900), precedence=10)
    assert (await get(client, office, path))["code"] == "T-X"


async def test_an_area_lies_by_its_middle_and_says_so(
    client: httpx.AsyncClient, office: Office, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        await session.execute(
            update(Address)
            .where(Address.id == office.cases[0].address_id)
            .values(geocode_quality="area", locality="Tierras Blancas", spread_m=400)
        )
    await put(client, office, "T-W", shape=WEST)
    told = await get(client, office, f"/v1/cases/{office.ids[0]}/territory")
    assert told["basis"] == "area"
    assert "about 400 m around Tierras Blancas" in told["sentence"]


async def test_overlaps_are_refused_with_the_other_and_the_hectares_slivers_are_told(
    client: httpx.AsyncClient, office: Office
) -> None:
    await put(client, office, "T-W", shape=WEST)
    refused = await put(client, office, "T-E", shape=box(50, -500, 900, 900))
    assert refused.status_code == 409
    assert refused.json()["type"] == "/problems/territories-overlap"
    (overlap,) = refused.json()["overlaps"]
    assert (overlap["territory"], 13 < overlap["overlap_ha"] < 15) == ("T-W", True)
    done = await put(client, office, "T-E", shape=box(149, -500, 900, 900))
    assert [each["territory"] for each in done.json()["overlaps"]] == ["T-W"]
    assert (await put(client, office, "T-P", pincodes=["1"])).status_code == 200
    assert (await put(client, office, "T-Q", pincodes=["1"])).status_code == 409


async def test_two_who_draw_the_same_ground_at_once_do_not_both_get_it(
    client: httpx.AsyncClient, office: Office
) -> None:
    answers = await asyncio.gather(*(put(client, office, f"T-{n}", shape=WEST) for n in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]


async def test_a_change_is_a_version_and_what_was_stays(
    client: httpx.AsyncClient, office: Office
) -> None:
    for _ in range(2):
        await put(client, office, "T-W", shape=WEST)
    later = await put(client, office, "T-W", shape=WEST, name="West", valid_from="2026-12-01")
    assert later.status_code == 200, later.text
    path = f"/v1/branches/{office.code}/territories/T-W/versions"
    now, before = await get(client, office, path)
    assert (now["version"], now["name"], now["set_by"]) == (2, "West", "Mia Manager")
    assert before["valid_until"] == "2026-11-30"
    (then,) = (await collection(client, office, "2026-11-30"))["features"]
    assert then["properties"]["name"] == "The T-W"


async def test_one_that_ends_is_kept_with_its_days(
    client: httpx.AsyncClient, office: Office
) -> None:
    await put(client, office, "T-W", shape=WEST)
    path = f"/v1/branches/{office.code}/territories/T-W"
    for status in (204, 404):
        answer = await client.delete(path, headers=bearer(office.token))
        assert answer.status_code == status
    assert (await collection(client, office))["features"] == []
    (kept,) = await get(client, office, f"{path}/versions")
    assert kept["valid_from"] is None


async def test_bad_territories_are_refused_by_field(
    client: httpx.AsyncClient, office: Office
) -> None:
    for named, body in (
        ("shape", {}),
        ("shape.coordinates", {"shape": {"type": "Polygon", "coordinates": [[[0, 0]]]}}),
        ("agent_ids", {"shape": WEST, "agent_ids": [str(office.far)]}),
        ("valid_from", {"shape": WEST, "valid_from": "2020-01-01"}),
        ("valid_until", {"shape": WEST, "valid_from": "2026-12-02", "valid_until": "2026-12-01"}),
        ("precedence", {"shape": WEST, "precedence": 0}),
        ("pincodes.0", {"pincodes": ["|"]}),
    ):
        answer = await put(client, office, "T-1", **body)
        assert answer.status_code == 422, (named, answer.text)
        assert answer.json()["errors"][0]["field"] == named


async def test_a_territory_without_streets_or_cases_says_so_with_numbers(
    client: httpx.AsyncClient, office: Office, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        await publish(session, small_graph(), [], "town", MONDAY_NINE)
    full = await put(client, office, "T-W", shape=WEST)
    assert full.json()["shortfalls"] == []
    sea = {"type": "Polygon", "coordinates": box(5000, 100, 5100, 200)["coordinates"]}
    drawn = await put(client, office, "T-S", shape=sea)
    bare, empty = drawn.json()["shortfalls"]
    assert (bare["code"], bare["facts"]["area_ha"]) == ("no_streets", 1)
    assert 4000 < bare["facts"]["nearest_m"] < 5100
    assert (empty["code"], empty["facts"]["cases"]) == ("no_cases", 0)
    assert empty["facts"]["of_cases"] > 0
    told = await send(client, office, features(("T-X", box(5200, 100, 5300, 200))))
    assert [each["code"] for each in told["fates"][0]["shortfalls"]] == ["no_streets", "no_cases"]


async def test_a_boundary_that_crosses_itself_is_refused_with_its_field_and_the_place(
    client: httpx.AsyncClient, office: Office
) -> None:
    a, b, c, d, _ = WEST["coordinates"][0]
    answer = await put(
        client, office, "T-W", shape={"type": "Polygon", "coordinates": [[a, c, b, d, a]]}
    )
    assert answer.status_code == 422
    (problem,) = answer.json()["errors"]
    assert problem["field"] == "shape.coordinates"
    lat, lon = at(-175, 200)
    assert f"near {lat:.3f}"[:-1] in problem["expected"]
    assert f", {lon:.3f}"[:-1] in problem["expected"]
    assert (await collection(client, office))["features"] == []


async def test_an_export_can_be_imported_as_it_is(
    client: httpx.AsyncClient, office: Office
) -> None:
    await put(client, office, "T-W", shape=WEST, agent_ids=[str(office.ana)], pincodes=["1", "2"])
    await put(client, office, "T-E", shape=EAST, precedence=7)
    told = await send(client, office, json.dumps(await collection(client, office)))
    assert (told["is_applied"], [each["outcome"] for each in told["fates"]]) == (
        True, ["same", "same"],
    )  # fmt: skip


async def test_a_file_counts_as_a_whole_or_feature_by_feature(
    client: httpx.AsyncClient, office: Office
) -> None:
    bow = {"type": "Polygon", "coordinates": [WEST["coordinates"][0][:-1]]}
    content = features(("T-W", bow), ("T-V", WEST), ("T-E", EAST), ("bad code", EAST))
    told = await send(client, office, content)
    assert not told["is_applied"]
    assert (await collection(client, office))["features"] == []
    told = await send(client, office, content, mode="each")
    assert [(each["index"], each["outcome"]) for each in told["fates"]] == [
        (0, "added"), (1, "refused"), (2, "added"), (3, "refused"),
    ]  # fmt: skip
    assert [each["is_mended"] for each in told["fates"]] == [True, False, False, False]
    assert "T-W" in told["fates"][1]["reasons"][0]
    assert len((await collection(client, office))["features"]) == 2


async def test_pin_codes_come_as_csv(client: httpx.AsyncClient, office: Office) -> None:
    await put(client, office, "T-W", shape=WEST)
    told = await send(client, office, "territory,pincode\nT-W,1\nT-N,2\nT-N,3\n", "import-pincodes")
    assert [(each["code"], each["outcome"]) for each in told["fates"]] == [
        ("T-W", "changed"), ("T-N", "added"),
    ]  # fmt: skip
    by_code = {
        each["properties"]["code"]: each for each in (await collection(client, office))["features"]
    }
    assert by_code["T-W"]["geometry"] is not None
    assert by_code["T-N"]["properties"]["pincodes"] == ["2", "3"]


async def test_other_branches_see_nothing_of_it(
    client: httpx.AsyncClient, office: Office, database: Database
) -> None:
    await put(client, office, "T-W", shape=WEST)
    async with database.transaction(EVERYTHING) as session:
        (other,) = await rows(
            session, "SELECT branch_id FROM agent_profile WHERE agent_id = :id", id=office.far
        )
    for scope in (Scope((other.branch_id,)), Scope((office.branch,), office.ana)):
        async with database.transaction(scope) as session:
            for table in ("territory", "territory_version", "territory_agent"):
                assert await rows(session, f"SELECT FROM {table}") == []


async def test_a_day_has_one_version_whatever_the_code_does(
    client: httpx.AsyncClient, office: Office, database: Database
) -> None:
    await put(client, office, "T-W", shape=WEST)
    with pytest.raises(IntegrityError, match="one_a_day"):
        async with database.transaction(EVERYTHING) as session:
            await session.execute(
                text(
                    "INSERT INTO territory_version (id, branch_id, territory_id, version, name,"
                    " pincodes, precedence, during, origin, set_at)"
                    " SELECT :id, branch_id, territory_id, 9, name, '{1}', 1, during, origin,"
                    " set_at FROM territory_version"
                ),
                {"id": UUID(int=9)},
            )


async def test_an_allocation_leaves_a_case_to_nobody_rather_than_to_others_where_that_is_a_rule(
    client: httpx.AsyncClient, office: Office, database: Database
) -> None:
    west = office.ids[0]
    await put(client, office, "T-W", shape=WEST, agent_ids=[])
    await put(client, office, "T-E", shape=EAST, agent_ids=[str(office.ben)])

    async def allocated() -> dict[UUID, UUID | None]:
        async with database.transaction(EVERYTHING) as session:
            await allocate(session, office.branch, DAY, open_city(small_graph()), MONDAY_NINE)
        return {case: await owner(database, case) for case in office.ids}

    assert (await allocated())[west] == office.ana
    async with database.transaction(EVERYTHING) as session:
        key = "allocation_territory_strict"
        await set_policy(session, office.code, key, True, None, MONDAY_NINE)
    assert await allocated() == {west: None, **dict.fromkeys(office.ids[1:], office.ben)}
    lost = await get(client, office, "/v1/unallocated?code=no_agent_of_territory")
    assert lost["items"][0]["facts"]["missing"] == ["T-W"]
    path = f"/v1/cases/{west}/owner"
    body = {"agent_id": str(office.ana), "reason": "knows the street"}
    refused = await client.post(path, json=body, headers=bearer(office.token))
    assert "territory T-W" in refused.json()["refused"][0]["detail"]
    done = await client.post(path, json=body | {"overrule": True}, headers=bearer(office.token))
    assert [each["case_id"] for each in done.json()["moved"]] == [str(west)]
