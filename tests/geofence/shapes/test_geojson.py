"""GeoJSON from people's drawing programs."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidField
from geofence.polygon import area_m2
from geofence.shapes.geojson import NotRight, polygon_in, read_collection
from tests.geofence.shapes.outlines import box, ring

RING = [list(position) for position in ring(box(60, 40))]


def feature(geometry: Any = None, **properties: Any) -> dict[str, Any]:
    shape = geometry or {"type": "Polygon", "coordinates": [RING]}
    return {"type": "Feature", "geometry": shape, "properties": properties}


def collection(*features: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def test_a_feature_names_whose_premises_it_is() -> None:
    read, faults = read_collection(
        collection(feature(customer_id="C1", note="gate"), feature(loan_account_no=42))
    )
    assert faults == []
    assert [(one.index, one.key, one.value) for one in read] == [
        (0, "customer_id", "C1"),
        (1, "loan_account_no", "42"),
    ]
    assert area_m2(read[0].polygon) == pytest.approx(2400, rel=1e-3)


def test_heights_a_multipolygon_of_one_part_and_clockwise_rings_are_taken() -> None:
    tall = {"type": "Polygon", "coordinates": [[[*position, 12.5] for position in RING]]}
    multi = {"type": "MultiPolygon", "coordinates": [[RING[::-1]]]}
    plain = {"type": "Polygon", "coordinates": [RING]}
    assert polygon_in(tall) == polygon_in(plain)
    assert area_m2(polygon_in(multi)) == pytest.approx(area_m2(polygon_in(plain)))


@pytest.mark.parametrize(
    ("changed", "field", "expected"),
    [
        ("nothing", "type", '"Feature"'),
        ({"type": "Feature", "geometry": {}}, "properties", "customer_id"),
        (feature(customer_id="1", address_id="2"), "properties", "one of"),
        (feature(address_id="7"), "properties.address_id", "id of an address"),
        (feature(customer_id=[1]), "properties.customer_id", "text"),
        (feature(customer_id="a\x00b"), "properties.customer_id", "printable"),
        (feature(customer_id="\ud800"), "properties.customer_id", "printable"),
        (feature({"type": "Point"}, customer_id="1"), "geometry.type", "Polygon"),
        (
            feature({"type": "MultiPolygon", "coordinates": [[RING], [RING]]}, customer_id="1"),
            "geometry.type", "one outline",
        ),
        (feature({"type": "Polygon"}, customer_id="1"), "geometry.coordinates", "outer ring"),
        (
            feature({"type": "Polygon", "coordinates": [[[0, 0], [1, "a"]]]}, customer_id="1"),
            "geometry.coordinates[0][1]", "[longitude, latitude]",
        ),
        (
            feature({"type": "Polygon", "coordinates": [[[-29.9, -171.2]]]}, customer_id="1"),
            "geometry.coordinates[0][0]", "swapped",
        ),
        (
            feature({"type": "Polygon", "coordinates": [RING[:3]]}, customer_id="1"),
            "geometry.coordinates", "four positions",
        ),
    ],
)  # fmt: skip
def test_a_bad_feature_is_named_by_its_place_with_what_would_be_right(
    changed: Any, field: str, expected: str
) -> None:
    read, (fault,) = read_collection(collection(feature(customer_id="C1"), changed))
    assert len(read) == 1
    assert (fault.index, fault.field) == (1, field)
    assert expected in fault.expected


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (b"", "body"),
        (b"\xff\xfe{", "body"),
        (b"[" * 100_000, "body"),
        (b'{"type":"FeatureCollection","features":[NaN]}', "body"),
        (b"[1]", "type"),
        (b'{"type":"Feature"}', "type"),
        (b'{"type":"FeatureCollection","features":[]}', "features"),
        (b'{"type":"FeatureCollection","features":{}}', "features"),
        (b'{"type":"FeatureCollection","crs":{"name":"EPSG:3857"},"features":[1]}', "crs"),
    ],
)
def test_what_is_no_collection_is_refused_whole(content: bytes, field: str) -> None:
    with pytest.raises(InvalidField) as refused:
        read_collection(content)
    assert refused.value.field == field


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=20,
)
POSITION = st.lists(st.floats(-200, 200) | st.floats(-71.26, -71.24), min_size=1, max_size=4)


@given(geometry=ANYTHING | st.fixed_dictionaries(
    {"type": st.sampled_from(["Polygon", "MultiPolygon"]),
     "coordinates": ANYTHING | st.lists(st.lists(POSITION, max_size=8), max_size=3)}
))  # fmt: skip
def test_whatever_comes_is_a_polygon_or_says_why_not(geometry: Any) -> None:
    try:
        assert area_m2(polygon_in(geometry)) > 0
    except NotRight as fault:
        name, expected = fault.args
        assert name
        assert expected


@given(content=st.binary(max_size=200) | ANYTHING.map(lambda x: json.dumps(x).encode())
       | st.lists(ANYTHING, min_size=1, max_size=4).map(lambda x: collection(*x)))  # fmt: skip
def test_whatever_file_comes_is_read_or_refused(content: bytes) -> None:
    try:
        read, faults = read_collection(content)
    except InvalidField:
        return
    assert {one.index for one in read}.isdisjoint(fault.index for fault in faults)
