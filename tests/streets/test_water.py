import numpy as np
import pytest
import shapely

from core.geometry import LatLon
from streets.water import DRY, Water
from tests.streets.small_city import at


def box(west_m: float, south_m: float, east_m: float, north_m: float) -> shapely.Geometry:
    (south, west), (north, east) = at(west_m, south_m), at(east_m, north_m)
    return shapely.box(west, south, east, north)


RIVER = Water([shapely.union_all([box(0, 40, 400, 60), box(0, 70, 400, 85)])], LatLon(*at(0, 0)))


@pytest.mark.parametrize(
    ("start", "end", "wet"),
    [
        ((100, 0), (100, 30), False),
        ((100, 0), (100, 58), False),  # 18 m: a quay, or a geocode that is a little off
        ((100, 61), (100, 69), False),
        ((100, 0), (100, 79), True),  # 20 m of one arm and 9 m of the other
        ((500, 0), (500, 100), False),
        ((100, 50), (130, 50), True),
    ],
)
def test_a_line_is_wet_with_more_than_20_m_of_water_in_all(
    start: tuple[float, float], end: tuple[float, float], wet: bool
) -> None:
    (lat, lon), (to_lat, to_lon) = at(*start), at(*end)
    columns = [np.array([value, value]) for value in (lat, lon, to_lat, to_lon)]
    assert RIVER.lies_between(*columns).tolist() == [wet, wet]
    assert DRY.lies_between(*columns).tolist() == [False, False]


def test_no_lines_are_not_wet() -> None:
    none = np.empty(0)
    assert RIVER.lies_between(none, none, none, none).tolist() == []
