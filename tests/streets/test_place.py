"""Streets of a named place, asked of a server that speaks like Nominatim and Overpass."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import osmnx as ox
import pytest

from streets.errors import StreetsUnavailable, UnknownPlace
from streets.network import build
from tests.streets.small_city import at, town


@dataclass
class FakeOpenStreetMap:
    """What the server answers."""

    status: int = 200
    found: list[object] = field(default_factory=list)
    elements: list[object] = field(default_factory=list)


@pytest.fixture
def openstreetmap(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeOpenStreetMap]:
    answer = FakeOpenStreetMap()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.reply(answer.found)

        def do_POST(self) -> None:
            self.reply({"elements": answer.elements})

        def reply(self, body: object) -> None:
            self.send_response(answer.status)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode() if answer.status == 200 else b"no")

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}/"
    for setting, value in {
        "nominatim_url": address,
        "overpass_url": address,
        "overpass_rate_limit": False,
        "doh_url_template": None,
        "cache_folder": ox.settings.cache_folder,
    }.items():
        monkeypatch.setattr(ox.settings, setting, value)
    yield answer
    server.shutdown()
    thread.join()
    server.server_close()


def area() -> dict[str, object]:
    (south, west), (north, east) = at(-300, -300), at(800, 800)
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "place_id": 1,
        "osm_type": "relation",
        "osm_id": 1,
        "lat": str(south),
        "lon": str(west),
        "name": "Villa Chica",
        "display_name": "Villa Chica",
        "class": "boundary",
        "type": "administrative",
        "importance": 0.5,
        "boundingbox": [str(south), str(north), str(west), str(east)],
        "geojson": {"type": "Polygon", "coordinates": [ring]},
    }


def elements() -> list[object]:
    raw = town()
    nodes = [
        {"type": "node", "id": ref, "lat": lat, "lon": lon} for ref, (lat, lon) in raw.nodes.items()
    ]
    ways = [
        {
            "type": "way",
            "id": number,
            "nodes": list(way.nodes),
            "tags": {"highway": "residential", "name": way.name},
        }
        for number, way in enumerate(raw.ways)
    ]
    return [*nodes, *ways]


def test_a_place_gives_its_streets_and_keeps_the_answers(
    openstreetmap: FakeOpenStreetMap, tmp_path: Path
) -> None:
    openstreetmap.found, openstreetmap.elements = [area()], elements()
    graph = build("Villa Chica, Chile", tmp_path)
    assert graph.name == "Villa Chica, Chile"
    assert graph.node_count == 20
    assert "Lautaro" in graph.street_names
    assert list((tmp_path / "osmnx").iterdir())


def test_a_place_that_nobody_knows_says_so(
    openstreetmap: FakeOpenStreetMap, tmp_path: Path
) -> None:
    with pytest.raises(UnknownPlace, match="City, Country"):
        build("Zzyzx Nowhere", tmp_path)


def test_a_server_that_refuses_is_no_unknown_place(
    openstreetmap: FakeOpenStreetMap, tmp_path: Path
) -> None:
    openstreetmap.status = 400
    with pytest.raises(StreetsUnavailable, match=r"osm\.pbf"):
        build("Villa Chica, Chile", tmp_path)
