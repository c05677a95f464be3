"""Streets of a named place, asked of a server that answers as Nominatim and Overpass do.

The answers have the shape of recorded ones: Nominatim's list of finds with outlines, Overpass's
``version``, ``generator``, ``osm3s`` and ``elements``, and its plain-text page of slots.
"""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import osmnx as ox
import pytest
import shapely

from streets.errors import NoStreets, StreetsUnavailable, UnknownPlace
from streets.network import build
from streets.openstreetmap import TRIES, Servers, read_place
from streets.profile import Profile
from tests.streets.small_city import at, node, small_graph, town

FREE = """Connected as: 1234567890
Current time: 2026-11-23T12:00:00Z
Announced endpoint: gall.openstreetmap.de/
Rate limit: 2
2 slots available now.
Currently running queries (pid, space limit, time limit, start time):
"""
BUSY = """Connected as: 1234567890
Current time: 2026-11-23T12:00:00Z
Announced endpoint: gall.openstreetmap.de/
Rate limit: 2
Slot available after: 2026-11-23T12:00:27Z, in 27 seconds.
Slot available after: 2026-11-23T12:00:09Z, in 9 seconds.
Currently running queries (pid, space limit, time limit, start time):
"""
TIMED_OUT = 'runtime error: Query timed out in "query" at line 1 after 181 seconds.'

Reply = tuple[int, dict[str, str], bytes]


def answer(body: object, status: int = 200, **headers: str) -> Reply:
    content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return status, {name.replace("_", "-"): value for name, value in headers.items()}, content


@dataclass
class FakeOpenStreetMap:
    """What the server answers, one reply after the other and the last again; what it was asked."""

    url: str = ""
    finds: list[Reply] = field(default_factory=lambda: [answer([find()])])
    statuses: list[Reply] = field(default_factory=lambda: [answer(FREE)])
    maps: list[Reply] = field(default_factory=lambda: [answer(overpass(elements()))])
    asked: list[str] = field(default_factory=list)
    paused_s: list[float] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)

    def take(self, replies: list[Reply]) -> Reply:
        return replies.pop(0) if len(replies) > 1 else replies[0]

    def servers(self, waits_for_slots: bool = True) -> Servers:
        return Servers(self.url, self.url + "api", 180, waits_for_slots, self.paused_s.append)


@pytest.fixture
def openstreetmap(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeOpenStreetMap]:
    fake = FakeOpenStreetMap()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path)
            if path.path == "/api/status":
                fake.asked.append("status")
                self.reply(*fake.take(fake.statuses))
            else:
                fake.asked.append(f"{path.path} {parse_qs(path.query)['q'][0]}")
                self.reply(*fake.take(fake.finds))

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"])).decode()
            fake.asked.append(parse_qs(content)["data"][0])
            self.reply(*fake.take(fake.maps))

        def reply(self, status: int, headers: dict[str, str], body: bytes) -> None:
            fake.agents.add(self.headers["User-Agent"])
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    fake.url = f"http://127.0.0.1:{server.server_port}/"
    monkeypatch.setattr(ox.settings, "nominatim_url", fake.url)
    monkeypatch.setattr(ox.settings, "overpass_url", fake.url + "api")
    yield fake
    server.shutdown()
    thread.join()
    server.server_close()


def box(west_m: float, south_m: float, east_m: float, north_m: float) -> Any:
    (south, west), (north, east) = at(west_m, south_m), at(east_m, north_m)
    return shapely.box(west, south, east, north)


def find(outline: Any = None) -> dict[str, Any]:
    outline = outline or box(-300, -300, 800, 800)
    west, south, east, north = outline.bounds
    return {
        "place_id": 1,
        "licence": "Data © OpenStreetMap contributors, ODbL 1.0. http://osm.org/copyright",
        "osm_type": "relation",
        "osm_id": 1,
        "lat": str(south),
        "lon": str(west),
        "class": "boundary",
        "type": "administrative",
        "importance": 0.5,
        "name": "Villa Chica",
        "display_name": "Villa Chica, Chile",
        "boundingbox": [str(south), str(north), str(west), str(east)],
        "geojson": json.loads(shapely.to_geojson(outline)),
    }


def elements(rows: slice = slice(None)) -> list[dict[str, Any]]:
    raw = town()
    ways = raw.ways[rows]
    used = {ref for way in ways for ref in way.nodes}
    nodes = [
        {"type": "node", "id": ref, "lat": lat, "lon": lon}
        for ref, (lat, lon) in raw.nodes.items()
        if ref in used
    ]
    square = {"type": "node", "id": 900, "lat": at(50, 50)[0], "lon": at(50, 50)[1]}
    named = {**square, "tags": {"place": "town", "name": "Villa Chica"}}
    return [
        *nodes,
        named,
        *(
            {
                "type": "way",
                "id": number,
                "nodes": list(way.nodes),
                "tags": {"highway": "residential", "name": way.name},
            }
            for number, way in enumerate(raw.ways)
            if way in ways
        ),
    ]


