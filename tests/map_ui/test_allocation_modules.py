"""The pure modules of the allocation page, run by Node.js."""

import json
from typing import Any

import pytest

from tests.map_ui.test_modules import pytestmark, run

__all__ = ["pytestmark"]

PLAIN = {
    "agents": 4, "cases": 100, "without_agent": 0, "lacks": [], "moved": 0, "disturbed": 0,
    "familiar": 40, "travel_s": 36000.0, "travel_s_per_case": 360.0, "work_s_least": 3600,
    "work_s_median": 7200, "work_s_most": 10800, "work_cv": 0.2, "money_gini": 0.1,
    "money_cv": 0.2, "rounds": None,
}  # fmt: skip


def rows(**proposed: Any) -> dict[str, dict[str, str]]:
    told = {"now": PLAIN, "allocated": None, "proposed": PLAIN | proposed}
    groups = run(f"figures.rowsOf({json.dumps(told)})", figures="allocation/figures.js")
    return {row["label"]: row for group in groups for row in group["rows"]}


@pytest.mark.parametrize(
    ("proposed", "label", "shown", "difference", "verdict"),
    [
        ({"travel_s_per_case": 324.0}, "From an agent to a case", "5.4 min", "▼ 10 %", "better"),
        ({"travel_s": 39600.0}, "To all cases", "11 h 00", "▲ 10 %", "worse"),
        ({"travel_s": 36060.0}, "To all cases", "10 h 01", "▲ 0.2 %", "worse"),
        ({"without_agent": 3}, "Cases without an agent", "3", "▲", "worse"),
        ({"familiar": 50}, "Cases with an agent they know", "50", "▲ 25 %", "better"),
        ({"moved": 7}, "Cases that change hands", "7", "▲", ""),
        ({}, "Uneven by (Gini)", "0.100", "", "same"),
    ],
)
def test_a_figure_says_by_how_much_and_whether_that_is_better(
    proposed: dict[str, Any], label: str, shown: str, difference: str, verdict: str
) -> None:
    row = rows(**proposed)[label]
    assert (row["proposed"], row["difference"], row["verdict"]) == (shown, difference, verdict)


def test_rounds_are_told_where_both_sides_were_planned() -> None:
    assert "Score planned" not in rows(rounds={"score": 5, "visits": 2, "travel_s": 60})


def body(**values: Any) -> Any:
    told = {"name": "x", "branch_ids": ["a", "b"], "out": []} | values
    return run(f"form.bodyOf({json.dumps(told)})", form="allocation/scenario_form.js")


@pytest.mark.parametrize(
    ("values", "changes"),
    [
        ({}, []),
        (
            {"more": "2", "more_branch": "a", "more_like": "", "more_skills": "car, gold"},
            [{"kind": "add_agents", "branch_id": "a", "number": 2, "like_agent_id": None,
              "skills": ["car", "gold"]}],
        ),
        ({"out": ["p"]}, [{"kind": "leave_out_agents", "agent_ids": ["p"]}]),
        (
            {"out": ["p"], "others_keep": "on"},
            [{"kind": "leave_out_agents", "agent_ids": ["p"], "others_keep": True}],
        ),
        (
            {"split": '["a","T-1"]', "split_first": ["p"], "split_second": ["q", "r"]},
            [{"kind": "split_territory", "branch_id": "a", "territory": "T-1",
              "first_agent_ids": ["p"], "second_agent_ids": ["q", "r"]}],
        ),
        ({"share": "120"}, [{"kind": "set_capacity", "share": 1.2}]),
        ({"most": "0"}, [{"kind": "set_capacity", "max_cases": 0}]),
        (
            {"close": "b", "together": "on", "branch_ids": ["a", "b", "c"]},
            [{"kind": "close_branch", "branch_id": "b"},
             {"kind": "take_together", "branch_ids": ["a", "c"]}],
        ),
        ({"fairness_min": "0"}, [{"kind": "set_weights", "fairness_min": 0}]),
    ],
)  # fmt: skip
def test_what_is_filled_in_becomes_a_change(values: dict[str, Any], changes: list[Any]) -> None:
    assert body(**values)["changes"] == changes


def test_changes_are_found_by_customer_and_by_agent() -> None:
    changes = [
        {"case_id": "1", "customer": "María González", "account": "L1", "from_id": "a",
         "from_name": "Ana", "to_id": "b", "to_name": "Ben"},
        {"case_id": "2", "customer": None, "account": None, "from_id": None, "from_name": None,
         "to_id": "c", "to_name": None},
    ]  # fmt: skip
    told = json.dumps(changes)
    call = (
        f"[words.filtered({told}, {{agentId: '', text: 'gonz'}}).length,"
        f" words.filtered({told}, {{agentId: 'c', text: ''}}).length,"
        f" words.fromTo({told}[1]), words.agentsOf({told}).map(({{name, gets}}) => [name, gets])]"
    )
    found = run(call, words="allocation/words.js")
    assert found[:3] == [1, 1, "nobody to an agent of another branch"]
    assert sorted(found[3]) == [["Ana", 0], ["Ben", 1], ["an agent of another branch", 1]]
