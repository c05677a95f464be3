"""VROOM as a planner of one agent's day, put to it in two ways.

It has no prizes: it serves the highest sum of priorities that it can, whatever the way, and only
then saves travel. So it is asked once in those terms, and once with a second vehicle to whom all
that is left out goes, in no time and at the price of each visit's worth; then all cases are served
and its costs are exactly what the judge counts. It overruns its time limit in either way.
"""

from datetime import timedelta
from typing import Any

import numpy as np
import vroom as engine  # type: ignore[import-untyped]

from benchmarks._round_judge import Round, travel_s, visit_hours
from benchmarks._round_or_tools import prizes_s
from routing.planner.problem import Problem

DEEP_S = 0.3
"""The priced form takes so long at the highest level, and cut short it does worse than at level 0.
"""


def by_priority(problem: Problem, seconds: float) -> Round:
    """Priorities 1 to 100, the highest level of exploration, `seconds` as its limit."""
    asked = engine.Input()
    asked.set_durations_matrix("car", _matrix(problem))
    asked.add_vehicle(_agent(problem))
    for number, candidate in enumerate(problem.candidates):
        asked.add_job(_job(problem, number, priority=round(candidate.score)))
    limit = timedelta(seconds=seconds)
    return _visited(asked.solve(exploration_level=5, nb_threads=1, timeout=limit))


def by_price(problem: Problem, seconds: float) -> Round:
    """Skips at a price; level 5 where there is time for it, else level 0, and no limit."""
    count, matrix = len(problem.candidates), _matrix(problem)
    price_s = np.array([*prizes_s(problem), 0, 0], dtype=np.uint32)
    asked = engine.Input()
    asked.set_durations_matrix("car", matrix)
    asked.set_costs_matrix("car", matrix)
    asked.set_durations_matrix("left out", np.zeros_like(matrix))
    asked.set_costs_matrix("left out", np.tile(price_s[:, None], count + 2))
    asked.add_vehicle(_agent(problem))
    asked.add_vehicle(
        engine.Vehicle(2, start=count, end=count + 1, profile="left out", type="left out")
    )
    for number in range(count):
        asked.add_job(_job(problem, number, service_per_type={"left out": 0}))
    return _visited(asked.solve(exploration_level=5 if seconds > DEEP_S else 0, nb_threads=1))


def _matrix(problem: Problem) -> Any:
    count = len(problem.candidates)
    return np.minimum(travel_s(problem)[: count + 2, : count + 2], 10**6).astype(np.uint32)


def _agent(problem: Problem) -> Any:
    count, shift = len(problem.candidates), problem.shift
    return engine.Vehicle(
        1,
        start=count,
        end=None if shift.end_place is None else count + 1,
        time_window=engine.TimeWindow(shift.start_s, shift.end_s),
    )


def _job(problem: Problem, number: int, **more: Any) -> Any:
    return engine.Job(
        number,
        location=number,
        default_service=problem.candidates[number].service_s,
        time_windows=[engine.TimeWindow(*hours) for hours in visit_hours(problem, number)],
        **more,
    )


def _visited(solved: Any) -> Round:
    steps = solved.routes
    mine = (steps["type"] == "job") & (steps["vehicle_id"] == 1)
    return [int(number) for number in steps[mine]["id"]]
