"""Trails, their exports and day reports over HTTP."""

import csv
import re
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any
from uuid import UUID

import httpx
import numpy as np
import pytest
from defusedxml.ElementTree import fromstring

from api.app import attach, create_app
from core.clock import Clock
from data.live import LiveBus
from data.session import EVERYTHING, Database, rows
from identity.principal import Role
from map_ui.trail_view import trail_collection
from tests.api.conftest import bearer
from tests.api.supervisors.scenes import HOUR, Scene, a_scene, a_visit, rfc3339
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_device, a_person, a_token, an_agent
from tests.tracking.trails.walks import Way
from tracking.trails.day_pings import day_pings
from tracking.trails.day_report import WorkingAgent
from tracking.trails.gpx import gpx
from tracking.trails.trail import trail_of

GPX = "{http://www.topografix.com/GPX/1/1}"
OURS = "{urn:roundsman:gpx:1}"
END = MONDAY_NINE + 2 * HOUR


@pytest.fixture
async def scene(database: Database) -> Scene:
    return await a_scene(database)


@pytest.fixture
async def later(database: Database, live: LiveBus) -> Any:
    """Talks to the application at 11:00."""
    app = create_app()
    attach(app, database, live, Clock(datetime.now(UTC), END, 1e-9))
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


async def get(client: httpx.AsyncClient, token: str, path: str) -> httpx.Response:
    answer = await client.get(path, headers=bearer(token))
    assert answer.status_code == 200, answer.text
    return answer


Ping = dict[str, Any]


def pings_of(way: Way, every_s: float = 20, begin: datetime = MONDAY_NINE) -> list[Ping]:
    t_s, lat, lon, accuracy_m, altitude_m, _ = way.seen(every_s, noise_m=3).columns()
    return [
        {
            "captured_at": rfc3339(begin + timedelta(seconds=t)),
            "lat": y, "lon": x, "accuracy_m": a, "altitude_m": z,
        }
        for t, y, x, a, z in zip(
            (t_s - t_s[0]).tolist(), lat.tolist(), lon.tolist(), accuracy_m.tolist(),
            altitude_m.tolist(), strict=True,
        )
    ]  # fmt: skip


async def send(client: httpx.AsyncClient, key: str, pings: list[Ping]) -> None:
    answer = await client.post("/v1/pings", json={"pings": pings}, headers=bearer(key))
    assert answer.json()["stored"] == len(pings), answer.text


def tour() -> Way:
    """Two stops, 300 s and 900 s, and 2.4 km in between and back."""
    return Way().go(600, 0).wait(300).go(600, 600).wait(900).go(0, 0, 5)


@pytest.fixture
async def toured(later: httpx.AsyncClient, scene: Scene) -> Scene:
    """The pings of a tour, some of them hours late and the newest first."""
    pings = pings_of(tour())
    await send(later, scene.key, pings[::-2])
    await send(later, scene.key, pings[-2::-2])
    return scene


async def test_a_ping_from_the_future_is_not_shown_before_its_time(
    client: httpx.AsyncClient, scene: Scene
) -> None:
    path = f"/v1/agents/{scene.agent_id}/trail"
    assert (await get(client, scene.token, path)).json()["geometry"] is None
    await send(client, scene.key, pings_of(Way().go(400, 0)))
    trail = (await get(client, scene.token, path)).json()
    assert trail["properties"]["pings"] == 1


async def test_a_trail_is_the_same_in_whatever_order_its_pings_came(
    later: httpx.AsyncClient, toured: Scene, database: Database
) -> None:
    other = await a_scene(database)
    await send(later, other.key, pings_of(tour()))
    one, in_order = [
        (await get(later, each.token, f"/v1/agents/{each.agent_id}/trail")).json()
        for each in (toured, other)
    ]
    del one["properties"]["agent_id"], in_order["properties"]["agent_id"]
    assert one == in_order
    properties = one["properties"]
    assert one["geometry"]["type"] == "LineString"
    assert one["geometry"]["coordinates"][0] == [-71.25, -29.9]
    assert properties["from"] == "2026-11-23T12:00:00Z"
    assert properties["distance_m"] == pytest.approx(tour().length_m, rel=0.04)
    assert [stop["dwell_s"] for stop in properties["stops"]] == pytest.approx([300, 900], abs=45)
    assert (properties["gaps"], properties["outliers"], properties["coarse"]) == ([], 0, 0)


async def test_lines_are_simplified_as_far_as_asked(
    later: httpx.AsyncClient, toured: Scene
) -> None:
    path = f"/v1/agents/{toured.agent_id}/trail"

    async def points(query: str) -> int:
        feature = (await get(later, toured.token, path + query)).json()
        return len(feature["geometry"]["coordinates"])

    assert await points("?tolerance_m=0") > await points("") > await points("?tolerance_m=50") >= 3
    assert await points("") == await points("?tolerance_m=2")


