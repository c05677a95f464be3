"""A street network in the database: graph, tiles, replacement."""

import math
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import shapely
from sqlalchemy import text

from core.geometry import LatLon
from data.session import EVERYTHING, Database
from routing.errors import NoStreets
from routing.travel.cities import Cities
from streets import store
from streets.land import Area
from streets.publish import publish
from tests.api.conftest import bearer
from tests.factories import a_branch, a_person, a_token
from tests.streets.small_city import SOUTH, WEST, small_graph

NOW = datetime(2026, 11, 23, tzinfo=UTC)
LAND = Area("earth", "earth", "", shapely.box(WEST - 0.01, SOUTH - 0.01, WEST + 0.02, SOUTH + 0.02))


async def test_a_network_is_stored_once_and_read_back_the_same(
    database: Database, tmp_path: Path
) -> None:
    graph = small_graph()
    async with database.transaction(EVERYTHING) as session:
        assert await publish(session, graph, [LAND], "town", NOW)
        assert not await publish(session, graph, [LAND], "town", NOW)
        city = await Cities(tmp_path).at(session, LatLon(SOUTH, WEST))
        assert city.graph.content_hash == graph.content_hash
        again = Cities(tmp_path)
        assert (await again.at(session, None)).graph.node_count == graph.node_count


async def test_a_tile_holds_the_streets_with_their_names(
    database: Database,
) -> None:
    async with database.transaction(EVERYTHING) as session:
        await publish(session, small_graph(), [LAND], "town", NOW)
        z, x, y = 15, *_tile(15)
        tile = await store.tile(session, z, x, y)
        assert b"Lautaro" in tile
        assert b"roads" in tile
        assert b"earth" in tile
        assert await store.tile(session, z, 0, 0) == b""


def _tile(z: int) -> tuple[int, int]:
    n = 2**z
    lat = math.radians(SOUTH + 0.001)
    return int((WEST + 0.001 + 180) / 360 * n), int(
        (1 - math.asinh(math.tan(lat)) / math.pi) / 2 * n
    )


async def test_without_streets_planning_says_what_to_do(database: Database, tmp_path: Path) -> None:
    async with database.transaction(EVERYTHING) as session:
        await session.execute(text("DELETE FROM street_network"))
        with pytest.raises(NoStreets) as refused:
            await Cities(tmp_path).at(session, None)
        assert "roundsman streets" in refused.value.detail


async def test_tiles_are_for_staff_and_kept_by_browsers(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        await publish(session, small_graph(), [LAND], "town", NOW)
        token = await a_token(session, await a_person(session, await a_branch(session)))
    x, y = _tile(15)
    assert (await client.get(f"/tiles/15/{x}/{y}.mvt")).status_code == 401
    first = await client.get(f"/tiles/15/{x}/{y}.mvt", headers=bearer(token))
    assert first.status_code == 200
    assert first.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    known = bearer(token) | {"If-None-Match": first.headers["etag"]}
    assert (await client.get(f"/tiles/15/{x}/{y}.mvt", headers=known)).status_code == 304
    off = await client.get("/tiles/3/9/0.mvt", headers=bearer(token))
    assert off.status_code == 422
    assert "0 to 7" in off.text
