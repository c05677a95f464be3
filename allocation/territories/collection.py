"""Files of territories: a GeoJSON FeatureCollection, and a CSV of territories and pin codes."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from allocation.territories.shape import NotRight, shape_in
from allocation.territories.territory import (
    CODE,
    MOST_PINCODES,
    PINCODE,
    USUAL_PRECEDENCE,
)
from core.errors import InvalidField
from core.said import say

MOST_BYTES = 20 * 1024 * 1024
MOST_FEATURES = 5_000
MOST_LINES = 200_000
MOST_AGENTS = 100


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature that can be read, by its place in the file (from 0).

    `agents` are usernames, None where the file says nothing of them.
    """

    index: int
    code: str
    name: str
    shape: bytes | None
    is_mended: bool
    pincodes: tuple[str, ...]
    precedence: int
    agents: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Fault:
    """What cannot be used: its place in the file (a feature from 0, a line from 1), the member or
    column, and what would be right."""

    index: int
    field: str
    expected: str


def read_collection(content: bytes) -> tuple[list[Feature], list[Fault]]:
    """The territories of a FeatureCollection, and what is wrong with the other features.

    Raises `InvalidField` for what is no FeatureCollection at all.
    """
    read: list[Feature] = []
    faults: list[Fault] = []
    seen: set[str] = set()
    for index, feature in enumerate(_features(content)):
        try:
            found = _feature(index, feature)
            if found.code in seen:
                raise NotRight("properties.code", "a code that no other feature of the file has")
            seen.add(found.code)
            read.append(found)
        except NotRight as fault:
            faults.append(Fault(index, *fault.args))
    return read, faults


def _features(content: bytes) -> Sequence[Any]:
    if len(content) > MOST_BYTES:
        raise InvalidField("body", say("at most 20 MB; send it in parts"))
    try:
        document = json.loads(content.decode("utf-8-sig"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise InvalidField("body", say("GeoJSON: one FeatureCollection, in UTF-8")) from None
    if not isinstance(document, dict) or document.get("type") != "FeatureCollection":
        raise InvalidField("type", say('"FeatureCollection"'))
    crs = str(document.get("crs", "CRS84"))
    if "CRS84" not in crs and "4326" not in crs:
        raise InvalidField("crs", say("longitudes and latitudes of WGS84; export the file again"))
    features = document.get("features")
    if not isinstance(features, list) or not 1 <= len(features) <= MOST_FEATURES:
        raise InvalidField(
            "features",
            say("a list of 1 to {most_features:,} features", most_features=MOST_FEATURES),
        )
    return features


def _refuse(constant: str) -> float:
    raise ValueError(constant)


def _feature(index: int, feature: Any) -> Feature:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise NotRight("type", '"Feature"')
    properties = feature.get("properties")
    told = properties if isinstance(properties, dict) else {}
    code = code_in(told.get("code"))
    name = told.get("name") or code
    if not isinstance(name, str) or not 1 <= len(name.strip()) <= 200 or not name.isprintable():
        raise NotRight("properties.name", "1 to 200 printable characters")
    precedence = told.get("precedence")
    precedence = USUAL_PRECEDENCE if precedence is None else precedence
    if type(precedence) is not int or not 1 <= precedence <= 1000:
        raise NotRight("properties.precedence", "a whole number from 1 to 1000")
    pincodes = _texts(told.get("pincodes"), "pincodes", MOST_PINCODES)
    wrong = next((each for each in pincodes if not PINCODE.fullmatch(each)), None)
    if wrong is not None:
        raise NotRight("properties.pincodes", f"letters, digits, blanks and -; not {wrong[:40]!r}")
    geometry = feature.get("geometry")
    if geometry is None and not pincodes:
        raise NotRight("geometry", "a Polygon or MultiPolygon, or pincodes in its properties")
    shape = None if geometry is None else shape_in(geometry)
    agents = told.get("agents")
    return Feature(
        index, code, name.strip(), shape and shape.wkb, shape is not None and shape.is_mended,
        tuple(sorted(set(pincodes))), precedence,
        None if agents is None else tuple(_texts(agents, "agents", MOST_AGENTS)),
    )  # fmt: skip


def code_in(told: Any) -> str:
    """A territory's code. Raises `NotRight`."""
    code = str(told).strip() if isinstance(told, str | int) and not isinstance(told, bool) else ""
    if not CODE.fullmatch(code):
        raise NotRight("properties.code", "1 to 40 letters, digits, dots, _ and -")
    return code


def _texts(told: Any, name: str, most: int) -> list[str]:
    if told is None:
        return []
    if not isinstance(told, list) or len(told) > most or not all(isinstance(t, str) for t in told):
        raise NotRight(f"properties.{name}", f"a list of at most {most:,} texts")
    return [each.strip() for each in told]


def read_pincodes(content: bytes) -> tuple[dict[str, list[str]], list[Fault]]:
    """The pin codes of each territory in a CSV with the columns `territory` and `pincode`.

    Lines that cannot be used come back with their number. Raises `InvalidField` for what is no such
    file.
    """
    if len(content) > MOST_BYTES:
        raise InvalidField("body", say("at most 20 MB; send it in parts"))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidField("body", say("a CSV in UTF-8")) from None
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    lines = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    named = {str(name).strip().lower(): name for name in lines.fieldnames or ()}
    if not {"territory", "pincode"} <= named.keys():
        raise InvalidField("body", say("a first line with the columns territory and pincode"))
    found: dict[str, list[str]] = {}
    faults: list[Fault] = []
    try:
        for line in lines:
            if lines.line_num > MOST_LINES:
                raise InvalidField(
                    "body", say("at most {most_lines:,} lines", most_lines=MOST_LINES)
                )
            code = (line[named["territory"]] or "").strip()
            pincode = (line[named["pincode"]] or "").strip()
            if not CODE.fullmatch(code):
                expected = say("1 to 40 letters, digits, dots, _ and -")
                faults.append(Fault(lines.line_num, "territory", expected))
            elif not PINCODE.fullmatch(pincode):
                expected = say("1 to 20 letters, digits, blanks and -")
                faults.append(Fault(lines.line_num, "pincode", expected))
            else:
                found.setdefault(code, []).append(pincode)
    except csv.Error as error:
        raise InvalidField(
            "body", say("a CSV ({error} in line {line_num})", error=error, line_num=lines.line_num)
        ) from None
    for code, pincodes in found.items():
        found[code] = sorted(set(pincodes))
        if len(found[code]) > MOST_PINCODES:
            raise InvalidField(
                "body",
                say(
                    "at most {most_pincodes:,} pin codes in {code}",
                    most_pincodes=MOST_PINCODES,
                    code=code,
                ),
            )
    return found, faults
