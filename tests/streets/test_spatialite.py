import struct

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidField
from streets.spatialite import geometries, wkb

coordinates = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


def blob(points: list[tuple[float, float]], order: str = "<", srid: int = 4326) -> bytes:
    """A line as SpatiaLite stores one."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    flat = [value for point in points for value in point]
    head = struct.pack(f"{order}bbi4d", 0, order == "<", srid, min(xs), min(ys), max(xs), max(ys))
    body = struct.pack(f"{order}ii{len(flat)}d", 2, len(points), *flat)
    return head + b"\x7c" + body + b"\xfe"


@given(st.lists(coordinates, min_size=2, max_size=20), st.sampled_from("<>"))
def test_a_line_survives_its_blob(points: list[tuple[float, float]], order: str) -> None:
    assert list(geometries([blob(points, order)])[0].coords) == points


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"\x00" * 60,
        blob([(0, 0), (1, 1)])[:-1],
        b"\x01" + blob([(0, 0), (1, 1)])[1:],
        shapely.to_wkb(shapely.Point(1, 2)),
    ],
)
def test_other_bytes_are_refused(broken: bytes) -> None:
    with pytest.raises(InvalidField, match="SpatiaLite"):
        wkb(broken)


def test_other_coordinates_are_refused() -> None:
    with pytest.raises(InvalidField, match="4326"):
        wkb(blob([(0, 0), (1, 1)], srid=32719))
