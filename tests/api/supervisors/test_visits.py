"""Visits over HTTP: lists, versions, and whom a visit was for."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from core.geometry import LatLon
from core.ids import new_id
from data.live import LiveBus
from data.session import EVERYTHING, Database, rows
from geofence.check_out import Outcome
from geofence.waiting.recompute import recompute_waiting
from tests.api.conftest import bearer
from tests.api.supervisors.scenes import HOUR, Scene, a_scene, a_visit, rfc3339
from tests.api.supervisors.tours import get, pings_of, send
from tests.application import client_at
from tests.conftest import MONDAY_NINE
from tests.factories import ACase, a_case
from tests.tracking.trails.walks import Way

MINUTE = timedelta(minutes=1)
LEAVES = MONDAY_NINE + 16 * MINUTE
"""When the agent of `at_the_first_door` goes away again."""


@pytest.fixture
async def scene(database: Database) -> Scene:
    return await a_scene(database)


def at_the_first_door() -> list[dict[str, Any]]:
    """From 600 m away to the first case's door at -29.9, -71.25; 12 minutes there, and away."""
    way = Way().go(600, 0).go(0, 0).wait(720).go(600, 0)
    return pings_of(way, every_s=10)


async def report(
    database: Database, live: LiveBus, scene: Scene, pings: list[dict[str, Any]], now: datetime
) -> None:
    """Have pings come in at `now`, and the worker look at them at once."""
    async with client_at(database, live, now) as client:
        await send(client, scene.key, pings)
    async with database.transaction(EVERYTHING) as session:
        while await recompute_waiting(session, now + timedelta(seconds=1)):
            pass


async def the_visits(client: httpx.AsyncClient, scene: Scene, query: str = "") -> list[Any]:
    return list((await get(client, scene.token, f"/v1/visits{query}")).json()["items"])


async def test_a_visit_is_told_with_its_place_its_verdict_and_when_its_pings_came(
    client: httpx.AsyncClient, database: Database, live: LiveBus, scene: Scene
) -> None:
    await report(database, live, scene, at_the_first_door(), MONDAY_NINE + 3 * HOUR + 10 * MINUTE)
    (visit,) = await the_visits(client, scene)
    assert (visit["agent_id"], visit["agent"]) == (str(scene.agent_id), "Diego Soto")
    assert (visit["verdict"], visit["version"], visit["standing"]) == ("verified", 1, "current")
    assert visit["id"] == visit["version_id"]
    assert (visit["lat"], visit["lon"]) == (
        pytest.approx(-29.9, abs=1e-4), pytest.approx(-71.25, abs=1e-4),
    )  # fmt: skip
    (case,) = visit["cases"]
    assert (case["case_id"], case["met"]) == (str(scene.cases[0].case_id), "place_only")
    begin = datetime.fromisoformat(visit["began_at"])
    assert visit["told"] == f"{begin - 3 * HOUR:%H:%M} added by pings received at 12:10"
    assert visit["pings_received_from"] == visit["pings_received_until"] == "2026-11-23T15:10:00Z"
    assert visit["is_late"]


async def test_late_pings_make_a_version_whose_history_says_when_they_came(
    client: httpx.AsyncClient, database: Database, live: LiveBus, scene: Scene
) -> None:
    pings = at_the_first_door()
    split = next(n for n, p in enumerate(pings) if p["captured_at"] > rfc3339(LEAVES))
    await report(database, live, scene, pings[: split - 30], MONDAY_NINE + 12 * MINUTE)
    await report(database, live, scene, pings[split - 30 :], MONDAY_NINE + 26 * HOUR)
    (visit,) = await the_visits(client, scene)
    assert visit["version"] == 2
    history = (await get(client, scene.token, f"/v1/visits/{visit['id']}")).json()
    first, second = history.pop("versions")
    assert history == second == visit
    assert [v["standing"] for v in (first, second)] == ["replaced", "current"]
    assert first["told"].endswith("added by pings received at 09:12")
    assert not first["is_late"]
    assert second["told"].endswith("changed by pings received at 11:00 on 2026-11-24: ended")
    by_version = (await get(client, scene.token, f"/v1/visits/{first['version_id']}")).json()
    assert by_version == history | {"versions": [first, second]}
    second_id = (await get(client, scene.token, f"/v1/visits/{second['version_id']}")).json()
    assert second_id["id"] == visit["id"]
    every = await the_visits(client, scene, "?versions=all")
    assert {v["version"] for v in every} == {1, 2}


