"""The judge of a city's rounds: SciPy's travel times, the rules of field days, the LP bound.

A round keeps the rules when it does so by exact travel times, but for the second that rounding each
way up to whole seconds may be off in a day.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from benchmarks._city_field import CityField
from benchmarks._field_days import City
from benchmarks._round_part import no_work, one_by_one

Item = TypeVar("Item")
Result = TypeVar("Result")

NEAR_S = 1_200
"""Ways are looked for within that first: most are shorter, and it saves most of the time."""

ROUNDED_S = 1.0

_streets: csr_array | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """What rounds come to; travel in seconds, each way rounded up."""

    score: float
    travel_s: int
    stops: int


def judged(field: CityField, orders: Sequence[Sequence[int]], doing: str) -> Judged:
    """Ends the benchmark when a round breaks a rule or a case is visited twice."""
    visits = [case for order in orders for case in order]
    if not visits:
        no_work("nobody was visited")
    if len(set(visits)) != len(visits) or len(orders) != len(field.shifts):
        no_work("a case is visited twice, or an agent has no round")
    chains = [_chain(field, agent, order) for agent, order in enumerate(orders)]
    legs = on_two_cores(field.city, _legs_s, [field.nodes[chain] for chain in chains], doing)
    for agent, (order, legs_s) in enumerate(zip(orders, legs, strict=True)):
        if (why := _broken(field, agent, order, legs_s)) is not None:
            no_work(f"the round of agent {agent} {why}")
    score = sum(field.candidates[case].score for case in visits)
    travel_s = sum(int(np.ceil(legs_s).sum()) for legs_s in legs)
    return Judged(score, travel_s, len(visits))


def bound(field: CityField, travel_s: NDArray[np.int32]) -> float:
    """The LP bound on score: all shift seconds filled with the best score per second.

    A visit costs its service, half its cheapest way in, and half its cheapest way out; no way out
    where a round may end anywhere. `travel_s` is between all places.
    """
    count = len(field.candidates)
    ways_s = travel_s.astype(np.float64)
    np.fill_diagonal(ways_s, np.inf)
    cost_s = np.array([c.service_s for c in field.candidates]) + ways_s[:, :count].min(axis=0) / 2
    if all(shift.end_place is not None for shift in field.shifts):
        cost_s += ways_s[:count].min(axis=1) / 2
    score = np.array([c.score for c in field.candidates])
    best = np.argsort(-score / cost_s)
    left_s = sum(shift.end_s - shift.start_s for shift in field.shifts)
    before_s = np.cumsum(cost_s[best]) - cost_s[best]
    return float(score[best] @ np.clip((left_s - before_s) / cost_s[best], 0, 1))


def on_two_cores(
    city: City, work: Callable[[Item], Result], items: Sequence[Item], doing: str
) -> list[Result]:
    """`work` for each item in processes that have the streets as `streets()`."""
    graph = csr_array(
        (city.edge_travel_s, (city.edge_from, city.edge_to)), shape=(city.nodes, city.nodes)
    )
    with ProcessPoolExecutor(
        2, get_context("forkserver"), initializer=_open, initargs=(graph,)
    ) as pool:
        return list(one_by_one(pool.map(work, items, chunksize=4), doing, len(items)))


def streets() -> csr_array:
    """The streets of `on_two_cores`, for SciPy."""
    assert _streets is not None, "only in on_two_cores"
    return _streets


def _open(graph: csr_array) -> None:
    global _streets  # noqa: PLW0603 - once in each process, rather than with each item
    _streets = graph


def _chain(field: CityField, agent: int, order: Sequence[int]) -> list[int]:
    shift = field.shifts[agent]
    end = [] if shift.end_place is None else [shift.end_place]
    return [shift.start_place, *order, *end] if order else []


def _legs_s(nodes: NDArray[np.int64]) -> NDArray[np.float64]:
    """Exact seconds from each node to the next."""
    if not len(nodes):
        return np.zeros(0)
    starts, rows = np.unique(nodes[:-1], return_inverse=True)
    legs_s: NDArray[np.float64] = dijkstra(streets(), indices=starts, limit=NEAR_S)[rows, nodes[1:]]
    if np.isinf(legs_s).any():
        far = np.flatnonzero(np.isinf(legs_s))
        legs_s[far] = dijkstra(streets(), indices=nodes[far])[np.arange(len(far)), nodes[far + 1]]
    return legs_s


def _broken(
    field: CityField, agent: int, order: Sequence[int], legs_s: NDArray[np.float64]
) -> str | None:
    shift, late_s = field.shifts[agent], ROUNDED_S
    now_s = float(shift.start_s)
    for case, leg_s in zip(order, legs_s.tolist(), strict=False):
        candidate = field.candidates[case]
        ((window,), (legal,)) = candidate.windows, candidate.contact_hours
        now_s = max(now_s + leg_s, window.from_s, legal.from_s)
        if now_s > window.to_s + late_s or now_s + candidate.service_s > legal.to_s + late_s:
            return f"comes too late to case {case}"
        now_s += candidate.service_s
    home_s = float(legs_s[-1]) if len(legs_s) > len(order) else 0.0
    return "ends after its shift" if now_s + home_s > shift.end_s + late_s else None
