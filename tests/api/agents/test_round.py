"""The agent's round over HTTP: kept until it changes, as GeoJSON, with links and hours to tell."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
import pytest

from data.session import EVERYTHING, Database
from routing.underway.follow_rounds import follow_rounds
from routing.underway.replan import replan_rounds
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import a_person, a_token, an_agent
from tests.routing.underway.scenes import CITIES, DAY, Day, a_day, is_at, solve_all, visits, wants


@dataclass
class Riding:
    """An agent with a round, and who may ask."""

    day: Day
    agent: str
    supervisor: str


@pytest.fixture
async def riding(database: Database) -> Riding:
    async with database.transaction(EVERYTHING) as session:
        day = await a_day(session)
        await is_at(session, day, (0, 0), MONDAY_NINE)
        agent = await a_token(session, day.agent)
        return Riding(day, agent, await a_token(session, await a_person(session, day.branch)))


async def ask(
    client: httpx.AsyncClient, token: str, tag: str | None = None, path: str = "/v1/agent/round"
) -> httpx.Response:
    headers = bearer(token) | ({"If-None-Match": tag} if tag else {})
    return await client.get(path, headers=headers)


@pytest.mark.parametrize("path", ["/v1/agent/round", "/v1/agent/round.geojson"])
async def test_an_unchanged_round_costs_nothing(
    client: httpx.AsyncClient, riding: Riding, path: str
) -> None:
    first = await ask(client, riding.agent, path=path)
    assert first.status_code == 200
    assert first.headers["cache-control"] == "private, no-cache"
    tag = first.headers["etag"]
    assert tag.startswith('"')
    again = await ask(client, riding.agent, tag, path)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == tag
    assert (await ask(client, riding.agent, f'"other", W/{tag}', path)).status_code == 304
    assert (await ask(client, riding.agent, '"other"', path)).status_code == 200


async def test_a_visit_and_a_new_plan_change_the_tag(
    client: httpx.AsyncClient, riding: Riding, database: Database
) -> None:
    tags = [(await ask(client, riding.agent)).headers["etag"]]
    async with database.transaction(EVERYTHING) as session:
        await visits(session, riding.day, riding.day.order[0], MONDAY_NINE, None)
    tags.append((await ask(client, riding.agent, tags[-1])).headers["etag"])
    async with database.transaction(EVERYTHING) as session:
        await replan_rounds(session, [riding.day.agent], DAY, CITIES, solve_all, MONDAY_NINE)
    tags.append((await ask(client, riding.agent, tags[-1])).headers["etag"])
    assert len(set(tags)) == 3


async def test_the_round_as_geojson_runs_along_the_streets(
    client: httpx.AsyncClient, riding: Riding
) -> None:
    answer = await ask(client, riding.agent, path="/v1/agent/round.geojson")
    assert answer.headers["content-type"] == "application/geo+json"
    body = answer.json()
    assert body["type"] == "FeatureCollection"
    kinds = [feature["properties"]["kind"] for feature in body["features"]]
    assert kinds == ["way", "stop"] * 4 + ["way_back"]
    for way, stop in zip(body["features"][:-1:2], body["features"][1::2], strict=True):
        assert way["geometry"]["coordinates"][-1] == pytest.approx(
            stop["geometry"]["coordinates"], abs=1e-5
        )


async def test_each_stop_can_be_handed_to_a_map_app_without_saying_whose_it_is(
    client: httpx.AsyncClient, riding: Riding
) -> None:
    stop = (await ask(client, riding.agent)).json()["stops"][0]
    place = f"{stop['lat']:.6f},{stop['lon']:.6f}"
    assert stop["links"]["geo"] == f"geo:{place};u=50"
    assert stop["links"]["android"] == f"geo:{place}?q={place}(Stop%201)"
    assert f"destination={place}" in stop["links"]["google"]
    assert stop["links"]["apple"] == f"https://maps.apple.com/?daddr={place}&dirflg=d"
    assert not any(stop["customer"] in link for link in stop["links"].values())
    assert (stop["geocode_quality"], stop["needs_pin"]) == ("rooftop", False)


async def test_a_customer_is_told_hours_that_hold_the_expected_time_and_keep_to_the_wish(
    client: httpx.AsyncClient, riding: Riding, database: Database
) -> None:
    ten = MONDAY_NINE + timedelta(hours=1)
    wanted = riding.day.cases[2].case_id
    async with database.transaction(EVERYTHING) as session:
        await wants(session, wanted, ten, ten + timedelta(minutes=50))
        await replan_rounds(session, [riding.day.agent], DAY, CITIES, solve_all, MONDAY_NINE)
        await follow_rounds(session, CITIES, MONDAY_NINE)
    told = (await ask(client, riding.agent, path="/v1/agent/round/etas")).json()
    by_case = {stop["case_id"]: stop for stop in told["stops"]}
    assert len(by_case) == 4
    for stop in by_case.values():
        from_, to = (datetime.fromisoformat(stop[name]) for name in ("tell_from", "tell_to"))
        assert from_ <= datetime.fromisoformat(stop["begins_at"]) <= to
        assert from_.minute % 15 == 0
    mine = by_case[str(wanted)]
    assert datetime.fromisoformat(mine["tell_from"]) >= ten
    assert datetime.fromisoformat(mine["tell_to"]) <= ten + timedelta(minutes=50)
    theirs = await ask(client, riding.supervisor, path=f"/v1/cases/{wanted}/arrival-window")
    assert theirs.json() == mine
    all_ = await ask(client, riding.supervisor, path=f"/v1/agents/{riding.day.agent}/round/etas")
    assert all_.json() == told


async def test_without_a_round_or_a_look_it_says_so(
    client: httpx.AsyncClient, riding: Riding, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        idle = await a_token(session, await an_agent(session, riding.day.branch))
    for path in ("/v1/agent/round", "/v1/agent/round.geojson"):
        assert (await ask(client, idle, path=path)).status_code == 404
    nothing = {"looked_at": None, "late_s": 0, "ends_at": None, "stops": []}
    assert (await ask(client, idle, path="/v1/agent/round/etas")).json() == nothing
    case = riding.day.cases[0].case_id
    answer = await ask(client, riding.supervisor, path=f"/v1/cases/{case}/arrival-window")
    assert answer.status_code == 404
