"""Other planners of one agent's day: three rules of thumb here, and whoever is installed."""

from collections.abc import Callable
from importlib.util import find_spec

import numpy as np

from benchmarks._round_judge import Round, earliest_begin, judge
from routing.planner.problem import Problem

Planner = Callable[[Problem, float], Round]


def nearest_in_time(problem: Problem, _seconds: float) -> Round:
    """Always on to where the next visit can begin soonest, way and waiting taken together."""
    its, order, left = judge(problem), Round(), set(range(len(problem.candidates)))
    while left:
        at, now_s = len(problem.candidates), problem.shift.start_s
        if order:
            at, now_s = order[-1], its.departures_s(order)[-1]
        soonest = [(earliest_begin(its.hours[n], now_s + its.leg_s[at][n]), n) for n in left]
        fitting = (
            (begin_s, n)
            for begin_s, n in soonest
            if begin_s is not None and its.travel_of_s([*order, n]) is not None
        )
        _, nearest = min(fitting, default=(None, None))
        if nearest is None:
            break
        order.append(nearest)
        left.remove(nearest)
    return order


def urgency_sort(problem: Problem, _seconds: float) -> Round:
    """In the order of urgency, whoever still fits."""
    its, order = judge(problem), Round()
    for number in _by_urgency(problem):
        if its.travel_of_s([*order, number]) is not None:
            order.append(number)
    return order


def urgency_insertion(problem: Problem, _seconds: float) -> Round:
    """In the order of urgency, each where it costs the least travel."""
    its, order = judge(problem), Round()
    for number in _by_urgency(problem):
        tries = [[*order[:p], number, *order[p:]] for p in range(len(order) + 1)]
        best = max(tries, key=its.net_value)
        order = best if its.net_value(best) > -np.inf else order
    return order


RULES: dict[str, Planner] = {
    "nearest in time": nearest_in_time,
    "urgency sort": urgency_sort,
    "urgency + cheapest insertion": urgency_insertion,
}
"""The peers without a time limit."""


def installed() -> dict[str, Planner]:
    """The peers with a time limit that can be imported here, by name."""
    from benchmarks._round_or_tools import or_tools

    peers: dict[str, Planner] = {"OR-Tools": or_tools}
    if find_spec("pyvrp"):
        from benchmarks._round_py_vrp import py_vrp

        peers["PyVRP"] = py_vrp
    if find_spec("vroom"):
        from benchmarks._round_vroom import by_price, by_priority

        peers |= {"VROOM, priorities": by_priority, "VROOM, skips priced": by_price}
    return peers


def with_deposits() -> dict[str, Planner]:
    """Those of them that know deposits."""
    return {name: peer for name, peer in installed().items() if not name.startswith("VROOM")}


def _by_urgency(problem: Problem) -> list[int]:
    candidates = problem.candidates
    return sorted(range(len(candidates)), key=lambda n: -candidates[n].score)
