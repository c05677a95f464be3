"""Fences over HTTP: drawn, imported, on the map."""

import json
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.ids import new_id
from data.session import EVERYTHING, Database, rows
from tests.api.conftest import bearer
from tests.factories import ACase, a_branch, a_case, a_person, a_token, an_agent
from tests.geofence.shapes.outlines import HERE, Corners, at, box, ring


def polygon(corners: Corners) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[list(p) for p in ring(corners)]]}


MARKET = polygon(box(200, 100))
BOW = [(0.0, 0.0), (50.0, 50.0), (50.0, 0.0), (0.0, 50.0)]
IMPORT = "/v1/fences/shapes/import"


@dataclass
class Desk:
    """A supervisor, and cases of the branch: one on the map, one that is not, one at the next."""

    token: str
    case: ACase
    lost: ACase
    refs: dict[str, str]
    stranger: str


@pytest.fixture
async def desk(database: Database) -> Desk:
    async with database.transaction(EVERYTHING) as session:
        branch, elsewhere = await a_branch(session), await a_branch(session)
        agent = await an_agent(session, branch)
        case = await a_case(session, branch, at=HERE, agent_id=agent)
        lost = await a_case(session, branch, at=None)
        names = await rows(
            session,
            "SELECT u.id, u.source_ref AS customer, a.source_ref AS account FROM customer u"
            " JOIN account a ON a.customer_id = u.id WHERE u.branch_id = :b",
            b=branch,
        )
        refs = {str(r.id): r.customer for r in names} | {f"{r.id}/a": r.account for r in names}
        return Desk(
            await a_token(session, await a_person(session, branch)), case, lost, refs,
            await a_token(session, await a_person(session, elsewhere)),
        )  # fmt: skip


async def put(client: httpx.AsyncClient, desk: Desk, body: Any, case: ACase | None = None) -> Any:
    path = f"/v1/fences/{(case or desk.case).address_id}/shape"
    return await client.put(path, json=body, headers=bearer(desk.token))


