"""What is weighed: who knows the customer, a fair share of the money, and most cases per agent."""

import numpy as np

from allocation.audit import audit
from allocation.policy import Policy
from allocation.problem import Assignment, Problem
from allocation.solver import assign
from allocation.work import Known
from tests.allocation.scenes import agent, case, problem, published


def test_a_case_returns_to_who_knows_the_customer_as_far_as_that_is_worth_the_way() -> None:
    near, friend = agent(1), agent(2, east=0.02)
    visit = case(1, known_by=(Known(friend.id, 1.0),))
    scene = problem([near, friend], [visit])
    way_s = float(scene.travel_s[1, 0] - scene.travel_s[0, 0])
    worth = assign(scene, Policy(continuity_s=int(way_s) + 1))
    not_worth = assign(scene, Policy(continuity_s=int(way_s) - 1))
    assert worth.owners == ((visit.id, friend.id),)
    assert not_worth.owners == ((visit.id, near.id),)


def test_who_knows_the_customer_is_weighed_although_many_others_are_nearer() -> None:
    crowd = [agent(n, east=0.0001 * n) for n in range(1, 9)]
    friend = agent(9, east=0.01)
    visit = case(1, known_by=(Known(friend.id, 1.0),))
    answer = assign(problem([*crowd, friend], [visit]), Policy(nearest=2, continuity_s=3_600))
    assert answer.owners == ((visit.id, friend.id),)


def rich_and_poor(fairness_s: int) -> tuple[Problem, Assignment]:
    """Two agents beside each other; the first is a little nearer to all that promises much."""
    agents = [agent(1, capacity_min=240), agent(2, east=0.01, capacity_min=240)]
    rich = [case(n, east=0.003, expected_minor=9_000) for n in range(10)]
    poor = [case(n, east=0.007, expected_minor=1_000) for n in range(10, 20)]
    scene = problem(agents, [*rich, *poor])
    return scene, assign(scene, Policy(fairness_s=fairness_s))


def money_of(scene: Problem, answer: Assignment) -> list[float]:
    rows = [scene.agent_index[owned.agent_id] for owned in answer.owners]
    columns = [scene.case_index[owned.case_id] for owned in answer.owners]
    money = np.bincount(rows, scene.expected_minor[columns], minlength=2)
    return [float(minor) for minor in money]


def test_expected_money_is_spread_fairly_at_the_price_that_the_policy_sets() -> None:
    scene, answer = rich_and_poor(0)
    low, high = sorted(money_of(scene, answer))
    fair_scene, fair = rich_and_poor(600)
    fair_low, fair_high = sorted(money_of(fair_scene, fair))
    assert high - low > 0.5 * (high + low)
    assert fair_high - fair_low < 0.2 * (fair_high + fair_low)
    assert fair.unplaced == ()
    assert assign(published(fair_scene, fair), Policy(fairness_s=600)).moved == ()


def test_nobody_gets_more_than_the_most_cases_and_what_is_left_says_how_many() -> None:
    agents = [agent(1, max_cases=3), agent(2, east=0.1, max_cases=2)]
    scene = problem(agents, [case(n, priority=10 * n) for n in range(1, 8)])
    answer = assign(scene)
    counts = {a.id: sum(o.agent_id == a.id for o in answer.owners) for a in agents}
    assert counts == {agents[0].id: 3, agents[1].id: 2}
    assert {lost.case_id for lost in answer.unplaced} == {case(1).id, case(2).id}
    assert {lost.reason.code for lost in answer.unplaced} == {"cases_short"}
    assert answer.unplaced[0].reason.sentence("B") == (
        "the agents of branch B who have time have their most cases; short by 2 cases"
    )
    assert audit(scene, answer) == ()


def test_the_members_of_a_center_count_one_by_one() -> None:
    agents = [agent(1, max_cases=4), agent(2, east=0.1)]
    center, single = case(1, members=4), case(2, priority=100)
    answer = assign(problem(agents, [center, single]))
    assert answer.unplaced == ()
    assert dict(answer.owners)[center.id] != dict(answer.owners)[single.id]