def overpass(its: list[dict[str, Any]], remark: str | None = None) -> dict[str, Any]:
    body = {
        "version": 0.6,
        "generator": "Overpass API 0.7.62.1 084b4234",
        "osm3s": {"timestamp_osm_base": "2026-11-23T11:59:00Z", "copyright": "ODbL"},
        "elements": its,
    }
    return body | ({"remark": remark} if remark else {})


def read(fake: FakeOpenStreetMap, cache: Path, place: str = "Villa Chica, Chile") -> int:
    """How many ways a place has."""
    return len(read_place(place, fake.servers(), cache, lambda _: None).ways)


def test_a_place_gives_its_streets_and_is_not_asked_for_again(
    openstreetmap: FakeOpenStreetMap, tmp_path: Path
) -> None:
    graph = build("Villa Chica, Chile", tmp_path)
    assert graph.name == "Villa Chica, Chile"
    assert graph.node_count == 20
    assert "Lautaro" in graph.street_names
    assert [place.name for place in graph.places] == ["Villa Chica"]
    search, status, question = openstreetmap.asked
    assert (search, status) == ("/search Villa Chica, Chile", "status")
    assert question.startswith('[out:json][timeout:180];(way["highway"](poly:"-29.9')
    assert all("roundsman" in agent for agent in openstreetmap.agents)
    again = build("Villa Chica, Chile", tmp_path)
    assert again.content_hash == graph.content_hash
    assert len(openstreetmap.asked) == 3


def test_the_tags_of_a_place_are_read_like_those_of_a_file(
    openstreetmap: FakeOpenStreetMap, tmp_path: Path
) -> None:
    steps = {"type": "way", "id": 901, "nodes": [node(0, 0), node(1, 1)]}
    back = {"type": "way", "id": 902, "nodes": [node(1, 0), node(2, 1)]}
    openstreetmap.maps = [
        answer(
            overpass(
                [
                    *elements(),
                    steps | {"tags": {"highway": "steps", "name": "Escalera"}},
                    back | {"tags": {"highway": "residential", "oneway": "-1", "name": "Vuelta"}},
                ]
            )
        )
    ]
    graph = build("Villa Chica, Chile", tmp_path)
    riding = graph.open_to(Profile.TWO_WHEELER)
    of = {
        name: graph.edge_street == graph.street_names.index(name) for name in ("Escalera", "Vuelta")
    }
    assert of["Escalera"].sum() == 2
    assert not riding[of["Escalera"]].any()
    assert graph.edge_from[of["Vuelta"] & riding].tolist() == [node(2, 1) - 1]


def test_all_parts_of_a_place_are_asked_for(
    openstreetmap: FakeOpenStreetMap, tmp_path: Path
) -> None:
    """An archipelago: one find whose outline has two polygons, one question for each."""
    islands = shapely.union_all([box(-50, -50, 250, 350), box(260, -50, 450, 350)])
    openstreetmap.finds = [answer([find(islands)])]
    openstreetmap.maps = [
        answer(overpass(elements(slice(0, 5)))), answer(overpass(elements(slice(4, 9)))),
    ]  # fmt: skip
    graph = build("Villa Chica, Chile", tmp_path)
    assert len([question for question in openstreetmap.asked if "poly" in question]) == 2
    assert graph.edge_count == small_graph().edge_count


def test_an_area_too_large_for_one_question_is_asked_for_in_parts(
    openstreetmap: FakeOpenStreetMap, tmp_path: Path
) -> None:
    openstreetmap.finds = [answer([find(shapely.box(-71.7, -30.3, -70.9, -29.5))])]
    assert read(openstreetmap, tmp_path) == 9
    assert len([question for question in openstreetmap.asked if "poly" in question]) == 4


def test_the_first_find_with_an_outline_counts(
    openstreetmap: FakeOpenStreetMap, tmp_path: Path
) -> None:
    point = find() | {"geojson": {"type": "Point", "coordinates": [-71.25, -29.9]}}
    openstreetmap.finds = [answer([point, find()])]
    assert read(openstreetmap, tmp_path) == 9


@pytest.mark.parametrize("finds", [[], [find() | {"geojson": {"type": "Point"}}]])
def test_a_place_that_nobody_knows_says_so(
    openstreetmap: FakeOpenStreetMap, tmp_path: Path, finds: list[object]
) -> None:
    openstreetmap.finds = [answer(finds)]
    with pytest.raises(UnknownPlace, match="City, Country"):
        build("Zzyzx Nowhere", tmp_path)


