"""Other planners of one agent's day: three rules of thumb, and VROOM.

OR-Tools and PyVRP have files of their own, for they also know deposits.
"""

from collections.abc import Callable
from datetime import timedelta
from importlib.util import find_spec

import numpy as np

from benchmarks._round_judge import Judge, Round, judge, travel_s, visit_hours
from routing.planner.problem import Problem

Planner = Callable[[Problem, float], Round]

PRIORITY_STEPS = 1
"""VROOM's priorities per score point."""


def nearest_in_time(problem: Problem, _seconds: float) -> Round:
    """Always on to the nearest that still fits."""
    its, order, left = judge(problem), Round(), set(range(len(problem.candidates)))
    while True:
        legs_s = its.leg_s[order[-1] if order else len(problem.candidates)]
        fitting = (n for n in left if its.travel_of_s([*order, n]) is not None)
        nearest = min(fitting, key=lambda n: legs_s[n], default=None)
        if nearest is None:
            return order
        order.append(nearest)
        left.remove(nearest)


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


def vroom(problem: Problem, seconds: float) -> Round:
    """VROOM at its highest level, and of its round the visits that are worth their way.

    It serves the highest sum of priorities it can, whatever the way, and only then saves travel.
    """
    return _worth_their_way(judge(problem), vroom_alone(problem, seconds))


def vroom_alone(problem: Problem, seconds: float) -> Round:
    """What VROOM itself answers."""
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
        asked.add_job(
            engine.Job(
                number,
                location=number,
                default_service=candidate.service_s,
                priority=round(candidate.score * PRIORITY_STEPS),
                time_windows=[engine.TimeWindow(*h) for h in visit_hours(problem, number)],
            )
        )
    solved = asked.solve(exploration_level=5, nb_threads=1, timeout=timedelta(seconds=seconds))
    steps = solved.routes
    return [int(number) for number in steps[steps["type"] == "job"]["id"]]


def installed() -> dict[str, Planner]:
    """The peers with a time limit that can be imported here, by name."""
    from benchmarks._round_or_tools import or_tools

    peers: dict[str, Planner] = {"OR-Tools": or_tools}
    if find_spec("pyvrp"):
        from benchmarks._round_py_vrp import py_vrp

        peers["PyVRP"] = py_vrp
    if find_spec("vroom"):
        peers["VROOM"] = vroom
    return peers


def _worth_their_way(its: Judge, order: Round) -> Round:
    """Without the visits that cost more travel than they are worth, the worst first."""
    while order:
        without = [order[:at] + order[at + 1 :] for at in range(len(order))]
        best = max(without, key=its.net_value)
        if its.net_value(best) <= its.net_value(order):
            break
        order = best
    return order


def _by_urgency(problem: Problem) -> list[int]:
    candidates = problem.candidates
    return sorted(range(len(candidates)), key=lambda n: -candidates[n].score)
