"""A second opinion on a round: OR-Tools' descent under the same rules."""

from collections.abc import Sequence

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from routing.planner.deposits import with_deposits
from routing.planner.terms import Terms
from tests.routing.planner.or_tools_rules import RULES, Model

# How often the descent may call at one counter.
_MOST_DEPOSITS = 3


def descend(its: Terms, numbers: Sequence[int], order: list[int]) -> list[int]:
    """`order` improved move by move to a local optimum.

    What the former round was is not looked at. Without an opinion where the solver has none.
    """
    visits, start_calls = list(numbers), with_deposits(its, order)
    assert start_calls is not None, "a descent begins with a round that keeps the rules"
    numbers = [*visits, *_counter_calls(its)]
    manager = pywrapcp.RoutingIndexManager(len(numbers) + 2, 1, [len(numbers)], [len(numbers) + 1])
    model = Model(its, numbers, manager, pywrapcp.RoutingModel(manager))
    for rule in RULES:
        rule(model)
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.local_search_metaheuristic = (
        routing_enums_pb2.LocalSearchMetaheuristic.GREEDY_DESCENT
    )
    model.routing.CloseModelWithParameters(parameters)
    copies: dict[int, list[int]] = {number: [] for number in numbers}
    for index, number in reversed(model.indices()):
        copies[number].append(index)
    start = None
    if all(start_calls.count(counter) <= _MOST_DEPOSITS for counter in its.counters):
        route = [copies[number].pop() for number in start_calls]
        start = model.routing.ReadAssignmentFromRoutes([route], True)
    found = start and model.routing.SolveFromAssignmentWithParameters(start, parameters)
    return _order(model, found) if found else order


def _counter_calls(its: Terms) -> list[int]:
    """The counters, each as often as it may be called at."""
    if its.problem.shift.cash_limit_minor is None:
        return []
    return [n for n in its.counters if its.windows[n] for _ in range(_MOST_DEPOSITS)]


def _order(model: Model, found: pywrapcp.Assignment) -> list[int]:
    routing, order = model.routing, []
    at = found.Value(routing.NextVar(routing.Start(0)))
    while not routing.IsEnd(at):
        number = model.numbers[model.manager.IndexToNode(at)]
        if number < model.terms.count:
            order.append(number)
        at = found.Value(routing.NextVar(at))
    return order
