"""Field days for planners: cities as plain arrays and one agent's cases on them.

Travel times are scipy's, straight from the arrays, so that nothing judged here made its own truth.
"""

from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from core.geometry import LocalPlane
from routing.planner.problem import ALL_DAY, Candidate, Problem, RestBreak, Shift, Window
from streets.graph import StreetGraph

HOUR_S = 3_600
LEGAL = (Window(8 * HOUR_S, 19 * HOUR_S),)
UNREACHABLE_S = 2**31 - 1


@dataclass(frozen=True, slots=True, eq=False)
class City:
    """Nodes in metres on a plane, and directed edges between them; no two edges are parallel."""

    x_m: NDArray[np.float64]
    y_m: NDArray[np.float64]
    edge_from: NDArray[np.int32]
    edge_to: NDArray[np.int32]
    edge_length_m: NDArray[np.float64]
    edge_travel_s: NDArray[np.float64]

    @property
    def nodes(self) -> int:
        return len(self.x_m)

    def travel_s(self, nodes: NDArray[np.int64]) -> NDArray[np.int32]:
        """The matrix between `nodes`, whole seconds rounded up."""
        graph = csr_array(
            (self.edge_travel_s, (self.edge_from, self.edge_to)), shape=(self.nodes, self.nodes)
        )
        found, back = np.unique(nodes, return_inverse=True)
        s = np.ceil(dijkstra(graph, indices=found)[:, found])
        return np.where(np.isinf(s), UNREACHABLE_S, s).astype(np.int32)[np.ix_(back, back)]


def city_of(graph: StreetGraph) -> City:
    """A street graph as plain arrays, of parallel edges the fastest."""
    x_m, y_m = LocalPlane(graph.center).xy(graph.node_lat, graph.node_lon)
    fastest_first = np.argsort(graph.travel_s, kind="stable")
    pairs = np.column_stack([graph.edge_from, graph.edge_to])[fastest_first]
    _, first = np.unique(pairs, axis=0, return_index=True)
    kept = fastest_first[first]
    return City(
        x_m,
        y_m,
        graph.edge_from[kept],
        graph.edge_to[kept],
        graph.edge_length_m[kept],
        graph.travel_s[kept],
    )


def grid_city(side: int = 90, block_m: float = 110, seed: int = 1) -> City:
    """Streets on a bent grid: one street in six is fast, one block in eight is missing."""
    rng = np.random.default_rng(seed)
    row, column = np.divmod(np.arange(side * side), side)
    x_m = column * block_m + rng.normal(0, block_m / 6, side * side)
    y_m = row * block_m + rng.normal(0, block_m / 6, side * side)
    east = np.flatnonzero(column < side - 1)
    north = np.flatnonzero(row < side - 1)
    a = np.concatenate([east, north])
    b = np.concatenate([east + 1, north + side])
    fast = np.concatenate([row[east] % 6 == 0, column[north] % 6 == 0])
    kept = fast | (rng.random(len(a)) > 1 / 8)
    a, b, fast = a[kept], b[kept], fast[kept]
    length_m = np.hypot(x_m[a] - x_m[b], y_m[a] - y_m[b]) * rng.uniform(1, 1.15, len(a))
    travel_s = length_m / np.where(fast, 10, 5.5)
    return City(
        x_m,
        y_m,
        np.concatenate([a, b]).astype(np.int32),
        np.concatenate([b, a]).astype(np.int32),
        np.tile(length_m, 2),
        np.tile(travel_s, 2),
    )


def field_day(
    city: City, seed: int = 1, cases: int = 50, rest_break: RestBreak | None = None
) -> Problem:
    """One agent's day: 60 % of the cases around one center, 40 % anywhere.

    Scores run from 1 to 100, a quarter of the cases has a two-hour window, 30 % of the rounds have
    an open end. With a break the shift is 45 minutes longer.
    """
    rng = np.random.default_rng(seed)
    nodes = _nodes(city, rng, cases)
    bucket = rng.choice(np.arange(1, 6), cases, p=[0.3, 0.25, 0.2, 0.15, 0.1])
    promise = rng.random(cases) < 0.08
    urgency = bucket * rng.lognormal(0, 0.7, cases) * np.where(promise, 3, 1)
    score = np.clip(urgency / np.quantile(urgency, 0.98) * 100, 1, 100)
    service_s = rng.integers(15 * 60, 20 * 60, cases, endpoint=True)
    narrow = rng.random(cases) < 0.25
    opens_s = rng.integers(9, 16, cases, endpoint=True) * HOUR_S
    shift = Shift(
        start_s=9 * HOUR_S,
        end_s=18 * HOUR_S if rest_break else 17 * HOUR_S + 15 * 60,
        start_place=cases,
        end_place=None if rng.random() < 0.3 else cases,
        rest_breaks=(rest_break,) if rest_break else (),
    )
    candidates = tuple(
        Candidate(
            case_id=UUID(int=n + 1),
            place=n,
            score=float(score[n]),
            service_s=int(service_s[n]),
            windows=(_two_hours(int(opens_s[n])) if narrow[n] else ALL_DAY,),
            contact_hours=LEGAL,
            dpd=int(bucket[n]) * 30,
            promise_due=bool(promise[n]),
        )
        for n in range(cases)
    )
    return Problem(shift, candidates, city.travel_s(nodes))


def field_nodes(city: City, seed: int, cases: int) -> NDArray[np.int64]:
    """The nodes of `field_day`'s places: the cases', and the agent's home as the last."""
    return _nodes(city, np.random.default_rng(seed), cases)


def _nodes(city: City, rng: np.random.Generator, cases: int) -> NDArray[np.int64]:
    anywhere = rng.integers(0, city.nodes, cases + 1)
    center = rng.integers(0, city.nodes)
    east_m = city.x_m[center] + rng.normal(0, 800, (cases, 1))
    north_m = city.y_m[center] + rng.normal(0, 800, (cases, 1))
    distance2 = (east_m - city.x_m) ** 2 + (north_m - city.y_m) ** 2
    near = rng.random(cases) < 0.6
    return np.append(np.where(near, distance2.argmin(axis=1), anywhere[:-1]), anywhere[-1])


def _two_hours(opens_s: int) -> Window:
    return Window(opens_s, opens_s + 2 * HOUR_S)
