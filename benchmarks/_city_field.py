"""A whole city's field day: agents, cases anybody may visit, and what stands on the streets.

Plain arrays and SciPy's Dijkstra, made without the product's own code.
"""

from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import KDTree

from benchmarks._field_days import HOUR_S, LEGAL, UNREACHABLE_S, City
from routing.planner.problem import ALL_DAY, Candidate, Shift, Window

PER_AGENT = 50
CENTER_M = 800.0
SHIFT_S = 9 * HOUR_S - 45 * 60


@dataclass(frozen=True, slots=True, eq=False)
class CityField:
    """Shifts and candidates whose places are rows of `nodes`: the cases first, then the homes."""

    city: City
    nodes: NDArray[np.int64]
    shifts: tuple[Shift, ...]
    candidates: tuple[Candidate, ...]

    @property
    def graph(self) -> csr_array:
        """The streets for SciPy."""
        city = self.city
        size = (city.nodes, city.nodes)
        return csr_array((city.edge_travel_s, (city.edge_from, city.edge_to)), shape=size)

    @property
    def homes(self) -> NDArray[np.int64]:
        """The places of the agents."""
        return np.arange(len(self.shifts)) + len(self.candidates)


def city_field(city: City, agents: int, seed: int) -> CityField:
    """`agents` agents with 50 cases each: 60 % in clusters, one center per agent, 40 % anywhere."""
    rng = np.random.default_rng(seed)
    cases = agents * PER_AGENT
    anywhere = rng.integers(0, city.nodes, cases + agents)
    center = np.repeat(rng.integers(0, city.nodes, agents), PER_AGENT)
    near = rng.random(cases) < 0.6
    spot = np.column_stack([city.x_m[center], city.y_m[center]])
    spot += rng.normal(0, CENTER_M, (cases, 2))
    _, found = KDTree(np.column_stack([city.x_m, city.y_m])).query(spot[near])
    nodes = anywhere.copy()
    nodes[:cases][near] = found
    bucket = rng.choice(np.arange(1, 6), cases, p=[0.3, 0.25, 0.2, 0.15, 0.1])
    promise = rng.random(cases) < 0.08
    worth = bucket * rng.lognormal(0, 0.7, cases) * np.where(promise, 3, 1)
    score = np.clip(worth / np.quantile(worth, 0.98) * 100, 1, 100)
    service_s = rng.integers(15 * 60, 20 * 60, cases, endpoint=True)
    narrow = rng.random(cases) < 0.25
    opens_s = rng.integers(9, 16, cases, endpoint=True) * HOUR_S
    is_open = rng.random(agents) < 0.3
    candidates = tuple(
        Candidate(
            case_id=UUID(int=n + 1),
            place=n,
            score=float(score[n]),
            service_s=int(service_s[n]),
            windows=(
                Window(int(opens_s[n]), int(opens_s[n]) + 2 * HOUR_S) if narrow[n] else ALL_DAY,
            ),
            contact_hours=LEGAL,
            dpd=int(bucket[n]) * 30,
            promise_due=bool(promise[n]),
        )
        for n in range(cases)
    )
    shifts = tuple(
        Shift(
            start_s=9 * HOUR_S,
            end_s=9 * HOUR_S + SHIFT_S,
            start_place=cases + agent,
            end_place=None if is_open[agent] else cases + agent,
        )
        for agent in range(agents)
    )
    return CityField(city, nodes, shifts, candidates)


def travel_s(
    field: CityField,
    origins: NDArray[np.int64],
    destinations: NDArray[np.int64],
    within_s: float = np.inf,
) -> NDArray[np.int32]:
    """Whole seconds, rounded up, between places; `UNREACHABLE_S` beyond `within_s`."""
    starts, rows = np.unique(field.nodes[origins], return_inverse=True)
    s = dijkstra(field.graph, indices=starts, limit=within_s)[:, field.nodes[destinations]]
    whole = np.where(np.isinf(s), UNREACHABLE_S, np.ceil(s)).astype(np.int32)
    return whole[rows]
