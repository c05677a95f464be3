from dataclasses import replace

import numpy as np

from allocation.audit import audit
from allocation.policy import Policy
from allocation.problem import Assignment, Owned, Problem, Unplaced
from allocation.reason import Reason
from tests.allocation.scenes import NORTH, SOUTH, agent, assignment_of, case, problem


def rules(scene: Problem, assignment: Assignment, policy: Policy | None = None) -> list[str]:
    return [finding.rule for finding in audit(scene, assignment, policy)]


def test_a_case_with_neither_owner_nor_reason_is_found() -> None:
    assert rules(problem([agent(1)], [case(1)]), assignment_of({})) == ["one_owner"]


def test_a_case_with_a_reason_instead_of_an_owner_is_fine() -> None:
    unplaced = (Unplaced(case(1).id, Reason("out_of_reach", NORTH)),)
    assert rules(problem([], [case(1)]), replace(assignment_of({}), unplaced=unplaced)) == []


def test_a_case_with_two_owners_is_found() -> None:
    first, second, shared = agent(1), agent(2), case(1)
    twice = replace(
        assignment_of({}), owners=(Owned(shared.id, first.id), Owned(shared.id, second.id))
    )
    assert rules(problem([first, second], [shared]), twice) == ["one_owner"]


def test_unknown_cases_and_agents_are_found() -> None:
    stray = assignment_of({case(1): agent(9), case(8): agent(1)})
    assert rules(problem([agent(1)], [case(1)]), stray) == ["one_owner", "one_owner"]


def test_an_owner_of_another_branch_or_without_the_skill_or_language_is_found() -> None:
    someone = agent(1, languages=["arn"])
    for wanted in (case(1, branch_id=SOUTH), case(1, skills=["center"]), case(1, language="es")):
        assert rules(problem([someone], [wanted]), assignment_of({wanted: someone})) == ["eligible"]


def test_an_owner_whom_no_street_connects_is_found() -> None:
    scene = problem([agent(1)], [case(1)])
    scene.travel_s[0, 0] = np.inf
    assert rules(scene, assignment_of({case(1): agent(1)})) == ["eligible"]


def test_load_is_measured_against_the_policys_limit() -> None:
    busy = agent(1, capacity_min=40)
    cases = [case(n, service_min=20) for n in range(3)]
    scene, all_three = problem([busy], cases), assignment_of(dict.fromkeys(cases, busy))
    assert rules(scene, all_three) == []
    assert rules(scene, all_three, Policy(overload_visits=0)) == ["within_limit"]


def test_pins_may_exceed_the_limit_but_nothing_may_be_added_to_them() -> None:
    busy = agent(1, capacity_min=20)
    pins = [case(n, incumbent=busy, pinned=True) for n in range(3)]
    extra = case(9)
    scene = problem([busy], [*pins, extra])
    kept = dict.fromkeys(pins, busy)
    unplaced = (Unplaced(extra.id, Reason("capacity_short", NORTH)),)
    assert rules(scene, replace(assignment_of(kept), unplaced=unplaced)) == []
    assert rules(scene, assignment_of({**kept, extra: busy})) == ["within_limit"]


def test_a_pin_outweighs_skills_and_a_broken_pin_is_found() -> None:
    unskilled, skilled = agent(1), agent(2, skills=["center"])
    held = case(1, skills=["center"], incumbent=unskilled, pinned=True)
    scene = problem([unskilled, skilled], [held])
    assert rules(scene, assignment_of({held: unskilled})) == []
    assert rules(scene, assignment_of({held: skilled})) == ["pin_kept"]
