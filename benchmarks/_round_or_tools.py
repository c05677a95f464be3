"""OR-Tools as a planner of one agent's day: parallel cheapest insertion, guided local search.

Deposits are the reload nodes of its own examples: each counter stands there a few times over, each
copy optional, and takes up to the limit off a cash dimension that may slacken nowhere else.
"""

from itertools import pairwise
from typing import Any

import numpy as np
from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from benchmarks._round_judge import (
    Hours,
    Round,
    counter_hours,
    deposit,
    judge,
    travel_s,
    visit_hours,
)
from routing.planner.problem import Problem

COPIES = 2
"""Of each counter: how often a round may come there."""


def or_tools(problem: Problem, seconds: float) -> Round:
    """The round it finds within `seconds`; empty when it finds none."""
    count, counters = len(problem.candidates), len(problem.deposits)
    copied = np.repeat(np.arange(counters), COPIES)
    rows = np.concatenate([np.arange(count + 2), count + 2 + copied])
    matrix = travel_s(problem)[np.ix_(rows, rows)]
    manager = pywrapcp.RoutingIndexManager(len(rows), 1, [count], [count + 1])
    routing = pywrapcp.RoutingModel(manager)
    routing.SetArcCostEvaluatorOfAllVehicles(routing.RegisterTransitMatrix(matrix.tolist()))
    _keep_hours(problem, routing, manager, matrix, copied)
    if problem.shift.cash_limit_minor is not None:
        _keep_cash(problem, routing, manager, copied)
    for number, prize_s in enumerate(prizes_s(problem)):
        routing.AddDisjunction([manager.NodeToIndex(number)], prize_s)
    for node in range(count + 2, len(rows)):
        routing.AddDisjunction([manager.NodeToIndex(node)], 0)
    found = routing.SolveWithParameters(_parameters(seconds))
    return _visited(routing, manager, found, count, copied) if found else []


def prizes_s(problem: Problem) -> list[int]:
    """What each visit is worth in seconds of travel."""
    return [round(c.score * problem.prize_value_s) for c in problem.candidates]


def _keep_hours(problem: Problem, routing: Any, manager: Any, matrix: Any, copied: Any) -> None:
    count, services = len(problem.candidates), judge(problem).service_s
    service_s = np.array(services[: count + 2] + [services[count + 2 + k] for k in copied])
    end_s = problem.shift.end_s
    step = routing.RegisterTransitMatrix((matrix + service_s[:, None]).tolist())
    routing.AddDimension(step, end_s, end_s, False, "time")
    time = routing.GetDimensionOrDie("time")
    time.CumulVar(routing.Start(0)).SetValue(problem.shift.start_s)
    for number in range(count):
        _within(time.CumulVar(manager.NodeToIndex(number)), visit_hours(problem, number))
    for node, counter in enumerate(copied.tolist(), start=count + 2):
        _within(time.CumulVar(manager.NodeToIndex(node)), counter_hours(problem, counter))


def _within(variable: Any, hours: Hours) -> None:
    variable.SetRange(hours[0][0], hours[-1][1])
    for (_, closes_s), (opens_s, _) in pairwise(hours):
        variable.RemoveInterval(closes_s + 1, opens_s - 1)


def _keep_cash(problem: Problem, routing: Any, manager: Any, copied: Any) -> None:
    limit_minor = problem.shift.cash_limit_minor
    taken = [c.expected_cash_minor for c in problem.candidates] + [0, 0]
    taken += [-limit_minor for _ in copied]  # type: ignore[operator]
    step = routing.RegisterUnaryTransitVector(taken)
    routing.AddDimension(step, limit_minor, limit_minor, False, "cash")
    cash = routing.GetDimensionOrDie("cash")
    cash.CumulVar(routing.Start(0)).SetValue(problem.shift.cash_in_hand_minor)
    cash.SlackVar(routing.Start(0)).SetValue(0)
    for number in range(len(problem.candidates)):
        cash.SlackVar(manager.NodeToIndex(number)).SetValue(0)


def _parameters(seconds: float) -> Any:
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    first, meta = (
        routing_enums_pb2.FirstSolutionStrategy,
        routing_enums_pb2.LocalSearchMetaheuristic,
    )
    parameters.first_solution_strategy = first.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = meta.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromMicroseconds(int(seconds * 1e6))
    return parameters


def _visited(routing: Any, manager: Any, found: Any, count: int, copied: Any) -> Round:
    order, at = Round(), found.Value(routing.NextVar(routing.Start(0)))
    while not routing.IsEnd(at):
        node = manager.IndexToNode(at)
        order.append(node if node < count else deposit(int(copied[node - count - 2])))
        at = found.Value(routing.NextVar(at))
    return order