def feature(geometry: Any = MARKET, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


async def send(
    client: httpx.AsyncClient,
    token: str,
    *features: Any,
    apply: str | None = None,
    raw: bytes = b"",
) -> httpx.Response:
    body = raw or json.dumps({"type": "FeatureCollection", "features": features}).encode()
    return await client.post(
        IMPORT + (f"?apply={apply}" if apply else ""), content=body,
        headers=bearer(token) | {"Content-Type": "application/geo+json"},
    )  # fmt: skip


async def shown(client: httpx.AsyncClient, token: str, query: str = "") -> list[Any]:
    answer = await client.get(f"/v1/fences{query}", headers=bearer(token))
    assert answer.status_code == 200, answer.text
    assert answer.json()["type"] == "FeatureCollection"
    features: list[Any] = answer.json()["features"]
    return features


async def test_a_drawn_polygon_is_the_fence_until_it_is_taken_away(
    client: httpx.AsyncClient, desk: Desk
) -> None:
    answer = await put(client, desk, MARKET)
    assert answer.status_code == 200, answer.text
    assert answer.json()["fence_id"] == str(desk.case.fence_id)
    assert answer.json()["polygon"]["type"] == "Polygon"
    (fence,) = await shown(client, desk.token)
    assert fence["geometry"]["type"] == "Polygon"
    assert fence["properties"]["shape"] == "polygon"
    gone = await client.delete(
        f"/v1/fences/{desk.case.address_id}/shape", headers=bearer(desk.token)
    )
    assert gone.json()["polygon"] is None
    (fence,) = await shown(client, desk.token)
    assert fence["geometry"] == {"type": "Point", "coordinates": [HERE.lon, HERE.lat]}
    assert fence["properties"]["radius_m"] == 50
    again = await client.delete(
        f"/v1/fences/{desk.case.address_id}/shape", headers=bearer(desk.token)
    )
    assert again.status_code == 404
    assert again.json()["type"] == "/problems/no-shape"


async def test_the_same_polygon_again_is_no_new_shape(
    client: httpx.AsyncClient, database: Database, desk: Desk
) -> None:
    backwards = {"type": "Polygon", "coordinates": [MARKET["coordinates"][0][::-1]]}
    for body in (MARKET, feature(), MARKET):
        assert (await put(client, desk, body)).status_code == 200
    async with database.transaction(EVERYTHING) as session:
        kept = await rows(
            session, "SELECT id FROM fence_shape WHERE fence_id = :f", f=desk.case.fence_id
        )
    assert len(kept) == 1
    assert (await put(client, desk, backwards)).status_code == 200


async def test_a_polygon_places_an_address_that_was_on_no_map(
    client: httpx.AsyncClient, database: Database, desk: Desk
) -> None:
    assert (await put(client, desk, MARKET, desk.lost)).status_code == 200
    async with database.transaction(EVERYTHING) as session:
        (fence,) = await rows(
            session,
            "SELECT f.lat, f.lon, f.point_origin, d.location FROM fence f JOIN address d"
            " ON d.id = f.address_id WHERE d.id = :a",
            a=desk.lost.address_id,
        )
    assert (fence.lat, fence.lon) == pytest.approx(HERE, abs=1e-6)
    assert (fence.point_origin, fence.location) == ("drawn", None)


@pytest.mark.parametrize(
    ("body", "field", "expected"),
    [
        ({"type": "Point", "coordinates": [0, 0]}, "type", "Polygon"),
        ({"type": "Polygon", "coordinates": []}, "coordinates", "outer ring"),
        (feature({"type": "Polygon", "coordinates": [[[0, 0]]]}), "geometry.coordinates", "four"),
        (
            polygon(BOW),
            "coordinates", "cross",
        ),
        ({}, "type", "Polygon"),
    ],
)  # fmt: skip
async def test_what_is_no_polygon_says_what_would_be_right(
    client: httpx.AsyncClient, desk: Desk, body: Any, field: str, expected: str
) -> None:
    answer = await put(client, desk, body)
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["field"] == field
    assert expected in error["expected"]


async def test_addresses_of_other_branches_are_not_there(
    client: httpx.AsyncClient, desk: Desk
) -> None:
    path = f"/v1/fences/{desk.case.address_id}/shape"
    assert (await client.put(path, json=MARKET, headers=bearer(desk.stranger))).status_code == 404
    assert (await client.delete(path, headers=bearer(desk.stranger))).status_code == 404
    assert await shown(client, desk.stranger) == []
    seen = await send(client, desk.stranger, feature(address_id=str(desk.case.address_id)))
    assert "nothing is known" in seen.json()["errors"][0]["expected"]


async def test_an_import_is_previewed_and_applied_as_previewed(
    client: httpx.AsyncClient, database: Database, desk: Desk
) -> None:
    customer = desk.refs[str(desk.case.customer_id)]
    account = desk.refs[f"{desk.lost.customer_id}/a"]
    file = [
        feature(customer_id=customer),
        feature(loan_account_no=account, geometry=None),
        feature(loan_account_no=account),
        feature(address_id=str(desk.case.address_id)),
        feature(customer_id="nobody"),
    ]
    seen = await send(client, desk.token, *file)
    assert seen.status_code == 200, seen.text
    preview = seen.json()
    assert preview["is_applied"] is False
    assert [(c["index"], c["outcome"]) for c in preview["changes"]] == [(0, "new"), (2, "new")]
    assert [(e["index"], e["field"]) for e in preview["errors"]] == [
        (1, "geometry"), (3, "properties.address_id"), (4, "properties.customer_id"),
    ]  # fmt: skip
    assert "feature 0" in preview["errors"][1]["expected"]
    (fence,) = await shown(client, desk.token)
    assert fence["properties"]["shape"] == "circle", "a dry run stores nothing"
    done = await send(client, desk.token, *file, apply=preview["digest"])
    assert done.status_code == 200, done.text
    assert done.json()["is_applied"] is True
    assert {f["properties"]["shape"] for f in await shown(client, desk.token)} == {"polygon"}
    outdated = await send(client, desk.token, *file, apply=preview["digest"])
    assert outdated.status_code == 409
    assert outdated.json()["type"] == "/problems/preview-outdated"
    again = await send(client, desk.token, *file)
    assert {c["outcome"] for c in again.json()["changes"]} == {"same"}
    async with database.transaction(EVERYTHING) as session:
        kept = await rows(
            session, "SELECT origin FROM fence_shape WHERE fence_id = :f", f=desk.case.fence_id
        )
    assert [r.origin for r in kept] == ["imported"]


async def test_another_file_than_the_previewed_is_not_applied(
    client: httpx.AsyncClient, desk: Desk
) -> None:
    name = {"address_id": str(desk.case.address_id)}
    digest = (await send(client, desk.token, feature(**name))).json()["digest"]
    moved = polygon(box(200, 101))
    answer = await send(client, desk.token, feature(moved, **name), apply=digest)
    assert answer.status_code == 409
    (fence,) = await shown(client, desk.token)
    assert fence["properties"]["shape"] == "circle"


async def test_swapped_axes_and_far_off_premises_are_noticed(
    client: httpx.AsyncClient, desk: Desk
) -> None:
    swapped = [[lat, lon] for lon, lat in MARKET["coordinates"][0]]
    far = {"type": "Polygon", "coordinates": [[[x + 1, y] for x, y in MARKET["coordinates"][0]]]}
    name = {"address_id": str(desk.case.address_id)}
    seen = await send(
        client, desk.token, feature({"type": "Polygon", "coordinates": [swapped]}, **name)
    )
    assert "swapped" in seen.json()["errors"][0]["expected"]
    seen = await send(client, desk.token, feature(far, **name))
    (change,) = seen.json()["changes"]
    assert change["away_m"] == pytest.approx(96_400, rel=0.01)
    assert "96 km" in change["warning"]


async def test_a_customer_of_two_addresses_must_be_named_by_address(
    client: httpx.AsyncClient, database: Database, desk: Desk
) -> None:
    async with database.transaction(EVERYTHING) as session:
        await rows(
            session,
            "INSERT INTO address (id, branch_id, customer_id, line, provenance)"
            " SELECT gen_random_uuid(), branch_id, id, 'Work', 'source' FROM customer"
            " WHERE id = :c RETURNING id",
            c=desk.case.customer_id,
        )
    seen = await send(
        client, desk.token, feature(customer_id=desk.refs[str(desk.case.customer_id)])
    )
    (error,) = seen.json()["errors"]
    assert "2 addresses" in error["expected"]
    assert str(desk.case.address_id) in error["expected"]


@pytest.mark.parametrize(
    ("raw", "field"),
    [(b"{", "body"), (b"\xff", "body"), (b"[]", "type"), (b" " * (20 * 1024 * 1024 + 1), "body")],
)
async def test_what_is_no_file_is_refused_whole(
    client: httpx.AsyncClient, desk: Desk, raw: bytes, field: str
) -> None:
    answer = await send(client, desk.token, raw=raw)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6)
    | st.sampled_from(["Polygon", "Feature", MARKET, MARKET["coordinates"]]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(["type", "geometry", "properties", "coordinates", "customer_id",
                         "address_id"]) | st.text(max_size=4),
        inner, max_size=4,
    ),
    max_leaves=15,
)  # fmt: skip


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(features=st.lists(ODD, max_size=3), body=ODD)
async def test_whatever_comes_never_fails_on_our_side(
    client: httpx.AsyncClient, desk: Desk, features: list[Any], body: Any
) -> None:
    token = bearer(desk.token)
    document = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    assert (await send(client, desk.token, raw=document)).status_code in (200, 422)
    answer = await client.put(
        f"/v1/fences/{desk.case.address_id}/shape", content=json.dumps(body).encode(),
        headers=token | {"Content-Type": "application/json"},
    )  # fmt: skip
    assert answer.status_code in (200, 400, 422), answer.text


