"""Plans a round: the only file that knows OR-Tools.

OR-Tools descends from a constructed round to one that no single move improves, under the rules of
`routing.planner.constraints`; ruin and recreate goes on from there. On 50 candidates that is worth
more than leaving OR-Tools all the time. Its solver holds the GIL while it runs, so callers with an
event loop or threads plan in a child process: see `routing.planner.pool`.
"""

from collections.abc import Sequence
from time import perf_counter

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from routing.planner.constraints import RULES, Model
from routing.planner.construct import cheapest_insertion, nearest_neighbour, pinned, possible
from routing.planner.plan import Plan, lay_out
from routing.planner.problem import Problem
from routing.planner.ruin_recreate import improve
from routing.planner.stop import StopAfter
from routing.planner.terms import Terms, terms

# The most of the time that the descent may take; with 50 candidates it is done long before.
_DESCENT_SHARE = 0.4


def plan(problem: Problem, stop: StopAfter, seed: int = 1) -> Plan:
    """The best round found until `stop`; never worth less than the nearest-neighbour one.

    Every plan passes `routing.planner.audit`, save that must-visits and pins that cannot be kept
    are skipped, with the reason. The same problem and seed give the same plan under
    `StopAfter(solutions=…)`.
    """
    started = perf_counter()
    its = terms(problem)
    numbers = possible(its)
    pins = set(pinned(its, numbers))
    numbers = [n for n in numbers if problem.candidates[n].pin is None or n in pins]
    order = max(nearest_neighbour(its, numbers), cheapest_insertion(its, numbers), key=its.net_s)
    if len(numbers) > 1:
        left_s = None
        if stop.seconds is not None:
            left_s = max(0.0, stop.seconds - (perf_counter() - started)) * _DESCENT_SHARE
        order = descend(its, numbers, order, left_s)
        order = improve(its, order, numbers, stop.shares(started), seed)
    return lay_out(its, order)


def descend(
    its: Terms, numbers: Sequence[int], order: list[int], seconds: float | None
) -> list[int]:
    """`order` improved move by move to a local optimum, or as far as `seconds` go."""
    manager = pywrapcp.RoutingIndexManager(len(numbers) + 2, 1, [len(numbers)], [len(numbers) + 1])
    model = Model(its, numbers, manager, pywrapcp.RoutingModel(manager))
    for rule in RULES:
        rule(model)
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.local_search_metaheuristic = (
        routing_enums_pb2.LocalSearchMetaheuristic.GREEDY_DESCENT
    )
    if seconds is not None:
        parameters.time_limit.FromMicroseconds(int(seconds * 1_000_000))
    model.routing.CloseModelWithParameters(parameters)
    index = dict(zip(numbers, range(len(numbers)), strict=True))
    start = model.routing.ReadAssignmentFromRoutes(
        [[manager.NodeToIndex(index[number]) for number in order]], True
    )
    found = start and model.routing.SolveFromAssignmentWithParameters(start, parameters)
    return _order(model, found) if found else order


def _order(model: Model, found: pywrapcp.Assignment) -> list[int]:
    routing, order = model.routing, []
    at = found.Value(routing.NextVar(routing.Start(0)))
    while not routing.IsEnd(at):
        order.append(model.numbers[model.manager.IndexToNode(at)])
        at = found.Value(routing.NextVar(at))
    return order