async def test_a_lie_is_cut_and_a_silence_is_told(later: httpx.AsyncClient, scene: Scene) -> None:
    pings = pings_of(Way().go(3000, 0))
    pings[3] |= {"lat": -29.92, "accuracy_m": 1}
    await send(later, scene.key, pings[:6] + pings[-8:])
    trail = (await get(later, scene.token, f"/v1/agents/{scene.agent_id}/trail")).json()
    assert trail["properties"]["outliers"] == 1
    (gap,) = trail["properties"]["gaps"]
    assert gap["why"] == "silence"
    assert gap["lasted_s"] == trail["properties"]["gap_s"] > 300
    assert trail["geometry"]["type"] == "MultiLineString"


def children(element: Any) -> list[str]:
    return [re.sub(r"\{.*\}", "", child.tag) for child in element]


ORDER = {
    "gpx": ["metadata", "wpt", "rte", "trk", "extensions"],
    "metadata": ["name", "desc", "author", "copyright", "link", "time", "keywords", "bounds"],
    "wpt": ["ele", "time", "magvar", "geoidheight", "name", "cmt", "desc", "src", "link", "sym",
            "type", "fix", "sat", "hdop", "vdop", "pdop", "ageofdgpsdata", "dgpsid", "extensions"],
    "trk": ["name", "cmt", "desc", "src", "link", "number", "type", "extensions", "trkseg"],
    "trkseg": ["trkpt", "extensions"],
}  # fmt: skip
"""The sequences of the GPX 1.1 schema."""
ORDER["trkpt"] = ORDER["wpt"]


def assert_in_order(element: Any) -> None:
    name = re.sub(r"\{.*\}", "", element.tag)
    if name not in ORDER:
        return
    assert element.tag.startswith(GPX)
    places = [ORDER[name].index(child) for child in children(element)]
    assert places == sorted(places), name
    if name in ("wpt", "trkpt"):
        assert set(element.attrib) == {"lat", "lon"}
        assert -90 <= float(element.get("lat")) <= 90
        assert -180 <= float(element.get("lon")) <= 180
    for child in element:
        assert_in_order(child)


async def test_gpx_has_the_structure_of_the_schema_and_brings_every_ping_back(
    later: httpx.AsyncClient, toured: Scene
) -> None:
    answer = await get(later, toured.token, f"/v1/agents/{toured.agent_id}/trail.gpx")
    assert answer.headers["content-type"] == "application/gpx+xml"
    assert answer.headers["content-disposition"] == (
        'attachment; filename="trail-2026-11-23-diego-soto.gpx";'
        " filename*=UTF-8''trail-2026-11-23-diego-soto.gpx"
    )
    root = fromstring(answer.text)
    assert (root.tag, root.get("version"), root.get("creator")) == (GPX + "gpx", "1.1", "Roundsman")
    assert_in_order(root)
    (segment,) = root.iter(GPX + "trkseg")
    read = [
        {
            "captured_at": point.findtext(GPX + "time").replace(".000Z", "Z"),
            "lat": pytest.approx(float(point.get("lat")), abs=1e-7),
            "lon": pytest.approx(float(point.get("lon")), abs=1e-7),
            "accuracy_m": float(point.find(f"{GPX}extensions/{OURS}accuracy_m").text),
            "altitude_m": float(point.findtext(GPX + "ele")),
        }
        for point in segment
    ]
    assert pings_of(tour()) == read
    dwells_s = [float(e.text) for e in root.iter(OURS + "dwell_s")]
    assert dwells_s == pytest.approx([300, 900], abs=45)