async def test_a_visit_that_no_longer_holds_is_shown_as_withdrawn(
    client: httpx.AsyncClient, database: Database, live: LiveBus, scene: Scene
) -> None:
    await report(database, live, scene, at_the_first_door(), MONDAY_NINE + HOUR)
    (visit,) = await the_visits(client, scene)
    async with database.transaction(EVERYTHING) as session:
        # Whoever lived there has moved: no stay is a visit any more.
        await rows(session, "UPDATE fence SET center = 'SRID=4326;POINT(-71.2 -29.95)'"
                   " RETURNING 1")  # fmt: skip
    (later,) = pings_of(Way().go(1, 0), every_s=60)
    later["captured_at"] = rfc3339(MONDAY_NINE + HOUR)
    await report(database, live, scene, [later], MONDAY_NINE + 3 * HOUR)
    assert await the_visits(client, scene) == []
    (gone,) = await the_visits(client, scene, "?versions=withdrawn")
    assert (gone["id"], gone["standing"]) == (visit["id"], "withdrawn")
    assert gone["withdrawn_why"] == "no longer shown by the pings"
    assert gone["replaced_at"] == "2026-11-23T15:00:01Z"
    begin = datetime.fromisoformat(visit["began_at"]) - 3 * HOUR
    assert gone["told_withdrawn"] == (
        f"{begin:%H:%M} withdrawn at 12:00: no longer shown by the pings"
    )
    history = (await get(client, scene.token, f"/v1/visits/{visit['id']}")).json()
    assert history["standing"] == "withdrawn"


async def neighbors(database: Database, scene: Scene, customers: int = 2) -> list[ACase]:
    """Cases of other customers in the house of the first."""
    async with database.transaction(EVERYTHING) as session:
        return [
            await a_case(
                session, scene.branch_id, agent_id=scene.agent_id, at=LatLon(-29.9, -71.25)
            )
            for _ in range(customers)
        ]


async def put(client: httpx.AsyncClient, scene: Scene, what: str, body: Any) -> str:
    id_ = str(new_id())
    answer = await client.put(
        f"/v1/agent/{what}/{id_}", json=body, headers=bearer(scene.agent_token)
    )
    assert answer.status_code == 200, answer.text
    return id_


async def a_receipt(client: httpx.AsyncClient, scene: Scene, case: ACase, at: datetime) -> str:
    amount = {"amount_minor": 1000, "currency": "CLP"}
    return await put(client, scene, "receipts", {
        "case_id": str(case.case_id), "amount": amount, "mode": "cash", "taken_at": rfc3339(at),
    })  # fmt: skip


async def a_call(
    client: httpx.AsyncClient, scene: Scene, case: ACase, at: datetime, outcome: str | None
) -> str:
    """A check-in, and its check-out when there is an outcome."""
    body = {"case_id": str(case.case_id), "device_time": rfc3339(at)}
    arrived = await put(client, scene, "check-ins", body)
    if outcome:
        body = {"check_in_id": arrived, "device_time": rfc3339(at + MINUTE), "outcome": outcome}
        await put(client, scene, "check-outs", body)
    return arrived


async def met(client: httpx.AsyncClient, scene: Scene) -> dict[str, str]:
    (visit,) = await the_visits(client, scene)
    return {case["case_id"]: case["met"] for case in visit["cases"]}


