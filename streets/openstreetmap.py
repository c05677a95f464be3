"""The streets of a named place, asked of Nominatim (where it is) and Overpass (what is in it).

Both are public servers that many share. They are asked one question at a time, told who asks, and
waited for when they are busy. What they have answered is kept on disk and not asked for again.
"""

import hashlib
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import shapely
from shapely.geometry.base import BaseGeometry

from streets.access import access
from streets.errors import NoStreets, StreetsUnavailable, UnknownPlace
from streets.graph import Place
from streets.osm_file import PLACE_KINDS, way_of
from streets.raw import RawStreets

TRIES = 5
BUSY = {429, 502, 503, 504}
_BUSY_S = 15.0  # after a first refusal that does not say how long to wait; then twice as long, …
_LONGEST_WAIT_S = 120.0
_MOST_DEG2 = 0.25  # a larger area is asked for in parts: some 50 km by 50 km
_OUTLINE_DEG = 0.0003  # about 30 m: streets at the edge of a place are not worth a longer question
_SLOTS = re.compile(r"^(\d+) slots? available now", re.MULTILINE)
_NEXT_SLOT = re.compile(r"^Slot available after: .*?, in (-?\d+) seconds", re.MULTILINE)
_HEADERS = {"User-Agent": "roundsman (self-hosted field collection)"}


@dataclass(frozen=True, slots=True)
class Servers:
    """Whom to ask. With `waits_for_slots` Overpass tells at ``/status`` when it has room."""

    nominatim_url: str
    overpass_url: str
    timeout_s: float = 180.0
    waits_for_slots: bool = True
    pause: Callable[[float], None] = time.sleep


Told = Callable[[float], None]
"""Told how much of the answers has come, 0 to 1."""


