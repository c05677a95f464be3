"""A city's streets as compact arrays: what routing, snapping, addresses and tiles all read.

Edges are directed. A street open both ways is two edges, each the other's *twin*, with the same
line in opposite order. For each profile the edges open to it are one whole: from each of them one
can get to every other and back.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Self
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from core.geometry import Floats, LatLon
from streets.access import class_access
from streets.errors import StreetFileMissing, WrongStreetFile
from streets.profile import EVERYBODY, AccessBits, Profile
from streets.road_class import car_share, walking_kmh

Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]

_FORMAT = 2
_BEFORE_PROFILES = 1
"""Networks of that format still work, on their streets; building them again adds the foot paths."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The smallest box of degrees around something."""

    south: float
    west: float
    north: float
    east: float


@dataclass(frozen=True, slots=True)
class Place:
    """A named locality at its center; `kind` is OSM's ``place`` value (city, suburb, village…)."""

    name: str
    kind: str
    lat: float
    lon: float


@dataclass(frozen=True, slots=True, eq=False)
class Houses:
    """Surveyed house numbers, one row each; `street` is an index into the graph's street names."""

    lat: Floats
    lon: Floats
    street: Ints
    number: Ints

    @classmethod
    def none(cls) -> Self:
        """A city whose houses nobody has mapped."""
        return cls(np.empty(0), np.empty(0), np.empty(0, np.int32), np.empty(0, np.int32))


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class StreetGraph:
    """Arrays named ``node_*`` have a row per node, ``edge_*`` one per directed edge.

    Edge *e* runs from node ``edge_from[e]`` to ``edge_to[e]`` along the points
    ``shape_lat/shape_lon[shape_start[e]:shape_start[e + 1]]``, both ends included. `edge_street` is
    -1 for a street without a name, `edge_twin` -1 for one without a way back, and `edge_class` an
    index into `class_names`. `edge_access` has a bit for each profile that may go along the edge;
    who walks may also go against it. `edge_speed_kmh` is a two-wheeler's speed (a walker's where
    nobody rides), `edge_car_kmh` a car's. Without those two columns all edges are open to everybody
    and cars as fast as two-wheelers. `invented_numbers` tells that this is a demonstration city,
    whose house numbers are the ones of `streets.addresses`.
    """

    name: str
    node_lat: Floats
    node_lon: Floats
    edge_from: Ints
    edge_to: Ints
    edge_length_m: Floats
    edge_speed_kmh: Floats
    edge_street: Ints
    edge_class: NDArray[np.int8]
    edge_twin: Ints
    shape_lat: Floats
    shape_lon: Floats
    shape_start: Ints
    street_names: tuple[str, ...]
    class_names: tuple[str, ...]
    houses: Houses
    edge_access: AccessBits = field(default_factory=lambda: np.empty(0, np.uint8))
    edge_car_kmh: Floats = field(default_factory=lambda: np.empty(0))
    places: tuple[Place, ...] = ()
    invented_numbers: bool = False
    source_nodes: int = 0
    """Nodes read from the source, bends of streets included."""
    dropped_nodes: int = 0
    """Those of them left out because nobody can get there and back from the rest."""
    dropped_km: float = 0.0

    def __post_init__(self) -> None:
        if not len(self.edge_access):
            everybody = np.full(self.edge_count, EVERYBODY, np.uint8)
            object.__setattr__(self, "edge_access", everybody)
        if not len(self.edge_car_kmh):
            object.__setattr__(self, "edge_car_kmh", self.edge_speed_kmh)

    @property
    def node_count(self) -> int:
        return len(self.node_lat)

    @property
    def edge_count(self) -> int:
        return len(self.edge_from)

    @property
    def once(self) -> Bools:
        """Per edge: true for exactly one of the two directions of each physical street."""
        return (self.edge_twin < 0) | (np.arange(self.edge_count) < self.edge_twin)

    @property
    def length_km(self) -> float:
        """Of all streets, each counted once however many directions it is open in."""
        return float(self.edge_length_m[self.once].sum()) / 1000

    @property
    def travel_s(self) -> Floats:
        """Per edge, at a two-wheeler's expected speed (a walker's where nobody rides)."""
        return self.edge_length_m / (self.edge_speed_kmh / 3.6)

    def open_to(self, profile: Profile) -> Bools:
        """Per edge, whether a profile may go along it."""
        return np.asarray((self.edge_access & profile.bit) != 0)

    def travel_s_of(self, profile: Profile) -> Floats:
        """Per edge, at the expected speed of a profile, whether or not it may go there."""
        if profile is Profile.TWO_WHEELER:
            return self.travel_s
        if profile is Profile.CAR:
            return self.edge_length_m / (self.edge_car_kmh / 3.6)
        kmh = np.array([walking_kmh(name) for name in self.class_names])
        return self.edge_length_m / (kmh[self.edge_class] / 3.6)

    @property
    def bounds(self) -> Bounds:
        return Bounds(
            float(self.shape_lat.min()),
            float(self.shape_lon.min()),
            float(self.shape_lat.max()),
            float(self.shape_lon.max()),
        )

    @property
    def center(self) -> LatLon:
        """The middle of the bounds: the origin of local planes."""
        box = self.bounds
        return LatLon((box.south + box.north) / 2, (box.west + box.east) / 2)

    @property
    def content_hash(self) -> str:
        """64 hexadecimal digits; equal exactly when two graphs hold the same."""
        digest = hashlib.sha256()
        for name, array in sorted(self._arrays().items()):
            digest.update(f"{name}:{array.dtype.str}:{array.shape}".encode())
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()

    def edge_shape(self, edge: int) -> tuple[Floats, Floats]:
        """(lat, lon) of the points along one edge, in riding order."""
        points = slice(self.shape_start[edge], self.shape_start[edge + 1])
        return self.shape_lat[points], self.shape_lon[points]

    def save(self, path: Path) -> None:
        """Write an ``.npz`` file without pickles; a reader never sees half of one."""
        unfinished = path.with_name(path.name + ".part")
        with unfinished.open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, **self._arrays())
        unfinished.replace(path)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote. Raises `StreetFileMissing` and `WrongStreetFile`."""
        wrong = WrongStreetFile(
            path.name, "not a street graph of this version; build it again with `roundsman streets`"
        )
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                stored = dict(arrays)
        except FileNotFoundError:
            raise StreetFileMissing(str(path)) from None
        except (BadZipFile, ValueError, OSError, EOFError, TypeError) as reason:
            raise wrong from reason
        if "facts" not in stored:
            raise wrong
        facts = json.loads(stored.pop("facts").tobytes())
        written_as = facts.pop("format", None)
        if written_as not in (_FORMAT, _BEFORE_PROFILES):
            raise wrong
        houses = Houses(**{f.name: stored.pop(f"house_{f.name}") for f in fields(Houses)})
        facts["places"] = tuple(Place(**place) for place in facts["places"])
        facts["street_names"] = tuple(facts["street_names"])
        facts["class_names"] = tuple(facts["class_names"])
        if written_as == _BEFORE_PROFILES:
            stored |= _by_class(facts["class_names"], stored)
        return cls(**facts, **stored, houses=houses)

    def _arrays(self) -> dict[str, NDArray[Any]]:
        """Everything as arrays; what is no array goes into ``facts``, as UTF-8 bytes of JSON."""
        arrays: dict[str, NDArray[Any]] = {}
        facts: dict[str, Any] = {"format": _FORMAT}
        for column in fields(self):
            value = getattr(self, column.name)
            if isinstance(value, np.ndarray):
                arrays[column.name] = value
            elif isinstance(value, Houses):
                arrays |= {f"house_{f.name}": getattr(value, f.name) for f in fields(Houses)}
            else:
                facts[column.name] = value
        facts["places"] = [asdict(place) for place in self.places]
        text = json.dumps(facts, ensure_ascii=False, sort_keys=True)
        arrays["facts"] = np.frombuffer(text.encode(), np.uint8)
        return arrays


def _by_class(names: tuple[str, ...], stored: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Access and speeds of cars for streets that were stored without."""
    road = stored["edge_class"]
    bits = np.array([class_access(name) for name in names], np.uint8)
    share = np.array([car_share(name) for name in names])
    return {"edge_access": bits[road], "edge_car_kmh": stored["edge_speed_kmh"] * share[road]}


def twins(edge_from: Ints, edge_to: Ints, edge_length_m: Floats) -> Ints:
    """Per edge the one that leads back along the same street, -1 where there is none.

    Two edges are twins when they join the same nodes in opposite directions at the same length
    (to the centimeter); each has at most one twin.
    """
    twin = np.full(len(edge_from), -1, np.int32)
    waiting: dict[tuple[int, int, int], list[int]] = {}
    lengths_cm = np.rint(edge_length_m * 100).astype(np.int64).tolist()
    ends = zip(edge_from.tolist(), edge_to.tolist(), lengths_cm, strict=True)
    for edge, (start, end, length_cm) in enumerate(ends):
        back = waiting.get((end, start, length_cm))
        if back:
            other = back.pop()
            twin[edge], twin[other] = other, edge
        else:
            waiting.setdefault((start, end, length_cm), []).append(edge)
    return twin
