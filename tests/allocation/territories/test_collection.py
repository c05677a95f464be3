"""Files of territories: read as far as they can be, with what is wrong by its place."""

import json
from typing import Any

import pytest

from allocation.territories.collection import read_collection, read_pincodes
from core.errors import InvalidField

SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [0, 1], [1, 1], [1, 0], [0, 0]]]}


def file_of(*features: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def feature(geometry: Any = SQUARE, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": {"code": "T-1", **properties}}


def test_what_is_left_out_has_what_is_usual() -> None:
    (found,), faults = read_collection(file_of(feature()))
    assert (found.code, found.name, found.precedence) == ("T-1", "T-1", 100)
    assert (found.pincodes, found.agents, faults) == ((), None, [])


def test_a_territory_may_be_pin_codes_only() -> None:
    (found,), _ = read_collection(file_of(feature(None, pincodes=["17 80", "1781", "1781"])))
    assert (found.shape, found.pincodes) == (None, ("17 80", "1781"))


@pytest.mark.parametrize(
    ("bad", "named"),
    [
        (7, "type"),
        (feature(code=""), "properties.code"),
        (feature(code=True), "properties.code"),
        (feature(code="a b"), "properties.code"),
        (feature(name=7), "properties.name"),
        (feature(precedence=0), "properties.precedence"),
        (feature(precedence=True), "properties.precedence"),
        (feature(pincodes="1780"), "properties.pincodes"),
        (feature(pincodes=["|"]), "properties.pincodes"),
        (feature(agents=[7]), "properties.agents"),
        (feature(None), "geometry"),
        (feature({"type": "Point"}), "geometry.type"),
    ],
)
def test_a_bad_feature_is_named_and_the_others_are_read(bad: Any, named: str) -> None:
    read, faults = read_collection(file_of(bad, feature(code="T-2")))
    assert [each.code for each in read] == ["T-2"]
    assert [(fault.index, fault.field) for fault in faults] == [(0, named)]


def test_a_code_comes_once() -> None:
    read, faults = read_collection(file_of(feature(), feature()))
    assert (len(read), faults[0].index, faults[0].field) == (1, 1, "properties.code")


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff", b"[]", b'{"type": "Feature"}', file_of(), b'{"a": NaN}', b"[" * 100_000],
)
def test_what_is_no_collection_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidField):
        read_collection(content)


def test_other_coordinates_than_degrees_are_refused() -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}
    content = json.dumps({"type": "FeatureCollection", "crs": crs, "features": [feature()]})
    with pytest.raises(InvalidField, match="WGS84"):
        read_collection(content.encode())


def test_pin_codes_are_gathered_by_territory_and_bad_lines_are_numbered() -> None:
    content = "\ufeffTerritory;Pincode;note\nT-1;1780;x\nT-1;1781\nT-1;1780\n;1\nT-2;|\n"
    found, faults = read_pincodes(content.encode())
    assert found == {"T-1": ["1780", "1781"]}
    assert [(f.index, f.field) for f in faults] == [(5, "territory"), (6, "pincode")]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"a,b\n1,2\n"])
def test_what_has_no_such_columns_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidField):
        read_pincodes(content)