async def test_in_a_shared_house_receipts_and_outcomes_say_who_was_met(
    database: Database, live: LiveBus, scene: Scene
) -> None:
    first, (second, third) = scene.cases[0], await neighbors(database, scene)
    at = MONDAY_NINE + 14 * MINUTE
    async with client_at(database, live, MONDAY_NINE + HOUR) as client:
        receipt = await a_receipt(client, scene, first, at)
        call = await a_call(client, scene, second, at, "not_home")
        await report(database, live, scene, at_the_first_door(), MONDAY_NINE + HOUR)
        (visit,) = await the_visits(client, scene)
        assert visit["verdict"] == "verified"
        shared = next(r for r in visit["reasons"] if r["code"] == "shared-place")
        assert shared["text"] == (
            "The stay proves the house; receipts say who of 3 customers was met."
        )
        by_case = {case["case_id"]: case for case in visit["cases"]}
        assert {key: case["met"] for key, case in by_case.items()} == {
            str(first.case_id): "met", str(second.case_id): "not_met",
            str(third.case_id): "place_only",
        }  # fmt: skip
        assert by_case[str(first.case_id)]["evidence"] == [
            {"kind": "receipt", "id": receipt, "at": rfc3339(at), "outcome": None}
        ]
        assert by_case[str(second.case_id)]["evidence"] == [
            {"kind": "check_in", "id": call, "at": rfc3339(at), "outcome": "not_home"}
        ]
        # One who pays after nobody opened at first was met.
        await a_receipt(client, scene, second, at + 2 * MINUTE)
        assert (await met(client, scene))[str(second.case_id)] == "met"


async def test_who_is_alone_at_a_place_shares_it_with_nobody(
    client: httpx.AsyncClient, database: Database, live: LiveBus, scene: Scene
) -> None:
    await report(database, live, scene, at_the_first_door(), MONDAY_NINE + HOUR)
    (visit,) = await the_visits(client, scene)
    assert "shared-place" not in {reason["code"] for reason in visit["reasons"]}


MEETINGS = {
    Outcome.PAID: "met", Outcome.PART_PAID: "met", Outcome.PROMISED: "met", Outcome.REFUSED: "met",
    Outcome.NOT_HOME: "not_met", Outcome.DOOR_LOCKED: "not_met", Outcome.MOVED: "not_met",
    Outcome.THIRD_PARTY: "not_met", None: "place_only",
}  # fmt: skip


@pytest.mark.parametrize("outcome", [*Outcome, None])
async def test_every_outcome_says_whether_the_customer_was_met(
    database: Database, live: LiveBus, scene: Scene, outcome: Outcome | None
) -> None:
    await a_visit(database, scene, scene.cases[0], "verified", MONDAY_NINE)
    async with client_at(database, live, MONDAY_NINE + HOUR) as client:
        at = MONDAY_NINE - 2 * MINUTE
        await a_call(client, scene, scene.cases[0], at, outcome.value if outcome else None)
        assert list((await met(client, scene)).values()) == [MEETINGS[outcome]]


@pytest.mark.parametrize(
    ("minutes", "met_there"),
    [(-15.1, False), (-14.9, True), (0, True), (4.9, True), (5.1, False)],
)
async def test_what_is_done_within_five_minutes_of_a_visit_belongs_to_it(
    database: Database, live: LiveBus, scene: Scene, minutes: float, met_there: bool
) -> None:
    # `a_visit` begins ten minutes before it ends.
    await a_visit(database, scene, scene.cases[0], "verified", MONDAY_NINE)
    async with client_at(database, live, MONDAY_NINE + HOUR) as client:
        await a_receipt(client, scene, scene.cases[0], MONDAY_NINE + minutes * MINUTE)
        expected = "met" if met_there else "place_only"
        assert list((await met(client, scene)).values()) == [expected]


async def stops(client: httpx.AsyncClient, scene: Scene) -> list[str]:
    found = (await get(client, scene.token, f"/v1/agents/{scene.agent_id}/round")).json()["stops"]
    return [stop["status"] for stop in found]


async def test_a_stop_in_a_shared_house_is_done_only_for_whom_something_tells(
    database: Database, live: LiveBus
) -> None:
    scene = await a_scene(database, stops=2)
    async with database.transaction(EVERYTHING) as session:
        # Both customers live in one house.
        await rows(session, "UPDATE fence SET center = 'SRID=4326;POINT(-71.25 -29.9)'"
                   " WHERE branch_id = :b RETURNING 1", b=scene.branch_id)  # fmt: skip
    async with client_at(database, live, MONDAY_NINE + HOUR) as client:
        await report(database, live, scene, at_the_first_door(), MONDAY_NINE + HOUR)
        assert await stops(client, scene) == ["unverified", "unverified"]
        await a_receipt(client, scene, scene.cases[1], MONDAY_NINE + 14 * MINUTE)
        assert await stops(client, scene) == ["planned", "verified"]


