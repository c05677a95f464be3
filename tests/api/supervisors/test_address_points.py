"""Proposals of better points over HTTP: one by one, in bulk, two supervisors at once, undone."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError

from core.geometry import LatLon, distance_m
from core.ids import new_id
from data.session import EVERYTHING, Database, rows
from data.tables.address_points import AddressPointReview
from tests.api.conftest import bearer
from tests.factories import a_branch, a_case, a_person, a_token
from tests.geofence.address_points.scenes import (
    NOW,
    Town,
    a_confirmed_visit,
    a_town,
    fence_of,
    one,
    several,
    sweep,
)
from tests.geofence.shapes.outlines import HERE, at

POINTS = "/v1/address-point-proposals"


@pytest.fixture
async def town(database: Database) -> Town:
    """A town where both agents saw the customer 40 m east of the address."""
    town = await a_town(database)
    async with database.transaction(EVERYTHING) as session:
        await several(session, town, town.ana, 40)
        await several(session, town, town.ben, 42)
    await sweep(database)
    return town


async def get(client: httpx.AsyncClient, town: Town, path: str) -> Any:
    answer = await client.get(path, headers=bearer(town.token))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def post(
    client: httpx.AsyncClient, token: str, path: str, body: Any = None, key: str | None = None
) -> httpx.Response:
    headers = bearer(token) | ({"Idempotency-Key": key} if key else {})
    return await client.post(path, json=body or {}, headers=headers)


async def the_proposal(client: httpx.AsyncClient, town: Town) -> Any:
    (proposal,) = (await get(client, town, f"{POINTS}?state=open"))["items"]
    return proposal


async def test_the_list_tells_how_far_how_surely_and_by_whom(
    client: httpx.AsyncClient, town: Town
) -> None:
    proposal = await the_proposal(client, town)
    assert proposal["distance_m"] == pytest.approx(41, abs=3)
    assert proposal["sigma_m"] < proposal["believed_sigma_m"]
    assert set(proposal["agents"]) == {str(town.ana), str(town.ben)}
    assert set(proposal["agent_names"]) == {"Diego Soto", "Ben Ruiz"}
    assert (proposal["quality"], proposal["state"]) == ("rooftop", "open")
    assert proposal["believed"] == {"lat": HERE.lat, "lon": HERE.lon}
    whole = await get(client, town, f"{POINTS}/{proposal['id']}")
    assert len(whole["witnesses"]) == 4
    assert {w["confirmed_by"] for w in whole["witnesses"]} == {"check-in"}


async def test_the_list_may_be_narrowed_down(
    client: httpx.AsyncClient, database: Database, town: Town
) -> None:
    code = (await one(database, "SELECT code FROM branch WHERE id = :b", b=town.branch)).code
    for query, count in (
        ("", 1), (f"?branch={code}", 1), ("?branch=NOWHERE", 0), ("?min_witnesses=2", 1),
        ("?min_witnesses=3", 0), ("?state=accepted", 0),
    ):  # fmt: skip
        assert len((await get(client, town, POINTS + query))["items"]) == count, query


@pytest.mark.parametrize(
    "query", ["?state=maybe", "?min_witnesses=0", "?cursor=x", "?limit=0", "?branch=a%00b"]
)
async def test_a_question_that_cannot_be_is_named(
    client: httpx.AsyncClient, town: Town, query: str
) -> None:
    answer = await client.get(POINTS + query, headers=bearer(town.token))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == query[1:].split("=", maxsplit=1)[0]


async def test_accepting_moves_the_fence_and_leaves_the_sources_address(
    client: httpx.AsyncClient, database: Database, town: Town
) -> None:
    proposal = await the_proposal(client, town)
    path = f"{POINTS}/{proposal['id']}/accept"
    answer = await post(client, town.token, path, {"note": "seen on the map"}, "once")
    assert answer.status_code == 200, answer.text
    assert answer.json()["state"] == "accepted"
    assert (await post(client, town.token, path, {"note": "seen on the map"}, "once")).json() == (
        answer.json()
    )
    fence = await fence_of(database, town.case.address_id)
    assert distance_m(LatLon(fence.lat, fence.lon), at(41, 1)) < 3
    assert (fence.point_version, fence.point_origin) == (1, "accepted")
    assert (fence.radius_m, fence.sole_witness) == (25, None)
    source = await one(
        database,
        "SELECT ST_Y(location::geometry) AS lat, ST_X(location::geometry) AS lon, provenance"
        " FROM address WHERE id = :a",
        a=town.case.address_id,
    )
    assert (source.lat, source.lon, source.provenance) == (*HERE, "source")
    points = await get(client, town, f"/v1/addresses/{town.case.address_id}/points")
    assert points["version"] == 1
    assert points["source"]["location"] == {"lat": HERE.lat, "lon": HERE.lon}
    (held,) = points["history"]
    assert (held["origin"], held["note"]) == ("accepted", "seen on the map")
    assert held["made_by"] == str(town.supervisor)


async def test_todays_visits_of_who_works_there_are_looked_at_again_and_no_earlier_ones(
    client: httpx.AsyncClient, database: Database, town: Town
) -> None:
    proposal = await the_proposal(client, town)
    await post(client, town.token, f"{POINTS}/{proposal['id']}/accept")
    async with database.transaction(EVERYTHING) as session:
        dirty = await rows(
            session,
            "SELECT agent_id, dirty_from FROM agent_dirty WHERE branch_id = :b",
            b=town.branch,
        )
    assert {r.agent_id for r in dirty} == {town.ana, town.ben}
    assert {r.dirty_from.isoformat() for r in dirty} == {"2026-11-23T03:00:00+00:00"}


async def test_of_two_supervisors_at_once_one_decides_and_the_other_is_told_what_happened(
    client: httpx.AsyncClient, database: Database, town: Town
) -> None:
    async with database.transaction(EVERYTHING) as session:
        other = await a_token(session, await a_person(session, town.branch, name="Luz Pinto"))
    path = f"{POINTS}/{(await the_proposal(client, town))['id']}"
    answers = await asyncio.gather(
        *(post(client, token, f"{path}/{what}") for token, what in
          ((town.token, "accept"), (other, "reject"), (town.token, "accept"), (other, "accept")))
    )  # fmt: skip
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    refused = next(answer.json() for answer in answers if answer.status_code == 409)
    assert refused["type"] == "/problems/already-reviewed"
    decision = (await get(client, town, path))["state"]
    assert refused["decision"] == decision
    assert decision in refused["detail"]
    fence = await fence_of(database, town.case.address_id)
    assert fence.point_version == (1 if decision == "accepted" else 0)


async def test_what_was_rejected_comes_back_only_with_a_new_witness(
    client: httpx.AsyncClient, database: Database, town: Town
) -> None:
    proposal = await the_proposal(client, town)
    answer = await post(client, town.token, f"{POINTS}/{proposal['id']}/reject", {"note": "tea"})
    assert (answer.json()["state"], answer.json()["note"]) == ("rejected", "tea")
    await sweep(database, NOW + timedelta(hours=1))
    assert (await get(client, town, f"{POINTS}?state=open"))["items"] == []
    assert (await fence_of(database, town.case.address_id)).point_version == 0


async def test_an_undone_point_is_not_proposed_again_by_the_same_witnesses(
    client: httpx.AsyncClient, database: Database, town: Town
) -> None:
    proposal = await the_proposal(client, town)
    await post(client, town.token, f"{POINTS}/{proposal['id']}/accept")
    path = f"/v1/addresses/{town.case.address_id}/points/restore"
    stale = await post(client, town.token, path, {"version": 0, "seen_version": 0})
    assert stale.status_code == 409
    assert stale.json()["type"] == "/problems/point-moved"
    unknown = await post(client, town.token, path, {"version": 7, "seen_version": 1})
    assert unknown.status_code == 404
    undone = await post(client, town.token, path, {"version": 0, "seen_version": 1, "note": "no"})
    assert undone.status_code == 200, undone.text
    assert undone.json()["version"] == 2
    fence = await fence_of(database, town.case.address_id)
    assert (fence.lat, fence.lon, fence.radius_m) == (*HERE, 50)
    assert fence.point_origin == "source"
    await sweep(database, NOW + timedelta(hours=1))
    assert (await get(client, town, f"{POINTS}?state=open"))["items"] == []
    redone = await post(client, town.token, path, {"version": 1, "seen_version": 2})
    assert redone.json()["version"] == 3
    assert (await fence_of(database, town.case.address_id)).radius_m == 25
    assert len(redone.json()["history"]) == 3


async def many(database: Database, town: Town, count: int) -> None:
    """More customers whom both agents saw 40 m east of their addresses."""
    async with database.transaction(EVERYTHING) as session:
        for n in range(count):
            case = await a_case(session, town.branch, agent_id=town.ana, at=at(0, 500 * (n + 1)))
            for agent in (town.ana, town.ben):
                for day in (1, 2):
                    await a_confirmed_visit(
                        session, town, agent, at(40, 500 * (n + 1) + day), case=case, days_ago=day,
                        hour=n + 1,
                    )  # fmt: skip
    await sweep(database)


async def test_in_bulk_only_what_was_seen_is_accepted(
    client: httpx.AsyncClient, database: Database, town: Town
) -> None:
    await many(database, town, 3)
    seen = await get(client, town, f"{POINTS}/agreed?min_witnesses=2")
    assert (seen["count"], seen["more"]) == (4, False)
    assert (await get(client, town, f"{POINTS}/agreed?min_witnesses=3"))["count"] == 0
    ids = [proposal["id"] for proposal in seen["items"]]
    await post(client, town.token, f"{POINTS}/{ids[0]}/reject")
    nobodys = str(new_id())
    answer = await post(client, town.token, f"{POINTS}/accept", {"ids": [*ids[:3], nobodys]})
    assert answer.status_code == 200, answer.text
    assert answer.json()["accepted"] == ids[1:3]
    assert {left["id"]: left["type"] for left in answer.json()["left"]} == {
        ids[0]: "/problems/already-reviewed",
        nobodys: "/problems/proposal-not-found",
    }
    # What was looked at and not chosen stays open.
    assert [p["id"] for p in (await get(client, town, f"{POINTS}?state=open"))["items"]] == [ids[3]]


@pytest.mark.parametrize("ids", [[], ["x"], None, [str(new_id())] * 501])
async def test_a_bulk_of_nothing_or_too_much_is_named(
    client: httpx.AsyncClient, town: Town, ids: Any
) -> None:
    answer = await post(client, town.token, f"{POINTS}/accept", {"ids": ids})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].startswith("ids")


async def test_pages_do_not_overlap(
    client: httpx.AsyncClient, database: Database, town: Town
) -> None:
    await many(database, town, 2)
    first = await get(client, town, f"{POINTS}?limit=2")
    rest = await get(client, town, f"{POINTS}?limit=2&cursor={first['next_cursor']}")
    ids = [p["id"] for p in (*first["items"], *rest["items"])]
    assert len(set(ids)) == 3
    assert rest["next_cursor"] is None


async def test_a_proposal_of_before_the_point_moved_cannot_be_accepted(
    client: httpx.AsyncClient, database: Database, town: Town
) -> None:
    former = await the_proposal(client, town)
    async with database.transaction(EVERYTHING) as session:
        await session.execute(
            text("UPDATE fence SET point_version = 1 WHERE address_id = :a"),
            {"a": town.case.address_id},
        )
    answer = await post(client, town.token, f"{POINTS}/{former['id']}/accept")
    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/proposal-outdated"
    assert (await get(client, town, f"{POINTS}/{former['id']}"))["state"] == "outdated"


async def test_a_witness_cannot_decide_even_past_the_application(
    client: httpx.AsyncClient, database: Database, town: Town
) -> None:
    proposal = await the_proposal(client, town)
    async with database.transaction(EVERYTHING) as session:
        await session.execute(text("SET LOCAL ROLE NONE"))
        await session.execute(
            text("UPDATE staff SET role = 'supervisor' WHERE id = :ana"), {"ana": town.ana}
        )
        await session.execute(text("SET LOCAL ROLE roundsman_app"))
        promoted = await a_token(session, town.ana)
    answer = await post(client, promoted, f"{POINTS}/{proposal['id']}/accept")
    assert answer.status_code == 403
    assert answer.json()["type"] == "/problems/own-witness"
    with pytest.raises(IntegrityError, match="another_person"):
        async with database.transaction(EVERYTHING) as session:
            await session.execute(
                insert(AddressPointReview).values(
                    proposal_id=UUID(proposal["id"]), branch_id=town.branch,
                    agents=[UUID(agent) for agent in proposal["agents"]], decision="accepted",
                    reviewed_at=NOW, reviewed_by=town.ana,
                )
            )  # fmt: skip


async def test_other_branches_proposals_are_not_there(
    client: httpx.AsyncClient, database: Database, town: Town
) -> None:
    proposal = await the_proposal(client, town)
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        stranger = await a_token(session, await a_person(session, branch))
    for path in (f"{POINTS}/{proposal['id']}/accept", f"{POINTS}/{proposal['id']}/reject"):
        assert (await post(client, stranger, path)).status_code == 404
    left = await post(client, stranger, f"{POINTS}/accept", {"ids": [proposal["id"]]})
    assert left.json()["accepted"] == []
    for path in (f"{POINTS}/{proposal['id']}", f"/v1/addresses/{town.case.address_id}/points"):
        assert (await client.get(path, headers=bearer(stranger))).status_code == 404
    assert (await client.get(POINTS, headers=bearer(stranger))).json()["items"] == []
