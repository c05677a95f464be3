"""The live map's reads: snapshot, fences, rounds, alerts."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from core.ids import new_id
from data.live import LiveBus
from data.session import Database
from tests.api.conftest import bearer
from tests.api.supervisors.scenes import HOUR, Scene, a_scene, a_visit, an_alert, rfc3339
from tests.application import client_at
from tests.conftest import MONDAY_NINE


@pytest.fixture
async def scene(database: Database) -> Scene:
    return await a_scene(database)


async def get(client: httpx.AsyncClient, scene: Scene, path: str) -> Any:
    answer = await client.get(path, headers=bearer(scene.token))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def ping(client: httpx.AsyncClient, scene: Scene, *seconds: float, **measures: Any) -> None:
    pings = [
        {
            "captured_at": rfc3339(MONDAY_NINE + timedelta(seconds=s)),
            "lat": -29.9 + s / 1e5,
            "lon": -71.25,
            **measures,
        }
        for s in seconds
    ]
    answer = await client.post("/v1/pings", json={"pings": pings}, headers=bearer(scene.key))
    assert answer.json()["stored"] == len(pings), answer.text


async def check_in(client: httpx.AsyncClient, scene: Scene, case: int = 0) -> str:
    check_in_id = str(new_id())
    at = rfc3339(MONDAY_NINE)
    body = {
        "case_id": str(scene.cases[case].case_id),
        "device_time": at,
        "fix": {"lat": -29.9 - case / 1000, "lon": -71.25, "accuracy_m": 8, "captured_at": at},
    }
    answer = await client.put(
        f"/v1/agent/check-ins/{check_in_id}", json=body, headers=bearer(scene.agent_token)
    )
    assert answer.status_code == 200, answer.text
    return check_in_id


async def check_out(client: httpx.AsyncClient, scene: Scene, check_in_id: str) -> None:
    at = rfc3339(MONDAY_NINE + timedelta(seconds=240))
    body = {"check_in_id": check_in_id, "device_time": at, "outcome": "paid"}
    path = f"/v1/agent/check-outs/{new_id()}"
    answer = await client.put(path, json=body, headers=bearer(scene.agent_token))
    assert answer.status_code == 200, answer.text


async def test_the_snapshot_of_a_quiet_branch_shows_its_agents_and_its_plan(
    client: httpx.AsyncClient, scene: Scene
) -> None:
    snapshot = await get(client, scene, "/v1/live/snapshot")
    assert snapshot["now"].startswith("2026-11-23T12:00:00")
    assert (snapshot["zone"], snapshot["currency"]) == ("America/Santiago", "CLP")
    (agent,) = snapshot["agents"]
    assert agent["id"] == str(scene.agent_id)
    assert (agent["status"], agent["position"]) == ("no_position", None)
    assert (agent["visits_done"], agent["visits_planned"]) == (0, 2)
    assert agent["cash_limit_minor"] == 500_000
    assert snapshot["strip"] == {
        "agents_on_duty": 1, "agents": 1, "visits_done": 0, "visits_planned": 2,
        "collected_minor": 0, "cash_in_hand_minor": 0, "cash_limit_minor": 500_000,
    }  # fmt: skip
    (south, west), (north, east) = snapshot["bounds"]
    assert south < -29.9027 < north
    assert west < -71.2520 < east


async def test_the_snapshot_shows_where_an_agent_is(
    client: httpx.AsyncClient, scene: Scene
) -> None:
    await ping(client, scene, 0, speed_mps=1.4, accuracy_m=6, battery_pct=71)
    (agent,) = (await get(client, scene, "/v1/live/snapshot"))["agents"]
    assert agent["status"] == "moving"
    assert agent["battery_pct"] == 71
    assert agent["position"] == {
        "lat": pytest.approx(-29.9), "lon": pytest.approx(-71.25), "accuracy_m": 6,
        "heading_deg": None, "speed_mps": pytest.approx(1.4), "captured_at": "2026-11-23T12:00:00Z",
    }  # fmt: skip


async def test_an_agent_before_the_shift_is_off_shift(
    client: httpx.AsyncClient, database: Database
) -> None:
    scene = await a_scene(database, on_shift=False)
    snapshot = await get(client, scene, "/v1/live/snapshot")
    assert snapshot["agents"][0]["status"] == "off_shift"
    assert snapshot["strip"]["agents_on_duty"] == 0


async def test_an_open_check_in_puts_the_agent_at_the_customer_until_check_out(
    client: httpx.AsyncClient, scene: Scene
) -> None:
    await ping(client, scene, 0, speed_mps=1.4)
    arrived = await check_in(client, scene)
    (agent,) = (await get(client, scene, "/v1/live/snapshot"))["agents"]
    assert (agent["status"], agent["visits_done"]) == ("at_customer", 1)
    await check_out(client, scene, arrived)
    (agent,) = (await get(client, scene, "/v1/live/snapshot"))["agents"]
    assert (agent["status"], agent["visits_done"]) == ("moving", 1)


async def statuses(client: httpx.AsyncClient, scene: Scene) -> list[str]:
    fences = await get(client, scene, "/v1/live/fences")
    assert fences["type"] == "FeatureCollection"
    return [feature["properties"]["status"] for feature in fences["features"]]


async def test_a_stop_goes_from_planned_by_visiting_to_its_verdict(
    client: httpx.AsyncClient, database: Database, scene: Scene
) -> None:
    assert await statuses(client, scene) == ["planned", "planned"]
    arrived = await check_in(client, scene)
    assert await statuses(client, scene) == ["visiting", "planned"]
    await check_out(client, scene, arrived)
    assert await statuses(client, scene) == ["probable", "planned"]
    await a_visit(database, scene, scene.cases[0], "unverified")
    await a_visit(database, scene, scene.cases[0], "verified")
    await a_visit(database, scene, scene.cases[1], "unverified")
    assert await statuses(client, scene) == ["verified", "unverified"]
    (agent,) = (await get(client, scene, "/v1/live/snapshot"))["agents"]
    assert agent["visits_done"] == 1


async def test_a_stop_whose_window_has_passed_is_missed(
    database: Database, live: LiveBus, scene: Scene
) -> None:
    async with client_at(database, live, MONDAY_NINE + 2.5 * HOUR) as client:
        assert await statuses(client, scene) == ["missed", "planned"]


async def test_a_fence_says_where_it_is_and_whose(client: httpx.AsyncClient, scene: Scene) -> None:
    first = (await get(client, scene, "/v1/live/fences"))["features"][0]
    assert first["geometry"] == {"type": "Point", "coordinates": [-71.25, -29.9]}
    properties = first["properties"]
    assert properties["case_id"] == str(scene.cases[0].case_id)
    assert properties["agent_id"] == str(scene.agent_id)
    assert (properties["seq"], properties["radius_m"]) == (1, 50)


async def test_a_round_has_its_stops_ways_and_what_was_left_out(
    client: httpx.AsyncClient, scene: Scene
) -> None:
    round_ = await get(client, scene, f"/v1/agents/{scene.agent_id}/round")
    assert (round_["day"], round_["revision"], round_["end"]) == ("2026-11-23", 1, None)
    first, second = round_["stops"]
    assert (first["customer"], first["amount_due_minor"], first["dpd"]) == (
        "María González", 50_000, 30,
    )  # fmt: skip
    assert first["reason"] == "30 days past due"
    assert first["promise_due"] is False
    assert (first["fence_radius_m"], first["lat"]) == (50, pytest.approx(-29.9))
    assert first["leg"]["geometry"]["coordinates"][0] == [-71.252, -29.9027]
    assert first["leg"]["distance_m"] == 1250
    assert len(round_["geometry"]["coordinates"]) == 4
    assert second["window_to"] == rfc3339(MONDAY_NINE + 3 * HOUR)
    assert round_["skipped"][0]["reason"] == "shift full"


async def test_without_a_round_that_is_said(client: httpx.AsyncClient, database: Database) -> None:
    scene = await a_scene(database, stops=0)
    answer = await client.get(f"/v1/agents/{scene.agent_id}/round", headers=bearer(scene.token))
    assert answer.status_code == 404
    assert answer.json()["type"] == "/problems/no-round-today"


async def test_an_alert_is_listed_until_it_is_cleared_and_acknowledged_once(
    client: httpx.AsyncClient, database: Database, scene: Scene
) -> None:
    ids = [str(await an_alert(database, scene, kind)) for kind in ("a", "b", "c")]
    page = await get(client, scene, "/v1/alerts?limit=2")
    assert [alert["id"] for alert in page["items"]] == ids[:0:-1]
    rest = await get(client, scene, f"/v1/alerts?cursor={page['next_cursor']}")
    assert [alert["id"] for alert in rest["items"]] == ids[:1]
    assert rest["next_cursor"] is None
    answer = await client.post(f"/v1/alerts/{ids[0]}/acknowledge", headers=bearer(scene.token))
    assert answer.status_code == 200, answer.text
    assert answer.json()["acknowledged_at"].startswith("2026-11-23T12:00:00")
    assert answer.json()["acknowledged_note"] is None
    late = await client.post(
        f"/v1/alerts/{ids[0]}/acknowledge", headers=bearer(scene.token), json={"note": "Too late"}
    )
    assert late.json() == answer.json()
    noted = await client.post(
        f"/v1/alerts/{ids[1]}/acknowledge", headers=bearer(scene.token), json={"note": " Called "}
    )
    assert noted.json()["acknowledged_note"] == "Called"
    empty = await client.post(
        f"/v1/alerts/{ids[2]}/acknowledge", headers=bearer(scene.token), json={"note": "  "}
    )
    assert (empty.status_code, empty.json()["errors"][0]["field"]) == (422, "note")
    assert len((await get(client, scene, "/v1/live/snapshot"))["alerts"]) == 3


async def test_nothing_of_another_branch_is_to_be_seen(
    client: httpx.AsyncClient, database: Database, scene: Scene
) -> None:
    other = await a_scene(database)
    alert = await an_alert(database, other)
    assert len((await get(client, scene, "/v1/live/snapshot"))["agents"]) == 1
    fences = await get(client, scene, "/v1/live/fences")
    assert {f["properties"]["agent_id"] for f in fences["features"]} == {str(scene.agent_id)}
    answer = await client.get(f"/v1/agents/{other.agent_id}/round", headers=bearer(scene.token))
    assert answer.status_code == 404
    answer = await client.post(f"/v1/alerts/{alert}/acknowledge", headers=bearer(scene.token))
    assert answer.status_code == 404


async def test_the_snapshot_has_the_most_pressing_alerts_first(
    client: httpx.AsyncClient, database: Database, scene: Scene
) -> None:
    kinds = ("panic", "low_battery", "cash_limit", "running_late")
    ids = {kind: str(await an_alert(database, scene, kind)) for kind in kinds}
    taken = ids["running_late"]
    await client.post(f"/v1/alerts/{taken}/acknowledge", headers=bearer(scene.token))
    alerts = (await get(client, scene, "/v1/live/snapshot"))["alerts"]
    assert [(alert["id"], alert["severity"]) for alert in alerts] == [
        (ids["panic"], 3), (ids["cash_limit"], 2), (ids["low_battery"], 1), (taken, 1)
    ]  # fmt: skip


@pytest.mark.parametrize(
    "path",
    [
        "/v1/agents/nobody/round",
        "/v1/alerts?limit=0",
        "/v1/alerts?cursor=x",
        "/v1/live/events?last_event_id=x",
        f"/v1/live/events?last_event_id={'9' * 30}-0",
    ],
)
async def test_bad_input_gets_a_problem(client: httpx.AsyncClient, scene: Scene, path: str) -> None:
    answer = await client.get(path, headers=bearer(scene.token))
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


async def test_an_alert_id_that_is_none_is_refused(client: httpx.AsyncClient, scene: Scene) -> None:
    answer = await client.post("/v1/alerts/none/acknowledge", headers=bearer(scene.token))
    assert answer.status_code == 422
