"""Other planners of one agent's day, and a judge that knows none of them.

A round is candidate numbers in order. The days have no break, no pins and no cash limit.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from routing.planner.problem import Problem

Round = list[int]
Planner = Callable[[Problem, float], Round]


def travel_s(problem: Problem) -> NDArray[np.int64]:
    """Between candidates, with the start as the last but one and the end as the last."""
    shift = problem.shift
    end = shift.start_place if shift.end_place is None else shift.end_place
    places = [*(c.place for c in problem.candidates), shift.start_place, end]
    matrix = problem.travel_s[np.ix_(places, places)].astype(np.int64)
    if shift.end_place is None:
        matrix[:, -1] = 0
    return matrix


def begin_hours(problem: Problem, number: int) -> tuple[int, int]:
    """When the visit may begin: its one window, and within its contact hours."""
    candidate = problem.candidates[number]
    ((window,), (legal,)) = candidate.windows, candidate.contact_hours
    return max(window.from_s, legal.from_s), min(window.to_s, legal.to_s - candidate.service_s)


def net_value(problem: Problem, order: Sequence[int]) -> float:
    """Points less travel; minus infinity for a round that breaks a rule."""
    if len(set(order)) != len(order):
        return -np.inf
    if not order:
        return 0.0
    matrix, at, now_s, spent_s = travel_s(problem), len(problem.candidates), 0, 0
    now_s = problem.shift.start_s
    for number in order:
        earliest_s, latest_s = begin_hours(problem, number)
        spent_s += int(matrix[at, number])
        now_s = max(now_s + int(matrix[at, number]), earliest_s)
        if now_s > latest_s:
            return -np.inf
        now_s += problem.candidates[number].service_s
        at = number
    spent_s += int(matrix[at, -1])
    if now_s + int(matrix[at, -1]) > problem.shift.end_s:
        return -np.inf
    points = sum(problem.candidates[number].score for number in order)
    return points - spent_s / problem.prize_value_s


def nearest_in_time(problem: Problem, _seconds: float) -> Round:
    """Always on to the nearest that still fits."""
    matrix, order, left = travel_s(problem), Round(), set(range(len(problem.candidates)))
    while True:
        at = order[-1] if order else len(problem.candidates)
        fitting = (n for n in left if net_value(problem, [*order, n]) > -np.inf)
        nearest = min(fitting, key=lambda n: int(matrix[at, n]), default=None)
        if nearest is None:
            return order
        order.append(nearest)
        left.remove(nearest)


def urgency_sort(problem: Problem, _seconds: float) -> Round:
    """In the order of urgency, whoever still fits."""
    order = Round()
    for number in _by_urgency(problem):
        if net_value(problem, [*order, number]) > -np.inf:
            order.append(number)
    return order


def urgency_insertion(problem: Problem, _seconds: float) -> Round:
    """In the order of urgency, each where it costs the least travel."""
    order = Round()
    for number in _by_urgency(problem):
        tries = [[*order[:p], number, *order[p:]] for p in range(len(order) + 1)]
        best = max(tries, key=lambda t: net_value(problem, t))
        order = best if net_value(problem, best) > -np.inf else order
    return order


def or_tools(problem: Problem, seconds: float) -> Round:
    """Parallel cheapest insertion, then guided local search."""
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    count, matrix = len(problem.candidates), travel_s(problem)
    service_s = np.array([*(c.service_s for c in problem.candidates), 0, 0])
    manager = pywrapcp.RoutingIndexManager(count + 2, 1, [count], [count + 1])
    routing = pywrapcp.RoutingModel(manager)
    routing.SetArcCostEvaluatorOfAllVehicles(routing.RegisterTransitMatrix(matrix.tolist()))
    step = routing.RegisterTransitMatrix((matrix + service_s[:, None]).tolist())
    end_s = problem.shift.end_s
    routing.AddDimension(step, end_s, end_s, False, "time")
    time = routing.GetDimensionOrDie("time")
    time.CumulVar(routing.Start(0)).SetValue(problem.shift.start_s)
    for number, prize_s in enumerate(_prizes_s(problem)):
        time.CumulVar(manager.NodeToIndex(number)).SetRange(*begin_hours(problem, number))
        routing.AddDisjunction([manager.NodeToIndex(number)], prize_s)
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    first, meta = (
        routing_enums_pb2.FirstSolutionStrategy,
        routing_enums_pb2.LocalSearchMetaheuristic,
    )
    parameters.first_solution_strategy = first.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = meta.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromMicroseconds(int(seconds * 1e6))
    found, order = routing.SolveWithParameters(parameters), Round()
    at = found.Value(routing.NextVar(routing.Start(0)))
    while not routing.IsEnd(at):
        order.append(manager.IndexToNode(at))
        at = found.Value(routing.NextVar(at))
    return order


def py_vrp(problem: Problem, seconds: float) -> Round:
    """PyVRP with its defaults; an open end is a depot that costs nothing to reach."""
    import pyvrp
    from pyvrp.stop import MaxRuntime

    count, matrix, shift = len(problem.candidates), travel_s(problem), problem.shift
    # It wants no number near its own infinity; a day is far enough.
    matrix = np.minimum(matrix, 86_400)
    clients = [
        pyvrp.Client(
            location=number,
            service_duration=problem.candidates[number].service_s,
            tw_early=begin_hours(problem, number)[0],
            tw_late=begin_hours(problem, number)[1],
            prize=prize_s,
            required=False,
        )
        for number, prize_s in enumerate(_prizes_s(problem))
    ]
    data = pyvrp.ProblemData(
        locations=[pyvrp.Location(0, 0) for _ in range(count + 2)],
        clients=clients,
        depots=[pyvrp.Depot(count), pyvrp.Depot(count + 1)],
        vehicle_types=[
            pyvrp.VehicleType(
                start_depot=0,
                end_depot=1,
                tw_early=shift.start_s,
                tw_late=shift.end_s,
                start_late=shift.start_s,
            )
        ],
        distance_matrices=[matrix],  # type: ignore[list-item]
        duration_matrices=[matrix],  # type: ignore[list-item]
    )
    best = pyvrp.solve(data, MaxRuntime(seconds), seed=1, collect_stats=False).best
    routes = best.routes()
    if not routes or not best.is_feasible():
        return []
    return [visit.idx for visit in routes[0].schedule() if visit.is_client()]


def vroom(problem: Problem, seconds: float) -> Round:
    """VROOM at its highest level: the sum of priorities first, travel second."""
    import vroom as engine  # type: ignore[import-untyped]

    count, matrix, shift = len(problem.candidates), travel_s(problem), problem.shift
    asked = engine.Input()
    asked.set_durations_matrix("car", np.minimum(matrix, 10**7).astype(np.uint32))
    asked.add_vehicle(
        engine.Vehicle(
            1,
            start=count,
            end=None if shift.end_place is None else count + 1,
            time_window=engine.TimeWindow(shift.start_s, shift.end_s),
        )
    )
    for number, candidate in enumerate(problem.candidates):
        hours = engine.TimeWindow(*begin_hours(problem, number))
        asked.add_job(
            engine.Job(
                number,
                location=number,
                default_service=candidate.service_s,
                priority=round(candidate.score),
                time_windows=[hours],
            )
        )
    solved = asked.solve(exploration_level=5, nb_threads=1, timeout=timedelta(seconds=seconds))
    steps = solved.routes
    return [int(number) for number in steps[steps["type"] == "job"]["id"]]


def installed() -> dict[str, Planner]:
    """The peers with a time limit that can be imported here, by name."""
    peers: dict[str, Planner] = {"OR-Tools": or_tools}
    if find_spec("pyvrp"):
        peers["PyVRP"] = py_vrp
    if find_spec("vroom"):
        peers["VROOM"] = vroom
    return peers


def _by_urgency(problem: Problem) -> list[int]:
    candidates = problem.candidates
    return sorted(range(len(candidates)), key=lambda n: -candidates[n].score)


def _prizes_s(problem: Problem) -> list[int]:
    return [round(c.score * problem.prize_value_s) for c in problem.candidates]
