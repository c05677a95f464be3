"""Importing this compiles the search, or loads it compiled, so that no plan waits for it."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import numpy as np

from routing.planner.problem import Candidate, Problem, Shift
from routing.planner.solver import plan
from routing.planner.stop import StopAfter


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Wait until no other process of this machine is in here.

    Processes that start together would all compile the same; so one does, and the others load it.
    """
    with open(__file__) as this:  # noqa: PTH123 a file that is there for all
        fcntl.flock(this, fcntl.LOCK_EX)
        yield


def warm() -> None:
    """Plan the smallest day there is: machine code is made once for all days."""
    candidate = Candidate(UUID(int=1), place=0, score=1.0, service_s=0)
    problem = Problem(Shift(0, 1, 0), (candidate,), np.zeros((1, 1), np.int32))
    with one_at_a_time():
        plan(problem, StopAfter(solutions=1))


warm()
