"""Several cities side by side, and networks that are replaced while plans run in them."""

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import shapely

from core.geometry import LatLon
from core.ids import new_id
from data.session import EVERYTHING, Database
from routing.errors import NoStreetsNear
from routing.travel.cities import Cities
from routing.travel.city import doors
from streets import store
from streets.cover import covering
from streets.errors import UnknownNetwork
from streets.graph import StreetGraph
from streets.land import Area
from streets.profile import Profile
from streets.publish import publish
from streets.remove import remove
from streets.store import NetworkInfo
from tests.streets.small_city import SOUTH, WEST, at, small_graph

NOW = datetime(2026, 11, 23, tzinfo=UTC)
HERE = LatLon(SOUTH, WEST)


def elsewhere(name: str, north_deg: float) -> StreetGraph:
    town = small_graph()
    return replace(
        town, name=name, node_lat=town.node_lat + north_deg, shape_lat=town.shape_lat + north_deg
    )


def slower(round_: int) -> StreetGraph:
    """The town as it is built again: with other speeds each time, and so another hash."""
    return replace(small_graph(), edge_speed_kmh=np.full(small_graph().edge_count, 10.0 + round_))


def info(name: str, south: float, west: float, size: float) -> NetworkInfo:
    bounds = (south, west, south + size, west + size)
    return NetworkInfo(new_id(), name, "file", name, 1.0, bounds, NOW)


def test_the_smallest_network_around_a_branch_is_its_city() -> None:
    country, city = info("country", 0, 0, 10), info("city", 4, 4, 1)
    assert covering([country, city], LatLon(4.5, 4.5)) == (city, 0)
    assert covering([city, country], LatLon(2, 2)) == (country, 0)
    nearest, away_m = covering([info("far", 20, 20, 1), city], LatLon(5.2, 4.5))
    assert nearest == city
    assert away_m == pytest.approx(0.2 * 111_195, rel=1e-3)
    assert covering([country, city], None)[0] == country


@pytest.fixture
async def own_database(own_database_url: str) -> AsyncIterator[Database]:
    database = Database(own_database_url)
    yield database
    await database.close()


def kept_in(folder: Path) -> list[str]:
    return [path.stem for path in folder.iterdir()]


async def publish_one(database: Database, graph: StreetGraph, *areas: Area) -> bool:
    async with database.transaction(EVERYTHING) as session:
        return await publish(session, graph, areas, "test", NOW)


async def test_each_branch_works_in_the_city_around_it(
    own_database: Database, tmp_path: Path
) -> None:
    cities = Cities(tmp_path)
    for graph in (small_graph(), elsewhere("North", 5.0)):
        await publish_one(own_database, graph)
    async with own_database.transaction(EVERYTHING) as session:
        south = await cities.at(session, HERE)
        north = await cities.at(session, LatLon(SOUTH + 5.0, WEST))
        assert (south.graph.name, north.graph.name) == ("Small town", "North")
        assert await cities.at(session, LatLon(SOUTH + 4.8, WEST)) is north
        with pytest.raises(NoStreetsNear, match="North, is 2") as refused:
            await cities.at(session, LatLon(SOUTH + 7.0, WEST))
        assert "roundsman streets" in refused.value.detail
        await remove(session, "North")
        with pytest.raises(UnknownNetwork, match="'Small town'"):
            await remove(session, "North")
        assert await cities.at(session, HERE) is south
        assert len(cities.loaded) == 1


async def test_who_plans_in_a_replaced_network_goes_on_and_then_it_leaves_the_memory(
    own_database: Database, tmp_path: Path
) -> None:
    cities = Cities(tmp_path)
    await publish_one(own_database, slower(0))
    async with own_database.transaction(EVERYTHING) as session:
        old = await cities.at(session, HERE)
    at_ = doors(old, [LatLon(*at(30, 8)), LatLon(*at(330, 208))])
    before = old.travel_s(Profile.TWO_WHEELER, at_)
    await publish_one(own_database, slower(20))
    async with own_database.transaction(EVERYTHING) as session:
        new = await cities.at(session, HERE)
    assert new.graph.content_hash != old.graph.content_hash
    assert (old.travel_s(Profile.TWO_WHEELER, at_) == before).all()
    assert new.travel_s(Profile.TWO_WHEELER, at_)[0, 1] < before[0, 1]
    assert cities.loaded == {new.graph.content_hash}
    assert kept_in(tmp_path) == [new.graph.content_hash]
    gone = weakref.ref(old.graph)
    del old, at_
    gc.collect()
    assert gone() is None


async def test_planners_never_miss_a_city_that_is_published_again_and_again(
    own_database: Database, tmp_path: Path
) -> None:
    """Two processes with a folder each and one shared folder, while the network changes."""
    await publish_one(own_database, slower(0))
    finished = asyncio.Event()
    hashes = {slower(n).content_hash for n in range(9)}
    seen: list[str] = []

    async def plan(cities: Cities) -> None:
        while not finished.is_set():
            async with own_database.transaction(EVERYTHING) as session:
                city = await cities.at(session, HERE)
            at_ = doors(city, [LatLon(*at(30, 8)), LatLon(*at(330, 208))])
            assert 0 < city.travel_s(Profile.TWO_WHEELER, at_)[0, 1] < 1_000
            seen.append(city.graph.content_hash)

    shared = [Cities(tmp_path / "shared"), Cities(tmp_path / "shared"), Cities(tmp_path / "own")]
    planners = [asyncio.create_task(plan(cities)) for cities in shared]
    for n in range(1, 9):
        # Of two who publish the same at once, one finds it there.
        both = await asyncio.gather(*(publish_one(own_database, slower(n)) for _ in range(2)))
        assert sorted(both) == [False, True]
        await asyncio.sleep(0.05)
    while slower(8).content_hash not in seen[-3:]:
        assert not any(planner.done() for planner in planners), planners
        await asyncio.sleep(0.02)
    finished.set()
    await asyncio.gather(*planners)
    assert set(seen) <= hashes
    assert len(set(seen)) > 1
    assert all(cities.loaded == {slower(8).content_hash} for cities in shared)
    async with own_database.transaction(EVERYTHING) as session:
        assert [n.graph_hash for n in await store.networks(session)] == [slower(8).content_hash]


async def test_nobody_is_sent_across_the_water_that_the_basemap_shows(
    own_database: Database, tmp_path: Path
) -> None:
    """A channel between the town and a house 80 m off its southern street."""
    (south, west), (north, east) = at(-500, -60), at(900, -20)
    channel = Area("water", "canal", "", shapely.box(west, south, east, north))
    await publish_one(own_database, small_graph(), channel)
    async with own_database.transaction(EVERYTHING) as session:
        city = await Cities(tmp_path).at(session, HERE)
    found = doors(city, [LatLon(*at(130, -80)), LatLon(*at(130, -10)), LatLon(*at(-80, 130))])
    assert found.wet.tolist() == [True, False, False]
    assert found.reachable.tolist() == [False, True, True]
