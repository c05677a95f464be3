"""Territories in an allocation: as a wish with a price, and as a rule."""

import pytest
from hypothesis import given, settings

from allocation.audit import audit
from allocation.figures import figures_of
from allocation.policy import Policy
from allocation.problem import Problem
from allocation.solver import assign
from allocation.work import Worked
from tests.allocation.scenes import agent, case, problem, problems, published

NEAR, LOCAL = agent(1), agent(2, east=0.02)
GROUND = Worked("T-3", frozenset({LOCAL.id}))


def test_a_case_stays_in_its_territory_as_far_as_that_is_worth_the_way() -> None:
    visit = case(1, worked=GROUND)
    scene = problem([NEAR, LOCAL], [visit])
    way_s = int(scene.travel_s[1, 0] - scene.travel_s[0, 0])
    assert assign(scene, Policy(territory_s=way_s + 2)).owners == ((visit.id, LOCAL.id),)
    assert assign(scene, Policy(territory_s=way_s - 2)).owners == ((visit.id, NEAR.id),)


def test_who_works_the_territory_is_weighed_although_many_others_are_nearer() -> None:
    crowd = [agent(n, east=0.0001 * n) for n in range(3, 10)]
    visit = case(1, worked=GROUND)
    answer = assign(problem([*crowd, LOCAL], [visit]), Policy(nearest=2, territory_s=3_600))
    assert answer.owners == ((visit.id, LOCAL.id),)


@pytest.mark.parametrize("worked", [None, Worked("T-9", frozenset({agent(99).id}))])
def test_a_case_whose_territory_nobody_works_is_anybodys(worked: Worked | None) -> None:
    visit = case(1, worked=worked)
    scene = problem([NEAR, LOCAL], [visit])
    assert assign(scene, Policy(territory_s=3_600)).owners == ((visit.id, NEAR.id),)


def test_as_a_rule_it_leaves_a_case_to_nobody_with_the_reason() -> None:
    visit = case(1, worked=GROUND, stays_in_territory=True)
    assert assign(problem([NEAR, LOCAL], [visit])).owners == ((visit.id, LOCAL.id),)
    ((_, reason),) = assign(problem([NEAR], [visit])).unplaced
    assert (reason.code, reason.missing, reason.agents) == ("no_agent_of_territory", ("T-3",), 1)
    assert "works territory T-3, of 1 who fit otherwise" in reason.sentence("North")


def test_the_figures_tell_the_share_in_territories() -> None:
    cases = [case(1, worked=GROUND), case(2, east=0.02, worked=GROUND), case(3)]
    scene = problem([NEAR, LOCAL], cases)
    assert figures_of(scene, assign(scene))["in_territory"] == 0.5
    weighed = assign(scene, Policy(territory_s=3_600))
    assert figures_of(scene, weighed)["in_territory"] == 1.0


@settings(max_examples=60, deadline=None)
@given(scene=problems())
def test_rules_are_kept_and_nothing_moves_when_run_again(scene: Problem) -> None:
    policy = Policy(territory_s=900)
    answer = assign(scene, policy)
    assert audit(scene, answer, policy) == ()
    assert assign(published(scene, answer), policy).moved == ()
