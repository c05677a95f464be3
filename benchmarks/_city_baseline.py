"""The peer: cases assigned by a min-cost flow, then PyVRP for each agent. None of the product's
code but the shape of a problem is in it."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import min_cost_flow
from scipy.sparse.csgraph import dijkstra

from benchmarks._city_field import CityField
from benchmarks._city_judge import on_two_cores, streets
from benchmarks._field_days import UNREACHABLE_S
from benchmarks._round_py_vrp import py_vrp
from routing.planner.problem import Problem

NEAREST = 16
FARTHEST_S = 3_600
"""From stop to stop; nobody's round has a longer way, and SciPy is twice as fast so."""


@dataclass(frozen=True, slots=True, eq=False)
class _Agent:
    """An agent's day, whose places are numbers of `nodes`, without its travel times."""

    cases: NDArray[np.int64]
    nodes: NDArray[np.int64]
    day: Problem
    seconds: float
    seed: int


def owners(from_home_s: NDArray[np.int32]) -> NDArray[np.int64]:
    """Least travel to the `NEAREST` agents of each case, as many cases for each as the mean.

    Who finds no room there goes to the nearest who has. `from_home_s` is (agents, cases).
    """
    agents, cases = from_home_s.shape
    most = -(-cases // agents)
    near = np.argsort(from_home_s, axis=0, kind="stable")[:NEAREST]
    case = np.broadcast_to(np.arange(cases), near.shape)
    flow = min_cost_flow.SimpleMinCostFlow()
    pairs = flow.add_arcs_with_capacity_and_unit_cost(
        case.ravel(),
        cases + near.ravel(),
        np.ones(near.size, dtype=np.int64),
        from_home_s[near, case].ravel().astype(np.int64),
    )
    flow.add_arcs_with_capacity_and_unit_cost(
        cases + np.arange(agents),
        np.full(agents, cases + agents),
        np.full(agents, most),
        np.zeros(agents, dtype=np.int64),
    )
    supplies = np.zeros(cases + agents + 1, dtype=np.int64)
    supplies[:cases], supplies[-1] = 1, -cases
    flow.set_nodes_supplies(np.arange(len(supplies)), supplies)
    assert flow.solve_max_flow_with_min_cost() == flow.OPTIMAL, "the flow was solved"
    chosen = flow.flows(pairs).reshape(near.shape)
    owner = np.where(chosen.any(axis=0), near[chosen.argmax(axis=0), np.arange(cases)], -1)
    room = most - np.bincount(owner[owner >= 0], minlength=agents)
    for lost in np.flatnonzero(owner < 0).tolist():
        owner[lost] = np.where(room > 0, from_home_s[:, lost], UNREACHABLE_S).argmin()
        room[owner[lost]] -= 1
    return owner


def rounds(
    field: CityField, owner: NDArray[np.int64], seconds: float, seed: int
) -> list[list[int]]:
    """The round of each agent after PyVRP's `seconds`."""
    agents = [
        _agent(field, agent, np.flatnonzero(owner == agent), seconds, seed)
        for agent in range(len(field.shifts))
    ]
    return on_two_cores(field.city, _round, agents, f"PyVRP, {seconds} s for each agent")


def _agent(
    field: CityField, agent: int, cases: NDArray[np.int64], seconds: float, seed: int
) -> _Agent:
    shift, count = field.shifts[agent], len(cases)
    day = Problem(
        replace(shift, start_place=count, end_place=None if shift.end_place is None else count),
        tuple(
            replace(field.candidates[case], place=nth) for nth, case in enumerate(cases.tolist())
        ),
        np.zeros((count + 1, count + 1), dtype=np.int32),
    )
    nodes = field.nodes[np.append(cases, shift.start_place)]
    return _Agent(cases, nodes, day, seconds, seed)


def _round(agent: _Agent) -> list[int]:
    starts, back = np.unique(agent.nodes, return_inverse=True)
    s = np.ceil(dijkstra(streets(), indices=starts, limit=FARTHEST_S)[:, starts])
    travel_s = np.where(np.isinf(s), UNREACHABLE_S, s).astype(np.int32)[np.ix_(back, back)]
    order = py_vrp(replace(agent.day, travel_s=travel_s), agent.seconds, agent.seed)
    cases: list[int] = agent.cases[order].tolist()
    return cases