async def test_a_name_is_no_markup_and_no_path(
    later: httpx.AsyncClient, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        agent = await an_agent(session, branch, 'José "<&>" ../ \x07 अमित')
        token = await a_token(session, await a_person(session, branch, Role.SUPERVISOR))
    answer = await get(later, token, f"/v1/agents/{agent}/trail.gpx")
    named = 'José "<&>" ../  अमित 2026-11-23'
    assert fromstring(answer.text).findtext(f"{GPX}metadata/{GPX}name") == named
    disposition = answer.headers["content-disposition"]
    assert 'filename="trail-2026-11-23-jose-' in disposition
    assert "/" not in disposition


async def test_geojson_has_stretches_with_times_stops_and_gaps(
    later: httpx.AsyncClient, scene: Scene
) -> None:
    sent = pings_of(Way().go(900, 0).wait(1400).go(0, 0))
    pings = [ping for ping in sent if not "12:10" < ping["captured_at"][11:16] <= "12:18"]
    lonely = {**pings[0], "captured_at": rfc3339(MONDAY_NINE + 1.5 * HOUR)}
    await send(later, scene.key, [*pings, lonely])
    answer = await get(later, scene.token, f"/v1/agents/{scene.agent_id}/trail.geojson")
    assert answer.headers["content-type"] == "application/geo+json"
    assert ".geojson" in answer.headers["content-disposition"]
    collection = answer.json()
    assert collection["type"] == "FeatureCollection"
    assert (collection["agent"], collection["day"]) == ("Diego Soto", "2026-11-23")
    kinds = [(f["properties"]["kind"], f["geometry"]["type"]) for f in collection["features"]]
    assert kinds == [
        ("stretch", "LineString"), ("stretch", "LineString"), ("stretch", "Point"),
        ("stop", "Point"), ("stop", "Point"), ("gap", "LineString"), ("gap", "LineString"),
    ]  # fmt: skip
    times: list[str] = []
    for feature in collection["features"][:2]:
        properties = feature["properties"]
        assert len(properties["times"]) == len(feature["geometry"]["coordinates"])
        assert len(properties["times"]) == len(properties["accuracies_m"])
        times += properties["times"]
    assert [t.replace(".000Z", "Z") for t in times] == [ping["captured_at"] for ping in pings]


async def test_a_day_report_tells_hours_way_stops_and_whom_they_were_at(
    later: httpx.AsyncClient, toured: Scene, database: Database
) -> None:
    at_second_stop = MONDAY_NINE + timedelta(seconds=120 + 300 + 120 + 840)
    await a_visit(database, toured, toured.cases[0], "verified", at_second_stop)
    report = (await get(later, toured.token, f"/v1/agents/{toured.agent_id}/day-report")).json()
    assert (report["agent"], report["day"]) == ("Diego Soto", "2026-11-23")
    assert report["zone"] == "America/Santiago"
    assert report["first_ping_at"] == "2026-11-23T12:00:00Z"
    assert report["pings"] == len(pings_of(tour()))
    assert report["distance_m"] == pytest.approx(tour().length_m, rel=0.04)
    assert report["standing_s"] == pytest.approx(1200, abs=90)
    began, ended = (
        datetime.fromisoformat(report[key]) for key in ("first_ping_at", "last_ping_at")
    )
    assert report["moving_s"] + report["standing_s"] + report["gap_s"] == pytest.approx(
        (ended - began).total_seconds()
    )
    assert report["signed_on"] == {
        "began_at": "2026-11-23T12:00:00Z", "ended_at": "2026-11-23T14:00:00Z", "lasted_s": 7200,
    }  # fmt: skip
    assert report["is_signed_on"] is True
    assert report["shift"] == {
        "began_at": "2026-11-23T11:00:00Z", "ended_at": "2026-11-23T20:00:00Z",
        "lasted_s": 9 * 3600,
    }  # fmt: skip
    assert (report["visits_planned"], report["visits_done"]) == (2, 1)
    first, second = report["stops"]
    assert first["visits"] == []
    (visit,) = second["visits"]
    assert visit["verdict"] == "verified"
    case = {"case_id": str(toured.cases[0].case_id), "customer": "María González"}
    assert visit["cases"] == [case]


async def test_a_day_report_follows_an_agent_from_phone_to_phone(
    later: httpx.AsyncClient, scene: Scene, database: Database
) -> None:
    change = MONDAY_NINE + timedelta(minutes=5)
    async with database.transaction(EVERYTHING) as session:
        second, key = await a_device(session, scene.branch_id)
        await rows(
            session,
            "WITH off AS (UPDATE sign_on SET during = tstzrange(lower(during), :at)"
            " WHERE agent_id = :agent RETURNING branch_id)"
            " SELECT branch_id FROM off", agent=scene.agent_id, at=change,
        )  # fmt: skip
        await rows(
            session,
            "INSERT INTO sign_on (id, branch_id, device_id, agent_id, during) VALUES"
            " (gen_random_uuid(), :branch, :device, :agent, tstzrange(:at, :until)) RETURNING id",
            branch=scene.branch_id, device=second, agent=scene.agent_id, at=change,
            until=MONDAY_NINE + timedelta(minutes=15),
        )  # fmt: skip
    pings = pings_of(Way().go(3000, 0))
    await send(later, scene.key, pings[:15])
    await send(later, key, pings[15:])
    report = (await get(later, scene.token, f"/v1/agents/{scene.agent_id}/day-report")).json()
    assert (report["devices"], report["pings"], report["gaps"]) == (2, len(pings), [])
    assert report["distance_m"] == pytest.approx(3000, rel=0.01)
    assert report["is_signed_on"] is False
    assert report["signed_on"]["lasted_s"] == 900


async def code_of(database: Database, branch_id: UUID) -> str:
    async with database.transaction(EVERYTHING) as session:
        found = await rows(session, "SELECT code FROM branch WHERE id = :id", id=branch_id)
        code: str = found[0].code
        return code


async def test_a_branch_report_has_every_agent_by_name_also_those_who_stayed_at_home(
    later: httpx.AsyncClient, toured: Scene, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        await an_agent(session, toured.branch_id, "=Ana(1)")
    code = await code_of(database, toured.branch_id)
    answer = (await get(later, toured.token, f"/v1/branches/{code}/day-reports")).json()
    assert (answer["branch"], answer["day"]) == (code, "2026-11-23")
    home, out = answer["items"]
    assert (home["agent"], home["pings"], home["first_ping_at"]) == ("=Ana(1)", 0, None)
    assert (home["signed_on"], home["shift"], home["stops"]) == (None, None, [])
    alone = await get(later, toured.token, f"/v1/agents/{toured.agent_id}/day-report")
    assert out == alone.json()
    yesterday = f"/v1/branches/{code}/day-reports?day=2026-11-22"
    for item in (await get(later, toured.token, yesterday)).json()["items"]:
        assert (item["pings"], item["signed_on"]) == (0, None)


async def test_the_table_runs_no_formula_and_tells_local_times(
    later: httpx.AsyncClient, toured: Scene, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        await an_agent(session, toured.branch_id, "=HYPERLINK(1)")
    code = await code_of(database, toured.branch_id)
    answer = await get(later, toured.token, f"/v1/branches/{code}/day-reports?format=csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert (
        f'filename="day-report-{code.lower()}-2026-11-23.csv"'
        in answer.headers["content-disposition"]
    )
    home, out = csv.DictReader(StringIO(answer.text))
    assert (home["agent"], home["first_ping_at"], home["signed_on_s"]) == ("'=HYPERLINK(1)", "", "")
    assert out["first_ping_at"] == "2026-11-23T09:00:00-03:00"
    assert (out["signed_off_at"], out["signed_on_s"], out["stops"]) == ("", "7200", "2")
    assert int(out["distance_m"]) == pytest.approx(tour().length_m, rel=0.04)


PATHS = ("trail", "trail.gpx", "trail.geojson", "day-report")


@pytest.mark.parametrize("path", PATHS)
async def test_nobody_of_another_branch_is_followed(
    client: httpx.AsyncClient, database: Database, scene: Scene, path: str
) -> None:
    other = await a_scene(database)
    answer = await client.get(f"/v1/agents/{other.agent_id}/{path}", headers=bearer(scene.token))
    assert answer.status_code == 404
    assert answer.json()["type"] == "/problems/agent-not-found"


async def test_another_branch_has_no_reports_to_see(
    client: httpx.AsyncClient, database: Database, scene: Scene
) -> None:
    code = await code_of(database, (await a_scene(database)).branch_id)
    answer = await client.get(f"/v1/branches/{code}/day-reports", headers=bearer(scene.token))
    assert answer.status_code == 404
    assert answer.json()["type"] == "/problems/branch-not-found"


@pytest.mark.parametrize(
    "path",
    [
        *(f"/v1/agents/nobody/{path}" for path in PATHS),
        *(f"/v1/agents/{UUID(int=1)}/{path}?day=yesterday" for path in PATHS),
        *(f"/v1/agents/{UUID(int=1)}/{path}?day=9999-12-31" for path in PATHS),
        f"/v1/agents/{UUID(int=1)}/trail?tolerance_m=-1",
        f"/v1/agents/{UUID(int=1)}/trail?tolerance_m=nan",
        "/v1/branches/B1/day-reports?day=1999-12-31",
        "/v1/branches/B1/day-reports?format=xlsx",
    ],
)
async def test_bad_input_gets_a_problem(client: httpx.AsyncClient, scene: Scene, path: str) -> None:
    answer = await client.get(path, headers=bearer(scene.token))
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    (error,) = answer.json()["errors"]
    assert error["field"] in ("agent_id", "day", "tolerance_m", "format")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("day", ["2000-01-01", "2026-11-24", "2100-01-01"])
async def test_a_day_without_pings_is_an_empty_one(
    client: httpx.AsyncClient, scene: Scene, path: str, day: str
) -> None:
    await get(client, scene.token, f"/v1/agents/{scene.agent_id}/{path}?day={day}")


def test_what_is_not_a_number_is_left_out_of_both_exports() -> None:
    seen = Way().go(500, 0).seen(20)
    seen.accuracies_m[:] = np.nan
    columns = seen.columns()
    columns[4][:] = np.nan
    trail = trail_of(day_pings(*columns, now_s=np.inf))
    text = "".join(gpx(trail, "x"))
    assert "<ele>" not in text
    assert "nan" not in text
    agent = WorkingAgent(UUID(int=1), "x", "x", "UTC")
    (stretch,) = trail_collection(agent, MONDAY_NINE.date(), trail)["features"]
    assert set(stretch["properties"]["accuracies_m"]) == {None}