async def test_lists_are_narrowed_down_and_paged(
    client: httpx.AsyncClient, database: Database, scene: Scene
) -> None:
    one, two = scene.cases
    for ago, case, verdict in [
        (0, one, "verified"), (1, two, "probable"), (2, one, "unverified"),
    ]:  # fmt: skip
        await a_visit(database, scene, case, verdict, MONDAY_NINE - ago * 24 * HOUR)
    other = await a_scene(database)
    await a_visit(database, other, other.cases[0], "verified", MONDAY_NINE)

    async def days(query: str) -> list[str]:
        return [visit["day"][-2:] for visit in await the_visits(client, scene, query)]

    assert await days("") == ["23", "22", "21"]
    assert await days(f"?case_id={one.case_id}") == ["23", "21"]
    assert await days(f"?case_id={other.cases[0].case_id}") == []
    assert await days(f"?agent_id={scene.agent_id}") == ["23", "22", "21"]
    assert await days(f"?agent_id={other.agent_id}") == []
    assert await days("?verdict=probable") == ["22"]
    assert await days("?day=2026-11-22") == ["22"]
    assert await days("?from_day=2026-11-22") == ["23", "22"]
    assert await days("?to_day=2026-11-22") == ["22", "21"]
    assert await days("?from_day=2026-11-21&to_day=2026-11-22&is_closed=true") == ["22", "21"]
    assert await days("?is_closed=false") == []
    first = (await get(client, scene.token, "/v1/visits?limit=2")).json()
    rest = (await get(client, scene.token, f"/v1/visits?cursor={first['next_cursor']}")).json()
    assert [v["day"][-2:] for v in first["items"] + rest["items"]] == ["23", "22", "21"]
    assert rest["next_cursor"] is None


async def test_geojson_is_a_collection_of_points(
    client: httpx.AsyncClient, database: Database, scene: Scene
) -> None:
    await a_visit(database, scene, scene.cases[0], "verified", MONDAY_NINE)
    answer = await get(client, scene.token, "/v1/visits.geojson?day=2026-11-23")
    assert answer.headers["content-type"] == "application/geo+json"
    collection = answer.json()
    assert (collection["type"], collection["next_cursor"]) == ("FeatureCollection", None)
    (feature,) = collection["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [-71.25, -29.9]}
    (visit,) = await the_visits(client, scene)
    assert feature["id"] == visit["id"]
    assert feature["properties"]["verdict"] == visit["verdict"]


async def test_a_visit_of_another_branch_is_not_there(
    client: httpx.AsyncClient, database: Database, scene: Scene
) -> None:
    other = await a_scene(database)
    await a_visit(database, other, other.cases[0], "verified", MONDAY_NINE)
    (visit,) = await the_visits(client, other)
    answer = await client.get(f"/v1/visits/{visit['id']}", headers=bearer(scene.token))
    assert answer.status_code == 404
    assert answer.json()["type"] == "/problems/visit-not-found"


@pytest.mark.parametrize("path", ["/v1/visits", "/v1/visits.geojson"])
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("agent_id=nobody", "agent_id"),
        ("case_id=7", "case_id"),
        ("day=yesterday", "day"),
        ("day=2026-02-30", "day"),
        ("day=9999-12-31", "day"),
        ("from_day=2026-11-24&to_day=2026-11-23", "from_day"),
        ("day=2026-11-23&to_day=2026-11-24", "day"),
        ("verdict=sure", "verdict"),
        ("versions=old", "versions"),
        ("is_closed=perhaps", "is_closed"),
        ("cursor=x", "cursor"),
        ("cursor=WyJ4IiwgInkiXQ", "cursor"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
    ],
)
async def test_bad_input_gets_a_problem_that_names_the_field(
    client: httpx.AsyncClient, scene: Scene, path: str, query: str, field: str
) -> None:
    answer = await client.get(f"{path}?{query}", headers=bearer(scene.token))
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_an_id_that_is_none_is_refused(client: httpx.AsyncClient, scene: Scene) -> None:
    answer = await client.get("/v1/visits/none", headers=bearer(scene.token))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "visit_id"
    missing = await client.get(f"/v1/visits/{UUID(int=1)}", headers=bearer(scene.token))
    assert missing.status_code == 404