def test_a_place_without_streets_says_so(openstreetmap: FakeOpenStreetMap, tmp_path: Path) -> None:
    openstreetmap.maps = [answer(overpass([]))]
    with pytest.raises(NoStreets, match="Villa Chica"):
        build("Villa Chica, Chile", tmp_path)


def test_overpass_is_asked_when_it_has_a_slot(
    openstreetmap: FakeOpenStreetMap, tmp_path: Path
) -> None:
    openstreetmap.statuses = [answer(BUSY), answer(BUSY), answer(FREE)]
    assert read(openstreetmap, tmp_path) == 9
    assert openstreetmap.paused_s == [10, 10]
    assert openstreetmap.asked.count("status") == 3


@pytest.mark.parametrize("status", [answer("no such page", 404), answer("Rate limit: 0\n")])
def test_an_overpass_without_slots_is_just_asked(
    openstreetmap: FakeOpenStreetMap, tmp_path: Path, status: Reply
) -> None:
    openstreetmap.statuses = [status]
    assert read(openstreetmap, tmp_path) == 9
    assert openstreetmap.paused_s == []


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_server_is_asked_again_later(
    openstreetmap: FakeOpenStreetMap, tmp_path: Path, status: int
) -> None:
    refusal = answer("<html>busy</html>", status)
    openstreetmap.finds = [answer("busy", status, Retry_After="7"), answer([find()])]
    openstreetmap.maps = [refusal, refusal, answer(overpass(elements()))]
    assert read(openstreetmap, tmp_path) == 9
    assert openstreetmap.paused_s == [7, 15, 30]


def test_a_server_that_stays_busy_is_given_up(
    openstreetmap: FakeOpenStreetMap, tmp_path: Path
) -> None:
    openstreetmap.maps = [answer("busy", 504)]
    with pytest.raises(StreetsUnavailable, match=r"HTTP 504.*osm\.pbf"):
        read(openstreetmap, tmp_path)
    assert openstreetmap.paused_s == [15, 30, 60, 120]
    assert len([question for question in openstreetmap.asked if "poly" in question]) == TRIES


def test_a_server_that_refuses_is_not_asked_again(
    openstreetmap: FakeOpenStreetMap, tmp_path: Path
) -> None:
    openstreetmap.maps = [answer("parse error", 400)]
    with pytest.raises(StreetsUnavailable, match=r"HTTP 400.*osm\.pbf"):
        build("Villa Chica, Chile", tmp_path)
    assert len([question for question in openstreetmap.asked if "poly" in question]) == 1


def test_a_server_out_of_reach_is_no_unknown_place(tmp_path: Path) -> None:
    paused_s: list[float] = []
    nobody = Servers("http://127.0.0.1:9/", "http://127.0.0.1:9/api", pause=paused_s.append)
    with pytest.raises(StreetsUnavailable, match="ConnectError"):
        read_place("Villa Chica, Chile", nobody, tmp_path, lambda _: None)
    assert len(paused_s) == TRIES - 1


def test_half_of_a_city_is_never_taken_for_all_of_it(
    openstreetmap: FakeOpenStreetMap, tmp_path: Path
) -> None:
    """Overpass answers 200 with what it had when it ran out of time."""
    whole = answer(overpass(elements()))
    openstreetmap.maps = [answer(overpass(elements(slice(0, 4)), TIMED_OUT)), whole]
    with pytest.raises(StreetsUnavailable, match="timed out"):
        read(openstreetmap, tmp_path)
    assert read(openstreetmap, tmp_path) == 9  # the broken-off answer was not kept


@pytest.mark.parametrize("body", ["<html>maintenance</html>", [], {"elements": None}, {}])
def test_what_is_no_map_data_is_refused(
    openstreetmap: FakeOpenStreetMap, tmp_path: Path, body: object
) -> None:
    openstreetmap.maps = [answer(body)]
    with pytest.raises(StreetsUnavailable, match=r"JSON|map data"):
        read(openstreetmap, tmp_path)


def test_the_progress_grows_while_parts_come(
    openstreetmap: FakeOpenStreetMap, tmp_path: Path
) -> None:
    openstreetmap.finds = [answer([find(shapely.box(-71.7, -30.3, -70.9, -29.5))])]
    told: list[tuple[str, float]] = []
    build("Villa Chica, Chile", tmp_path, lambda step, done: told.append((step, done)))
    shares = [done for _, done in told]
    assert shares == sorted(shares)
    assert len([step for step, _ in told if "OpenStreetMap" in step]) == 5
    assert shares[-1] == 1
