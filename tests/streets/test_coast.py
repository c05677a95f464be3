from collections.abc import Sequence

import shapely
from shapely.geometry.base import BaseGeometry

from streets.coast import sea

BOX = (0.0, 0.0, 10.0, 10.0)


def wet(*lines: Sequence[tuple[float, float]]) -> BaseGeometry:
    return sea(lines, BOX)


def test_the_sea_is_on_the_right_of_the_coast() -> None:
    # Going north with the land on the left: the sea is in the east.
    assert wet([(5, -1), (5, 11)]).equals(shapely.box(5, 0, 10, 10))
    assert wet([(5, 11), (5, -1)]).equals(shapely.box(0, 0, 5, 10))


def test_a_coast_in_pieces_is_one_coast() -> None:
    assert wet([(5, -1), (5, 4)], [(5, 4), (5, 11)]).equals(shapely.box(5, 0, 10, 10))


def test_a_line_clipped_just_before_the_box_goes_on_to_it() -> None:
    water = wet([(5, 0.001), (5, 9.999)])
    assert water.symmetric_difference(shapely.box(5, 0, 10, 10)).area < 1e-9


def test_a_line_that_ends_in_the_middle_says_nothing() -> None:
    assert wet([(5, -1), (5, 4)]).is_empty


def test_an_island_is_dry_and_the_strait_behind_it_wet() -> None:
    island = [(6, 4), (8, 4), (8, 6), (6, 6), (6, 4)]  # counter-clockwise: land inside
    water = wet([(5, -1), (5, 11)], island)
    assert not water.intersects(shapely.Point(7, 5))
    assert water.contains(shapely.Point(9, 5))
    assert water.contains(shapely.Point(5.5, 5))


def test_two_coasts_of_a_strait() -> None:
    water = wet([(3, -1), (3, 11)], [(7, 11), (7, -1)])
    assert water.equals(shapely.box(3, 0, 7, 10))


def test_without_a_coast_there_is_no_sea() -> None:
    assert wet().is_empty
    assert wet([(20, 20), (30, 30)]).is_empty
