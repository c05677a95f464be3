"""Sixty random events on small days: pins kept, every plan audited, little moved."""

from dataclasses import replace
from uuid import UUID

import numpy as np

from routing.planner.audit import audit
from routing.planner.plan import Plan
from routing.planner.problem import ALL_DAY, Problem, Window
from routing.planner.solver import plan
from routing.planner.stop import StopAfter
from routing.underway.difference import longest_rise
from routing.underway.rest_of_round import given_up, rest_of_round
from tests.routing.planner.days import NINE, case, day

BUDGET = StopAfter(solutions=60)
CASES, EVENTS, MINUTE = 14, 60, 60


def a_problem(rng: np.random.Generator) -> Problem:
    """Fourteen cases along half an hour of street, a third with two hours of their own."""
    at_s = rng.integers(60, 1800, CASES).tolist()
    cases = []
    for number in range(1, CASES + 1):
        opens_s = int(NINE + 3600 * rng.integers(0, 6))
        wish = Window(opens_s, opens_s + 7200) if rng.random() < 1 / 3 else ALL_DAY
        cases.append(case(number, score=float(rng.integers(5, 100)), windows=(wish,)))
    return day(*cases, at_s=at_s)


def after(problem: Problem, standing: Plan, event: str, rng: np.random.Generator) -> Problem:
    """The rest of a day after some stops were made and something happened, agent at the last."""
    made = int(rng.integers(1, max(2, len(standing.stops) - 3)))
    here = standing.stops[made - 1]
    done = {stop.candidate.case_id for stop in standing.stops[:made]}
    rest = [c for c in problem.candidates if c.case_id not in done]
    late_s = 25 * MINUTE if event == "late" else 0
    start_s = here.departure_s + late_s
    end_s = problem.shift.end_s - (2 * 3600 if event == "stops_early" else 0)
    if event == "gone" and len(standing.stops) > made + 1:
        gone = standing.stops[int(rng.integers(made + 1, len(standing.stops)))].candidate
        rest = [c for c in rest if c.case_id != gone.case_id]
    if event == "urgent":
        place = int(rng.integers(1, CASES + 1))
        rest.append(case(99, place=place, score=1.0))
    shift = replace(
        problem.shift, start_s=start_s, end_s=max(end_s, start_s),
        start_place=here.candidate.place,
    )  # fmt: skip
    return replace(problem, shift=shift, candidates=tuple(rest))


def test_replans_keep_pins_pass_the_audit_and_move_little() -> None:
    rng = np.random.default_rng(1)
    stayed = moved = pins = 0
    kinds = ("late", "stops_early", "gone", "urgent", "nothing")
    for nth in range(EVENTS):
        problem = a_problem(rng)
        standing = plan(problem, BUDGET, 1)
        event = kinds[nth % len(kinds)]
        left = after(problem, standing, event, rng)
        here = {c.case_id for c in left.candidates}
        former = [s.candidate.case_id for s in standing.stops if s.candidate.case_id in here]
        must = {UUID(int=99)} if event == "urgent" else set()
        asked = rest_of_round(left, former, former[0] if former else None, must)
        found = plan(asked, BUDGET, 1)
        broken = audit(asked, found)
        if broken:
            relaxed = given_up(asked, broken)
            assert relaxed is not None, broken
            found = plan(relaxed, BUDGET, 1)
            assert audit(relaxed, found) == []
        order = [s.candidate.case_id for s in found.stops]
        if any(c.pin is not None for c in asked.candidates) and not broken:
            assert order[0] == former[0]
            pins += 1
        if event == "urgent" and not broken:
            assert UUID(int=99) in order
        both = [former.index(case_id) for case_id in order if case_id in former]
        stayed += len(both)
        moved += len(both) - len(longest_rise(both))
        if event == "nothing":
            assert set(former) <= set(order)
    assert pins >= EVENTS * 0.7
    assert moved <= MOST_MOVED * stayed, f"{moved} of {stayed} stops moved"


MOST_MOVED = 0.1
