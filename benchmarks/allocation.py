"""How long it takes to give a city's cases their agents, and what that disturbs.

500 agents × 25,000 cases on nine tiles of the demo city: assigned from nothing, assigned again with
nothing changed, and with 25 agents down at once. Owners are judged by the benchmark itself.
Processor seconds stand beside the wall clock's: the machine may be shared. Fails when a rule is
broken or a case got neither an owner nor a reason.
"""

import argparse
import json
import statistics
import sys
from collections.abc import Callable
from dataclasses import replace
from time import perf_counter, process_time
from typing import Any, TypeVar
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from allocation.policy import Policy
from allocation.problem import Assignment, Problem
from allocation.scenarios.solve import assigned
from allocation.solver import assign
from allocation.work import NOTHING, Agent, Case, Known
from benchmarks._allocation_field import Force, force, gini, tiled
from benchmarks._round_part import open_streets
from core.geometry import LatLon

T = TypeVar("T")
BRANCH = UUID(int=1)
HEADROOM = 1.1
TILES = 3


def problem_of(field: Force) -> Problem:
    """The field as the product takes it; each agent is wanted a tenth above the mean of work."""
    agents = len(field.home)
    capacity_s = int(HEADROOM * field.service_s.sum() / agents)
    people = tuple(
        Agent(
            UUID(int=n + 1), BRANCH, LatLon(0, 0), capacity_s,
            frozenset({"center"}) if field.skilled[n] else NOTHING,
            gender="female" if field.female[n] else "male",
            certificates=frozenset({"cards"}) if field.certified[n] else NOTHING,
            max_cases=60,
        )
        for n in range(agents)
    )  # fmt: skip
    cases = tuple(
        Case(
            UUID(int=1_000_000 + n), BRANCH, LatLon(0, 0), int(field.service_s[n]),
            frozenset({"center"}) if field.ask_skill[n] else NOTHING,
            priority=max(1, int(field.score[n])),
            genders=frozenset({"female"}) if field.ask_female[n] else NOTHING,
            certificates=frozenset({"cards"}) if field.ask_certificate[n] else NOTHING,
            not_with=frozenset({people[field.apart[n]].id}) if field.apart[n] >= 0 else frozenset(),
            expected_minor=int(field.money[n]),
            known_by=(Known(people[field.knows[n]].id, 1.0),) if field.knows[n] >= 0 else (),
        )
        for n in range(len(field.door))
    )  # fmt: skip
    return Problem(people, cases, field.travel_s)


def owners_of(problem: Problem, answer: Assignment) -> NDArray[np.int64]:
    """The row of each case's agent, -1 for nobody."""
    owner = np.full(len(problem.cases), -1)
    for owned in answer.owners:
        owner[problem.case_index[owned.case_id]] = problem.agent_index[owned.agent_id]
    return owner


def broken(field: Force, owner: NDArray[np.int64]) -> int:
    """How many owners a rule forbids, by the field's own arrays."""
    placed = np.flatnonzero(owner >= 0)
    who = owner[placed]
    wrong = field.ask_skill[placed] & ~field.skilled[who]
    wrong |= field.ask_certificate[placed] & ~field.certified[who]
    wrong |= field.ask_female[placed] & ~field.female[who]
    wrong |= field.apart[placed] == who
    wrong |= ~np.isfinite(field.travel_s[who, placed])
    return int(wrong.sum())


