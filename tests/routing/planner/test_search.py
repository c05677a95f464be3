"""The compiled search beside the timetable in Python, and how its machine code is kept."""

import os
import subprocess
import sys
from pathlib import Path
from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core.settings import ROOT
from routing.planner.construct import in_turn, possible
from routing.planner.deposits import with_deposits
from routing.planner.problem import Problem
from routing.planner.search import anneal, compiled
from routing.planner.search.arrays import DUE, FREE, LENGTH, NODE, empty_rounds
from routing.planner.search.laid_out import facts_of
from routing.planner.search.rounds import measure, value
from routing.planner.search.search import begin, filled, improve
from routing.planner.stop import StopAfter
from routing.planner.terms import terms
from routing.planner.timetable import deadlines, departures, timetable
from tests.routing.planner.days import cash_is_kept, days


@settings(deadline=None, max_examples=150)
@given(days(most=5, pins=False), st.randoms(use_true_random=False))
def test_rounds_are_measured_as_the_timetable_does(problem: Problem, chance: Random) -> None:
    its = terms(problem)
    calls = [*range(its.count), *its.counters]
    chance.shuffle(calls)
    calls = calls[: chance.randint(0, len(calls))]
    facts, _ = facts_of(its, range(its.count))
    rounds = empty_rounds(facts)
    rounds.table[0, 1 : len(calls) + 1, NODE] = calls
    rounds.table[0, len(calls) + 1, NODE] = its.end
    rounds.sizes[0, LENGTH] = len(calls)
    kept = measure(facts, rounds, 0)
    most_m, distance_m = problem.shift.max_distance_m, its.distance_of_m(calls)
    assert kept == (
        timetable(its, calls) is not None
        and cash_is_kept(its, calls)
        and (most_m is None or distance_m is None or distance_m <= most_m)
    )
    left_out = problem.disturbance_s * len(its.former)
    assert value(facts, rounds, 0) - left_out == its.net_s(calls)
    if kept:
        columns = 2 * np.arange(len(its.rests_due) + 1)
        free = rounds.table[0, : len(calls) + 1][:, FREE + columns]
        due = rounds.table[0, 1 : len(calls) + 2][:, DUE + columns]
        assert free.tolist() == departures(its, calls)
        reachable = np.array(deadlines(its, calls)) >= 0
        assert np.array_equal(due[reachable], np.array(deadlines(its, calls))[reachable])


@settings(deadline=None, max_examples=80)
@given(days(most=7), st.integers(0, 60), st.integers(0, 5))
def test_the_search_never_ends_with_less_than_it_began_with(
    problem: Problem, solutions: int, seed: int
) -> None:
    its = terms(problem)
    numbers = possible(its)
    order = in_turn(its, [n for n in numbers if not its.is_pinned(n)])
    calls = with_deposits(its, order) or []
    facts, stand_for = facts_of(its, range(its.count))
    before = begin(facts, [calls], seed).value_s
    (found,) = improve(
        filled(facts, [calls], seed), StopAfter(solutions=solutions), 0.0, 500.0, 50.0
    )
    assert begin(facts, [found], seed).value_s >= before
    visits = [stand_for[node] for node in found if node < facts.candidates]
    assert len(set(visits)) == len(visits)


def test_all_machine_code_is_kept_under_a_digest_of_all_its_sources() -> None:
    folder = Path(compiled.__file__).parent
    users = {
        path.name
        for path in folder.glob("*.py")
        if "@compiled" in path.read_text() or "NEVER = " in path.read_text()
    }
    assert users <= set(compiled.SOURCES)


def test_there_is_one_signature_for_all_problems() -> None:
    dispatcher = vars(anneal)["anneal"]
    assert len(dispatcher.signatures) <= 1


def test_a_search_that_may_write_nowhere_still_runs() -> None:
    script = "from routing.planner.search.chance import seeded, uniform; print(uniform(seeded(1)))"
    without_home = {
        "PYTHONPATH": str(ROOT),
        "ROUNDSMAN_STATE_DIR": "/proc/nowhere",
        "HOME": "/proc/nowhere",
        "PATH": os.environ["PATH"],
    }
    ran = subprocess.run(
        [sys.executable, "-c", script],
        env=without_home,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
