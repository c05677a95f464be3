"""Vehicle routing with time windows: instances of Solomon's kinds made here, or read from files.

Lengths are tenths, rounded down, as the DIMACS challenge of 2022 has it; going takes as long as it
is far. Row 0 is the depot.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
TENTHS = 10

KINDS = ("R1", "C1", "RC1", "R2", "C2", "RC2")
"""Customers at random, in clusters, and half of each; 1 short days and small vans, 2 the reverse.
"""

_HORIZON = {"R1": 230, "C1": 1236, "RC1": 240, "R2": 1000, "C2": 3390, "RC2": 960}
_CAPACITY = {"R1": 200, "C1": 200, "RC1": 200, "R2": 1000, "C2": 700, "RC2": 1000}
_SERVICE = {"R": 10, "C": 90, "RC": 10}
_SIDE = 100
_CLUSTERS = 10


@dataclass(frozen=True, slots=True, eq=False)
class Instance:
    """`capacity` and `demand` in units, everything else in tenths. A customer's visit begins
    between `ready` and `due`; a van is back by the depot's `due`. `score` is for team
    orienteering, where customers may be left out and demand does not count."""

    name: str
    vehicles: int
    capacity: int
    distance: Ints
    demand: Ints
    ready: Ints
    due: Ints
    service: Ints

    @property
    def score(self) -> Ints:
        """The demand, as in the published team orienteering sets."""
        return self.demand

    @property
    def customers(self) -> int:
        return len(self.demand) - 1


def made(kind: str, customers: int, seed: int) -> Instance:
    """An instance as Solomon (1987) describes how his were made.

    A square of 100 by 100 for 100 customers, larger in proportion for more, with the horizon.
    Windows are around a random time, in the clusters around the time at which a tour of nearest
    neighbors comes by; 25 to 100 % of the customers have one.
    """
    rng = np.random.default_rng((seed, KINDS.index(kind), customers))
    scale = np.sqrt(customers / 100)
    xy = np.vstack(([[_SIDE / 2, _SIDE / 2]], _places(kind[:-1], customers, rng))) * scale
    distance = lengths(xy)
    horizon = int(_HORIZON[kind] * scale * TENTHS)
    service = np.full(customers + 1, _SERVICE[kind[:-1]] * TENTHS)
    service[0] = 0
    ready, due = _windows(kind, distance, service, horizon, rng)
    if kind.startswith("C"):
        demand = 10 * rng.integers(1, 5, customers + 1, endpoint=True)
    else:
        demand = np.clip(np.rint(rng.normal(15, 10, customers + 1)), 1, 50).astype(np.int64)
    demand[0] = 0
    name, van = f"{kind} {customers}", _CAPACITY[kind]
    return Instance(name, customers // 4, van, distance, demand, ready, due, service)


def lengths(xy: NDArray[np.float64]) -> Ints:
    """Between all points, in tenths rounded down."""
    apart = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    return np.asarray(np.floor(apart * TENTHS + 1e-9), dtype=np.int64)


def read_folder(folder: Path) -> list[Instance]:
    """The instances in a folder, by name. Raises `ValueError` when it holds none."""
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".txt")
    if not paths:
        raise ValueError(f"{folder}: no .txt file in it")
    return [parse(path.stem, path.read_text()) for path in paths]


def parse(name: str, text: str) -> Instance:
    """An instance in Solomon's text format, which is also Gehring and Homberger's.

    Raises `ValueError` when it is not one.
    """
    rows = [line.split() for line in text.splitlines()]
    numbers = [[float(word) for word in row] for row in rows if row and _is_number(row[0])]
    fleet = next((row for row in numbers if len(row) == 2), None)
    table = np.array([row for row in numbers if len(row) == 7])
    if fleet is None or len(table) < 2 or table[0, 3] != 0:
        raise ValueError(f"{name}: not an instance in Solomon's format")
    whole = np.rint(table * TENTHS).astype(np.int64)
    return Instance(
        name=name,
        vehicles=int(fleet[0]),
        capacity=int(fleet[1]),
        distance=lengths(table[:, 1:3]),
        demand=whole[:, 3] // TENTHS,
        ready=whole[:, 4],
        due=whole[:, 5],
        service=whole[:, 6],
    )


def _is_number(word: str) -> bool:
    return word.replace(".", "", 1).isdigit()


def _places(kind: str, customers: int, rng: np.random.Generator) -> NDArray[np.float64]:
    at_random = rng.uniform(0, _SIDE, (customers, 2))
    centers = rng.uniform(10, _SIDE - 10, (_CLUSTERS, 2))
    # One cluster after the other, so that a cluster is near in number as it is in place.
    of = np.sort(rng.integers(0, _CLUSTERS, customers))
    clustered = np.clip(centers[of] + rng.normal(0, 4, (customers, 2)), 0, _SIDE)
    if kind == "R":
        return at_random
    if kind == "C":
        return clustered
    return np.where((np.arange(customers) % 2 == 0)[:, None], at_random, clustered)


def _windows(
    kind: str, distance: Ints, service: Ints, horizon: int, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    first = distance[0]
    last = horizon - distance[0] - service
    middle = rng.integers(first, np.maximum(last, first) + 1)
    if kind.startswith("C"):
        middle = np.clip(_passing(distance, service, last), first, last)
    share = rng.choice([0.25, 0.5, 0.75, 1.0])
    half = np.rint(rng.normal(0.08, 0.03, len(first)).clip(0.02) * horizon).astype(np.int64)
    narrow = rng.random(len(first)) < share
    ready = np.where(narrow, np.maximum(middle - half, 0), 0)
    due = np.where(narrow, np.minimum(middle + half, last), last)
    ready[0], due[0] = 0, horizon
    return np.minimum(ready, np.maximum(due, 0)), due


def _passing(distance: Ints, service: Ints, last: Ints) -> Ints:
    """When tours of nearest neighbors, each until nothing fits any more, come by."""
    when, left = np.zeros(len(last), dtype=np.int64), set(range(1, len(last)))
    while left:
        at, now, going = 0, 0, True
        while going:
            near = sorted(left, key=lambda to: int(distance[at, to]))
            fits = (to for to in near if now + distance[at, to] <= last[to])
            to = next(fits, None)
            going = to is not None
            if to is not None:
                when[to] = now + distance[at, to]
                at, now = to, int(when[to] + service[to])
                left.remove(to)
        if at == 0:
            break
    return when