def loads(field: Force, owner: NDArray[np.int64]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Seconds of work, and expected money, per agent."""
    placed = np.flatnonzero(owner >= 0)
    agents = len(field.home)
    return (
        np.bincount(owner[placed], field.service_s[placed], minlength=agents),
        np.bincount(owner[placed], field.money[placed], minlength=agents),
    )


def timed(act: Callable[[], T]) -> tuple[T, float, float]:
    """What it answers, wall seconds and processor seconds."""
    wall_s, cpu_s = perf_counter(), process_time()
    done = act()
    return done, perf_counter() - wall_s, process_time() - cpu_s


def nearest_with_room(field: Force, limit_s: float) -> NDArray[np.int64]:
    """The peer: urgent cases first, each to the nearest agent who may and has room."""
    room_s = np.full(len(field.home), limit_s)
    owner = np.full(len(field.door), -1)
    for case in np.argsort(-field.score, kind="stable").tolist():
        may = room_s >= field.service_s[case]
        may &= field.skilled | ~field.ask_skill[case]
        may &= field.certified | ~field.ask_certificate[case]
        may &= field.female | ~field.ask_female[case]
        if field.apart[case] >= 0:
            may[field.apart[case]] = False
        if may.any():
            who = int(np.where(may, field.travel_s[:, case], np.inf).argmin())
            owner[case] = who
            room_s[who] -= field.service_s[case]
    return owner


def published(problem: Problem, answer: Assignment) -> Problem:
    """The problem once the answer is in force."""
    owner = dict(answer.owners)
    cases = tuple(replace(case, incumbent_id=owner.get(case.id)) for case in problem.cases)
    return Problem(problem.agents, cases, problem.travel_s)


def told(field: Force, owner: NDArray[np.int64]) -> dict[str, float]:
    """How good owners are: travel per case, spread of work, fairness of money, relations kept."""
    placed = owner >= 0
    work_s, money = loads(field, owner)
    known = field.knows >= 0
    return {
        "unplaced": int((~placed).sum()),
        "travel_s_per_case": round(
            float(field.travel_s[owner[placed], np.flatnonzero(placed)].mean()), 1
        ),
        "work_cv": round(float(work_s.std() / work_s.mean()), 4),
        "money_gini": round(gini(money), 4),
        "money_cv": round(float(money.std() / money.mean()), 4),
        "known_kept": round(float((owner[known] == field.knows[known]).mean()), 4),
    }


def measure(field: Force, down: int, seed: int, repeats: int) -> dict[str, Any]:
    """All figures of one field."""
    problem = problem_of(field)
    tries = [timed(lambda: assign(problem_of_again(problem))) for _ in range(repeats)]
    answer = tries[0][0]
    owner = owners_of(problem, answer)
    if len(answer.owners) + len(answer.unplaced) != len(problem.cases) or not answer.owners:
        sys.exit("a case has neither an owner nor a reason")
    if broken(field, owner):
        sys.exit(f"{broken(field, owner)} owners are forbidden")
    work_s, _ = loads(field, owner)
    limit_s = problem.capacity_s[0] + int(field.service_s.max())
    stands = published(problem, answer)
    again, again_s, again_cpu_s = timed(lambda: assign(stands))
    gone = np.random.default_rng(seed).choice(len(field.home), down, replace=False)
    absent = {problem.agents[row].id for row in gone.tolist()}
    handed = [
        timed(lambda: assigned(problem_of_again(stands), Policy(), frozenset(absent)))
        for _ in range(repeats)
    ]
    moved = handed[0][0].moved
    after = owner.copy()
    for move in moved:
        after[problem.case_index[move.case_id]] = problem.agent_index[move.to_id]
    orphans = int(np.isin(owner, gone).sum())
    if broken(field, np.where(np.isin(after, gone), -1, after)):
        sys.exit("a stand-in is forbidden")
    anew = assign(without(stands, absent))
    return {
        "cases": len(field.door),
        "agents": len(field.home),
        "assign_s": _median(tries, 1),
        "assign_cpu_s": _median(tries, 2),
        "over_capacity": int((work_s > limit_s).sum()),
        "over_capacity_strict": int((work_s > problem.capacity_s).sum()),
        "idle_moves": int((owners_of(problem, again) != owner).sum()),
        "idle_s": round(again_s, 3),
        "idle_cpu_s": round(again_cpu_s, 3),
        "down25_s": _median(handed, 1),
        "down25_cpu_s": _median(handed, 2),
        "orphans": orphans,
        "orphans_moved": len(moved),
        "orphans_left": orphans - len(moved),
        "collateral": int(((after != owner) & ~np.isin(owner, gone)).sum()),
        "anew_moved_others": sum(move.from_id not in absent for move in anew.moved),
        "ours": told(field, owner),
        "ours_unfair": told(field, owners_of(problem, assign(problem, Policy(fairness_s=0)))),
        "nearest_with_room": told(field, nearest_with_room(field, limit_s)),
    }


def problem_of_again(problem: Problem) -> Problem:
    """The same problem without what a former run has worked out."""
    return Problem(problem.agents, problem.cases, problem.travel_s)


def without(problem: Problem, absent: set[UUID]) -> Problem:
    """The problem of those who are left."""
    kept = np.array([agent.id not in absent for agent in problem.agents])
    agents = tuple(agent for agent in problem.agents if agent.id not in absent)
    return Problem(agents, problem.cases, problem.travel_s[kept])


def _median(tries: list[tuple[T, float, float]], column: int) -> float:
    return round(statistics.median(float(each[column]) for each in tries), 3)  # type: ignore[arg-type]


def main() -> None:
    """``./roundsman bench allocation -- --seed 7 --json``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="only the line of JSON")
    parser.add_argument("--agents", type=int, default=500)
    parser.add_argument("--down", type=int, default=25)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--city", default="demo", help="grid, demo, a place or a file of streets")
    parser.add_argument("--tiles", type=int, default=TILES)
    options = parser.parse_args()
    city = tiled(open_streets(options.city).city, options.tiles)
    field = force(city, options.agents, options.seed)
    figures = measure(field, options.down, options.seed, options.repeats)
    if not options.json:
        for key, value in figures.items():
            print(f"{key:24}{value}")
    print(json.dumps({"bench": "allocation", "seed": options.seed, **figures}))


if __name__ == "__main__":
    main()