def read_place(place: str, servers: Servers, cache_dir: Path, told: Told) -> RawStreets:
    """Streets, paths and named localities inside a place, of all parts of it.

    Raises `UnknownPlace` where nothing of that name has an outline, `NoStreets` where nothing in it
    is open to anybody, and `StreetsUnavailable` when a server cannot be reached, stays busy, or
    breaks off: half of a city's streets is never taken for all of them.
    """
    asked = _Asked(place, servers, cache_dir)
    with httpx.Client(timeout=servers.timeout_s + 30, headers=_HEADERS) as client:
        parts = _parts(_outline(place, asked.nominatim(client)))
        elements: dict[tuple[str, int], Mapping[str, Any]] = {}
        for number, part in enumerate(parts):
            told(number / len(parts))
            for element in asked.overpass(client, _question(part, servers.timeout_s)):
                elements[element["type"], element["id"]] = element
    return _raw(place, elements)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Questions about one place. An answer that is complete is kept, and not asked for again."""

    place: str
    servers: Servers
    cache_dir: Path

    def nominatim(self, client: httpx.Client) -> Any:
        url = self.servers.nominatim_url.rstrip("/") + "/search"
        query = {"q": self.place, "format": "json", "polygon_geojson": "1", "limit": "10"}
        return self._kept(url + json.dumps(query), lambda: client.get(url, params=query))

    def overpass(self, client: httpx.Client, question: str) -> list[Mapping[str, Any]]:
        base = self.servers.overpass_url.rstrip("/")

        def ask() -> httpx.Response:
            if self.servers.waits_for_slots:
                self._wait_for_slot(client, base + "/status")
            return client.post(base + "/interpreter", data={"data": question})

        answer = self._kept(base + question, ask)
        elements = answer.get("elements") if isinstance(answer, dict) else None
        if not isinstance(elements, list):
            raise StreetsUnavailable(self.place, "Overpass did not answer with map data")
        return elements

    def _kept(self, question: str, ask: Callable[[], httpx.Response]) -> Any:
        path = self.cache_dir / f"{hashlib.sha256(question.encode()).hexdigest()}.json"
        if path.is_file():
            return json.loads(path.read_bytes())
        response = self._patiently(ask)
        try:
            answer = response.json()
        except ValueError as reason:
            raise StreetsUnavailable(self.place, "an answer that is no JSON") from reason
        if isinstance(answer, dict) and answer.get("remark"):
            # Overpass answers 200 with what it had until it ran out of time or memory.
            raise StreetsUnavailable(self.place, f"broken off: {answer['remark']}")
        if answer:
            self.cache_dir.mkdir(parents=True, exist_ok=True)
            unfinished = path.with_suffix(".part")
            unfinished.write_bytes(response.content)
            unfinished.replace(path)
        return answer

    def _patiently(self, ask: Callable[[], httpx.Response]) -> httpx.Response:
        """An answer with status 200, asked for again while the server is busy or out of reach."""
        said, wait_s = "", 0.0
        for attempt in range(TRIES):
            if attempt:
                self.servers.pause(min(wait_s, _LONGEST_WAIT_S))
            wait_s = _BUSY_S * 2**attempt
            try:
                response = ask()
            except httpx.HTTPError as reason:
                said = type(reason).__name__
                continue
            if response.status_code == httpx.codes.OK:
                return response
            said = f"HTTP {response.status_code}"
            if response.status_code not in BUSY:
                break
            told_s = response.headers.get("Retry-After", "")
            wait_s = float(told_s) if told_s.isdecimal() else wait_s
        raise StreetsUnavailable(self.place, said)

    def _wait_for_slot(self, client: httpx.Client, url: str) -> None:
        """Until Overpass has room for one more question; one that does not tell is just asked."""
        for _ in range(TRIES):
            status = client.get(url)
            free, next_ = _SLOTS.search(status.text), _NEXT_SLOT.findall(status.text)
            if status.status_code != httpx.codes.OK or (free and int(free[1])) or not next_:
                return
            self.servers.pause(min(max(1.0, min(map(float, next_)) + 1), _LONGEST_WAIT_S))


def _outline(place: str, found: Any) -> BaseGeometry:
    """Of the first find that has one; a place may be many islands."""
    for one in found if isinstance(found, list) else []:
        shape = one.get("geojson", {})
        if shape.get("type") in ("Polygon", "MultiPolygon"):
            return shapely.make_valid(shapely.from_geojson(json.dumps(shape)))
    raise UnknownPlace(place)


def _parts(outline: BaseGeometry) -> list[BaseGeometry]:
    """Polygons small enough to be asked for, which together hold the whole outline."""
    pieces = [p for p in shapely.get_parts(outline).tolist() if p.geom_type == "Polygon"]
    parts: list[BaseGeometry] = []
    while pieces:
        piece = pieces.pop()
        if piece.area <= _MOST_DEG2:
            around = shapely.simplify(piece.buffer(_OUTLINE_DEG), _OUTLINE_DEG)
            parts.append(shapely.Polygon(around.exterior))
            continue
        west, south, east, north = piece.bounds
        if east - west > north - south:
            half = shapely.box(west, south, (west + east) / 2, north)
        else:
            half = shapely.box(west, south, east, (south + north) / 2)
        cut = (piece.intersection(half), piece.difference(half))
        pieces += [p for side in cut for p in shapely.get_parts(side) if p.geom_type == "Polygon"]
    return parts


def _question(area: BaseGeometry, timeout_s: float) -> str:
    """In Overpass QL: all ways with a class of road that touch the area, with all their nodes."""
    ring = " ".join(f"{lat:.5f} {lon:.5f}" for lon, lat in shapely.get_coordinates(area).tolist())
    return (
        f"[out:json][timeout:{timeout_s:.0f}];"
        f'(way["highway"](poly:"{ring}");>;node["place"]["name"](poly:"{ring}"););out;'
    )


def _raw(place: str, elements: Mapping[tuple[str, int], Mapping[str, Any]]) -> RawStreets:
    nodes = {
        ref: (float(node["lat"]), float(node["lon"]))
        for (kind, ref), node in elements.items()
        if kind == "node"
    }
    places = [
        Place(tags["name"], tags["place"], *nodes[ref])
        for (kind, ref), element in elements.items()
        if kind == "node" and (tags := element.get("tags", {})).get("place") in PLACE_KINDS
        if tags.get("name")
    ]
    ways = [
        way_of(element["tags"], tuple(ref for ref in element["nodes"] if ref in nodes))
        for (kind, _), element in elements.items()
        if kind == "way" and any(access(element.get("tags", {})))
    ]
    used = {ref for way in ways for ref in way.nodes}
    if not ways:
        raise NoStreets(place)
    kept = {ref: at for ref, at in nodes.items() if ref in used}
    return RawStreets(place, kept, ways, tuple(places))
