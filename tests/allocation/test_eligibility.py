"""Who may own which case, and what is said when nobody may."""

from typing import Any

import pytest
from hypothesis import given, settings

from allocation.eligibility import may_own, misfit
from allocation.problem import Problem
from allocation.solver import assign
from allocation.work import Worked
from tests.allocation.scenes import SOUTH, agent, case, problem, problems

AGENT: dict[str, Any] = {
    "gender": "male", "certificates": frozenset({"cards"}), "excluded_tags": frozenset({"dog"}),
    "cash_limit_minor": 1_000, "languages": ["es"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({}, None),
        ({"branch_id": SOUTH}, "agent and case are of different branches"),
        ({"skills": ["diver"]}, "the agent lacks skill diver"),
        ({"language": "arn"}, "the agent lacks language arn"),
        ({"genders": frozenset({"female"})}, "the customer asks for female"),
        ({"certificates": frozenset({"cards", "cars"})}, "the agent lacks certificate cars"),
        ({"tags": frozenset({"dog", "vip"})}, "the agent must not have cases tagged dog"),
        (
            {"not_with": frozenset({agent(1).id})},
            "the agent has a conflict of interest with the customer",
        ),
        (
            {"cash_minor": 1_001},
            "a visit may bring 1001 minor units in cash, and the agent's limit is 1000",
        ),
        ({"cash_minor": 1_000}, None),
        ({"worked": Worked("T-3", frozenset()), "stays_in_territory": False}, None),
        ({"worked": Worked("T-3", frozenset({agent(1).id})), "stays_in_territory": True}, None),
        (
            {"worked": Worked("T-3", frozenset({agent(2).id})), "stays_in_territory": True},
            "the agent does not work territory T-3, where the case lies",
        ),
        ({"barred": "in court"}, "nobody may have this case: in court"),
    ],
)
def test_a_pair_that_does_not_fit_is_told_why(asked: dict[str, Any], told: str | None) -> None:
    assert misfit(agent(1, **AGENT), case(1, **asked)) == told


@pytest.mark.parametrize(
    ("asked", "code", "told"),
    [
        (
            {"genders": frozenset({"female"})},
            "no_agent_of_gender",
            "the customer asks for female; no agent in branch B is, of 2 who fit otherwise",
        ),
        (
            {"certificates": frozenset({"cars"})},
            "no_agent_with_certificate",
            "no agent in branch B has a valid certificate cars, of 2 who fit otherwise",
        ),
        (
            {"skills": ["boat"], "tags": frozenset({"dog"})},
            "tag_excluded",
            "it is tagged dog; no agent in branch B may have that, of 1 who fit otherwise",
        ),
        (
            {"not_with": frozenset({agent(1).id, agent(2).id})},
            "conflict_of_interest",
            "no agent in branch B is without a conflict of interest with the customer, of 2 who"
            " fit otherwise",
        ),
        (
            {"cash_minor": 5_000},
            "above_cash_limits",
            "a visit may bring 5000 minor units in cash; the highest limit in branch B is 2000,"
            " of 2 who fit otherwise",
        ),
        ({"barred": "in court"}, "barred", "nobody may have it: in court"),
    ],
)
def test_a_case_that_nobody_may_own_says_which_rule_left_nobody_and_how_many_were_left(
    asked: dict[str, Any], code: str, told: str
) -> None:
    agents = [
        agent(1, **AGENT, skills=["boat"]),
        agent(2, **{**AGENT, "cash_limit_minor": 2_000, "excluded_tags": frozenset()}),
    ]
    answer = assign(problem(agents, [case(1, **asked)]))
    assert answer.owners == ()
    assert [lost.reason.code for lost in answer.unplaced] == [code]
    assert answer.unplaced[0].reason.sentence("B") == told


def test_an_agent_of_whom_no_language_is_known_is_taken_to_manage_all() -> None:
    speaks_spanish, unknown = agent(1, languages=["es"]), agent(2)
    wanted = case(1, language="arn")
    assert misfit(unknown, wanted) is None
    assert may_own(problem([speaks_spanish, unknown], [wanted]))[:, 0].tolist() == [False, True]


def test_an_agent_without_a_till_has_no_cash_limit_and_without_a_gender_is_neither() -> None:
    assert misfit(agent(1), case(1, cash_minor=10**12)) is None
    assert misfit(agent(1), case(1, genders=frozenset({"male"}))) == "the customer asks for male"


@settings(max_examples=100, deadline=None)
@given(scene=problems())
def test_all_pairs_at_once_are_judged_as_one_by_one(scene: Problem) -> None:
    may = may_own(scene)
    for row, someone in enumerate(scene.agents):
        for column, wanted in enumerate(scene.cases):
            assert may[row, column] == (misfit(someone, wanted) is None)
