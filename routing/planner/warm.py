"""Importing this compiles the search, or loads it compiled, so that no plan waits for it."""

from uuid import UUID

import numpy as np

from core.one_at_a_time import one_at_a_time
from routing.planner.problem import Candidate, Problem, Shift
from routing.planner.search.compiled import code_folder
from routing.planner.solver import plan
from routing.planner.stop import StopAfter


def warm() -> None:
    """Plan the smallest day there is: machine code is made once for all days."""
    candidate = Candidate(UUID(int=1), place=0, score=1.0, service_s=0)
    problem = Problem(Shift(0, 1, 0), (candidate,), np.zeros((1, 1), np.int32))
    with one_at_a_time(code_folder()):
        plan(problem, StopAfter(solutions=1))


warm()
