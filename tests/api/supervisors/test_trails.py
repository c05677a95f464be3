"""Trails and their exports over HTTP."""

import re
from typing import Any
from uuid import UUID

import httpx
import numpy as np
import pytest
from defusedxml.ElementTree import fromstring

from data.session import EVERYTHING, Database
from identity.principal import Role
from map_ui.trail_view import trail_collection
from tests.api.conftest import bearer
from tests.api.supervisors.scenes import HOUR, Scene, a_scene, rfc3339
from tests.api.supervisors.tours import get, pings_of, send, tour
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_person, a_token, an_agent
from tests.tracking.trails.walks import Way
from tracking.trails.day_pings import day_pings
from tracking.trails.day_report import WorkingAgent
from tracking.trails.gpx import gpx
from tracking.trails.trail import trail_of

GPX = "{http://www.topografix.com/GPX/1/1}"
OURS = "{urn:roundsman:gpx:1}"


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


async def test_a_line_tells_how_fast_each_part_of_it_went(
    later: httpx.AsyncClient, scene: Scene
) -> None:
    way = Way().go(600, 0, 3.0).wait(600).go(600, 600, 12.0)
    await send(later, scene.key, pings_of(way))
    trail = (await get(later, scene.token, f"/v1/agents/{scene.agent_id}/trail")).json()
    (speeds,) = trail["properties"]["speeds_mps"]
    assert len(speeds) == len(trail["geometry"]["coordinates"]) - 1
    # Ten minutes at a door make nothing slow: between them and the ride there is a stop.
    assert speeds[0] == pytest.approx(3, rel=0.2)
    assert max(speeds) == pytest.approx(12, rel=0.2)
    assert min(speeds) > 1


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


PATHS = ("trail", "trail.gpx", "trail.geojson", "day-report")


@pytest.mark.parametrize("path", PATHS)
async def test_nobody_of_another_branch_is_followed(
    client: httpx.AsyncClient, database: Database, scene: Scene, path: str
) -> None:
    other = await a_scene(database)
    answer = await client.get(f"/v1/agents/{other.agent_id}/{path}", headers=bearer(scene.token))
    assert answer.status_code == 404
    assert answer.json()["type"] == "/problems/agent-not-found"


@pytest.mark.parametrize(
    "path",
    [
        *(f"/v1/agents/nobody/{path}" for path in PATHS),
        *(f"/v1/agents/{UUID(int=1)}/{path}?day=yesterday" for path in PATHS),
        *(f"/v1/agents/{UUID(int=1)}/{path}?day=9999-12-31" for path in PATHS),
        f"/v1/agents/{UUID(int=1)}/trail?tolerance_m=-1",
        f"/v1/agents/{UUID(int=1)}/trail?tolerance_m=nan",
        "/v1/branches/B1/day-reports?day=1969-12-31",
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