async def test_the_map_asks_by_box_and_page(client: httpx.AsyncClient, desk: Desk) -> None:
    await put(client, desk, MARKET, desk.lost)
    assert len(await shown(client, desk.token)) == 2
    east = at(95, 0)
    within = f"?bbox={east.lon},{east.lat - 1e-4},{east.lon + 1e-4},{east.lat + 1e-4}"
    (fence,) = await shown(client, desk.token, within)
    assert fence["properties"]["address_id"] == str(desk.lost.address_id)
    first = await client.get("/v1/fences?limit=1", headers=bearer(desk.token))
    rest = await shown(client, desk.token, f"?limit=1&cursor={first.json()['next_cursor']}")
    assert rest[0]["id"] != first.json()["features"][0]["id"]


@pytest.mark.parametrize(
    "query", ["?bbox=1,2,3", "?bbox=a,b,c,d", "?bbox=nan,0,1,1", "?cursor=x", "?limit=0"]
)
async def test_a_question_that_cannot_be_is_named(
    client: httpx.AsyncClient, desk: Desk, query: str
) -> None:
    answer = await client.get(f"/v1/fences{query}", headers=bearer(desk.token))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == query[1:].split("=", maxsplit=1)[0]


async def test_an_unknown_address_is_not_found(client: httpx.AsyncClient, desk: Desk) -> None:
    answer = await client.put(
        f"/v1/fences/{new_id()}/shape", json=MARKET, headers=bearer(desk.token)
    )
    assert answer.status_code == 404
    assert answer.json()["type"] == "/problems/address-unknown"
