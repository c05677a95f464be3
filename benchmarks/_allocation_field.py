"""A city's cases and agents for allocation: plain arrays, made without the product's own code.

Streets are whatever city the caller opens; travel is SciPy's Dijkstra over its arrays.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from benchmarks._field_days import City

PER_AGENT = 50
CENTER_M = 800.0


@dataclass(frozen=True, slots=True, eq=False)
class Force:
    """Agents and cases. `travel_s` is (agents, cases) in seconds; `wants` says which agent each
    case with a relation knows, -1 for none; `skilled` and `certified` are what agents have and
    `ask_skill`, `ask_certificate` what cases ask; `score` is 1 to 100."""

    home: NDArray[np.int64]
    door: NDArray[np.int64]
    service_s: NDArray[np.int64]
    score: NDArray[np.float64]
    money: NDArray[np.int64]
    knows: NDArray[np.int64]
    skilled: NDArray[np.bool_]
    certified: NDArray[np.bool_]
    female: NDArray[np.bool_]
    ask_skill: NDArray[np.bool_]
    ask_certificate: NDArray[np.bool_]
    ask_female: NDArray[np.bool_]
    apart: NDArray[np.int64]
    travel_s: NDArray[np.float32]


def tiled(city: City, tiles: int) -> City:
    """The city `tiles` × `tiles` times side by side, joined at the borders to the nearest nodes."""
    if tiles == 1:
        return city
    width, height = float(np.ptp(city.x_m)) + 200, float(np.ptp(city.y_m)) + 200
    places = [(row, column) for row in range(tiles) for column in range(tiles)]
    behind = np.repeat(np.arange(len(places)) * city.nodes, len(city.edge_from))
    x_m = np.concatenate([city.x_m + column * width for _, column in places])
    y_m = np.concatenate([city.y_m + row * height for row, _ in places])
    from_ = [np.tile(city.edge_from, len(places)) + behind]
    to = [np.tile(city.edge_to, len(places)) + behind]
    for out, into in _joins(city, tiles):
        from_ += [out, into]
        to += [into, out]
    a, b = np.concatenate(from_), np.concatenate(to)
    gap_m = np.hypot(x_m[a] - x_m[b], y_m[a] - y_m[b])
    inside = len(behind)
    length_m, travel_s = gap_m.copy(), gap_m / 10
    length_m[:inside] = np.tile(city.edge_length_m, len(places))
    travel_s[:inside] = np.tile(city.edge_travel_s, len(places))
    return City(x_m, y_m, a.astype(np.int32), b.astype(np.int32), length_m, travel_s)


def _joins(city: City, tiles: int) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    east, west = _edge_of(city.x_m), _edge_of(-city.x_m)
    north, south = _edge_of(city.y_m), _edge_of(-city.y_m)
    joins = []
    for tile in range(tiles * tiles):
        here = tile * city.nodes
        if tile % tiles + 1 < tiles:
            joins.append((east + here, west + here + city.nodes))
        if tile + tiles < tiles * tiles:
            joins.append((north + here, south + here + tiles * city.nodes))
    return joins


def _edge_of(along: NDArray[np.float64], joins: int = 12) -> NDArray[np.int64]:
    return np.argsort(-along, kind="stable")[:joins]


def force(city: City, agents: int, seed: int) -> Force:
    """`agents` agents with 50 cases each: 60 % in clusters, one center per agent, 40 % anywhere."""
    rng = np.random.default_rng(seed)
    cases = agents * PER_AGENT
    home: NDArray[np.int64] = rng.integers(0, city.nodes, agents)
    anywhere: NDArray[np.int64] = rng.integers(0, city.nodes, cases)
    center = np.repeat(rng.integers(0, city.nodes, agents), PER_AGENT)
    near = rng.random(cases) < 0.6
    spot = np.column_stack([city.x_m[center], city.y_m[center]])
    spot += rng.normal(0, CENTER_M, (cases, 2))
    door: NDArray[np.int64] = np.where(near, _nearest(city, spot), anywhere)
    bucket = rng.choice(np.arange(1, 6), cases, p=[0.3, 0.25, 0.2, 0.15, 0.1])
    balance = rng.lognormal(0, 0.7, cases)
    worth = bucket * balance * np.where(rng.random(cases) < 0.08, 3, 1)
    return Force(
        home=home,
        door=door,
        service_s=rng.integers(15 * 60, 20 * 60, cases, endpoint=True),
        score=np.clip(worth / np.quantile(worth, 0.98) * 100, 1, 100),
        money=(100_000 * balance).astype(np.int64),
        knows=np.where(rng.random(cases) < 0.3, rng.integers(0, agents, cases), -1),
        skilled=rng.random(agents) < 0.4,
        certified=rng.random(agents) < 0.7,
        female=rng.random(agents) < 0.5,
        ask_skill=rng.random(cases) < 0.1,
        ask_certificate=rng.random(cases) < 0.2,
        ask_female=rng.random(cases) < 0.05,
        apart=np.where(rng.random(cases) < 0.02, rng.integers(0, agents, cases), -1),
        travel_s=_travel_s(city, home, door),
    )


def _nearest(city: City, spot: NDArray[np.float64]) -> NDArray[np.int64]:
    from scipy.spatial import KDTree

    _, found = KDTree(np.column_stack([city.x_m, city.y_m])).query(spot)
    return np.asarray(found, dtype=np.int64)


def _travel_s(city: City, home: NDArray[np.int64], door: NDArray[np.int64]) -> NDArray[np.float32]:
    graph = csr_array(
        (city.edge_travel_s, (city.edge_from, city.edge_to)), shape=(city.nodes, city.nodes)
    )
    places, back = np.unique(home, return_inverse=True)
    travel: NDArray[np.float32] = dijkstra(graph, indices=places).astype(np.float32)
    return travel[np.ix_(back, door)]


def gini(values: NDArray[np.float64]) -> float:
    """The Gini coefficient: 0 when all have the same, towards 1 when one has all."""
    ranked = np.sort(values)
    ranks = 2 * np.arange(1, len(ranked) + 1) - len(ranked) - 1
    return float(ranks @ ranked / (len(ranked) * ranked.sum()))
