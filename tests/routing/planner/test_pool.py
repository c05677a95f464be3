"""The pool of solvers: plans come back, and nothing outlives its owner."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from core.settings import ROOT
from routing.planner.pool import plan_each, planning_pool
from routing.planner.stop import StopAfter
from tests.routing.planner.days import case, day

OWNER = """
import os, sys, time
from routing.planner.pool import planning_pool
pool = planning_pool(2)
print(*{pool.submit(os.getpid).result() for _ in range(20)}, flush=True)
time.sleep(60)
"""


def test_every_problem_gets_its_plan() -> None:
    problems = {n: day(case(1), at_s=[60 * n]) for n in range(1, 4)}
    with planning_pool(2) as pool:
        plans = dict(plan_each(pool, problems, StopAfter(solutions=5)))
    assert {n: plan.stops[0].travel_s for n, plan in plans.items()} == {1: 60, 2: 120, 3: 180}


def test_children_end_when_their_owner_is_killed() -> None:
    owner = subprocess.Popen([sys.executable, "-c", OWNER], cwd=ROOT, stdout=subprocess.PIPE)
    assert owner.stdout
    children = [int(pid) for pid in owner.stdout.readline().split()]
    assert children
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    owner.stdout.close()
    deadline = time.monotonic() + 60
    while any(_runs(pid) for pid in children):
        assert time.monotonic() < deadline, "a child outlived its owner"
        time.sleep(0.1)


def _runs(pid: int) -> bool:
    """Whether a process is there and no zombie that nobody has waited for."""
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"
