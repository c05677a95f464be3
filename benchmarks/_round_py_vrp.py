"""PyVRP as a planner of one agent's day, with its default parameters.

An open end is a depot that costs nothing to reach. Counters are reload depots: a depot has one
opening time, so a counter that shuts over noon is two of them; cash expected is a pickup, the limit
the vehicle's capacity and cash in hand its initial load.
"""

import numpy as np
import pyvrp
from pyvrp.stop import MaxRuntime

from benchmarks._round_judge import Round, counter_hours, deposit, travel_s, visit_hours
from benchmarks._round_or_tools import prizes_s
from routing.planner.problem import Problem

FAR_S = 86_400
"""It wants no number near its own infinity; a day is far enough."""


def py_vrp(problem: Problem, seconds: float, seed: int = 1) -> Round:
    """The round it finds within `seconds`; empty when it finds none that keeps the rules."""
    count, counters = len(problem.candidates), len(problem.deposits)
    open_ = [(k, hours) for k in range(counters) for hours in counter_hours(problem, k)]
    data = _data(problem, open_)
    best = pyvrp.solve(data, MaxRuntime(seconds), seed=seed, collect_stats=False).best
    routes = best.routes()
    if not routes or not best.is_feasible():
        return []
    inner = routes[0].schedule()[1:-1]
    order = [v.idx if v.is_client() else deposit(open_[v.idx - 2][0]) for v in inner]
    assert all(number < count for number in order), "a stop nobody asked for"
    return order


def _data(problem: Problem, open_: list[tuple[int, tuple[int, int]]]) -> pyvrp.ProblemData:
    count, shift, prizes = len(problem.candidates), problem.shift, prizes_s(problem)
    matrix = np.minimum(travel_s(problem), FAR_S)
    limited = shift.cash_limit_minor is not None
    clients = []
    for number, candidate in enumerate(problem.candidates):
        ((earliest_s, latest_s),) = visit_hours(problem, number)
        clients.append(
            pyvrp.Client(
                location=number,
                pickup=[candidate.expected_cash_minor] if limited else [],
                service_duration=candidate.service_s,
                tw_early=earliest_s,
                tw_late=latest_s,
                prize=prizes[number],
                required=False,
            )
        )
    counters = [
        pyvrp.Depot(
            location=count + 2 + k,
            tw_early=earliest_s,
            tw_late=latest_s,
            service_duration=problem.deposits[k].service_s,
        )
        for k, (earliest_s, latest_s) in open_
    ]
    vehicle = pyvrp.VehicleType(
        start_depot=0,
        end_depot=1,
        tw_early=shift.start_s,
        tw_late=shift.end_s,
        start_late=shift.start_s,
        capacity=[shift.cash_limit_minor] if shift.cash_limit_minor is not None else [],
        initial_load=[shift.cash_in_hand_minor] if limited else [],
        reload_depots=list(range(2, 2 + len(counters))),
    )
    return pyvrp.ProblemData(
        locations=[pyvrp.Location(0, 0) for _ in matrix],
        clients=clients,
        depots=[pyvrp.Depot(count), pyvrp.Depot(count + 1), *counters],
        vehicle_types=[vehicle],
        distance_matrices=[matrix],  # type: ignore[list-item]
        duration_matrices=[matrix],  # type: ignore[list-item]
    )
