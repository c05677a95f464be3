import numpy as np
import pytest
import shapely

from streets.built_area import built_area, earth, shore
from streets.graph import StreetGraph
from streets.network import from_raw
from streets.raw import RawStreets, Way
from tests.streets.small_city import at, node, small_graph, town, way


def point(east_m: float, north_m: float) -> shapely.Point:
    lat, lon = at(east_m, north_m)
    return shapely.Point(lon, lat)


def square(west_m: float, south_m: float, east_m: float, north_m: float) -> shapely.Polygon:
    low, high = point(west_m, south_m), point(east_m, north_m)
    return shapely.box(low.x, low.y, high.x, high.y)


def with_country_road() -> StreetGraph:
    road = way([node(0, 4), 100], "Camino", highway="tertiary")
    return from_raw(town(road, nodes={100: at(4000, 0)}))


def ring_road(size_m: float) -> StreetGraph:
    corners = {1: at(0, 0), 2: at(size_m, 0), 3: at(size_m, size_m), 4: at(0, size_m)}
    grid: list[Way] = []
    nodes = dict(corners)
    for ring, out_m in enumerate((0, 60, 120, 180, 240)):
        ids = [10 * (ring + 1) + corner for corner in range(4)]
        nodes |= dict(
            zip(
                ids,
                [
                    at(-out_m, -out_m),
                    at(size_m + out_m, -out_m),
                    at(size_m + out_m, size_m + out_m),
                    at(-out_m, size_m + out_m),
                ],
                strict=True,
            )
        )
        grid.append(way([*ids, ids[0]], f"Ring {ring}"))
    spoke = way([10 * (ring + 1) for ring in range(5)], "Spoke")
    return from_raw(RawStreets("Ring", nodes, [*grid, spoke]))


def test_the_town_covers_its_blocks_and_ends_near_its_streets() -> None:
    area = built_area(small_graph())
    assert area.is_valid
    assert all(area.covers(point(50 + 100 * c, 50 + 100 * r)) for c in range(4) for r in range(3))
    assert not area.intersects(point(-200, 150))


def test_a_road_through_the_country_is_no_town() -> None:
    area = built_area(with_country_road())
    assert area.covers(point(200, 150))
    assert not area.intersects(point(2000, 0))


def test_a_large_park_stays_open_and_a_small_yard_does_not() -> None:
    assert not built_area(ring_road(1500)).intersects(point(750, 750))
    assert built_area(ring_road(150)).covers(point(75, 75))


def test_streets_that_make_no_town_give_an_empty_area() -> None:
    nodes = {1: at(0, 0), 2: at(3000, 0)}
    graph = from_raw(RawStreets("Road", nodes, [way([1, 2], "Ruta", highway="trunk")]))
    assert built_area(graph).is_empty


def test_the_earth_is_everything_around_but_the_water() -> None:
    lake = square(600, 600, 900, 900)
    land = earth(small_graph(), lake)
    assert land.covers(point(200, 150))
    assert land.covers(point(20_000, 20_000))
    assert not land.intersects(point(750, 750))
    assert earth(small_graph(), shapely.Polygon()).area == pytest.approx(land.area + lake.area)


def test_the_shore_keeps_off_the_streets_and_loses_its_steps() -> None:
    steps = shapely.union_all(
        [square(-9000, 400 * n, -200 + 200 * (n % 2), 400 * (n + 1)) for n in range(-9, 9)]
    )
    water = shore(small_graph(), steps, coarse_m=200)
    graph = small_graph()
    streets = shapely.MultiPoint(np.stack([graph.shape_lon, graph.shape_lat], axis=1))
    assert not water.intersects(streets)
    assert water.covers(point(-2000, 150))
    assert shapely.get_num_coordinates(water) < 4 * shapely.get_num_coordinates(steps)
    assert water.length < steps.length
