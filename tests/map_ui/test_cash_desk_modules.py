"""The pure module of the cash desk's page, run by Node.js."""

import json
from typing import Any

import pytest

from tests.map_ui.test_modules import pytestmark, run

__all__ = ["pytestmark"]


def words(call: str) -> Any:
    return run(call, words="cash_desk/words.js")


def money(minor: int) -> dict[str, Any]:
    return {"amount_minor": minor, "currency": "CLP"}


@pytest.mark.parametrize(
    ("counted", "expected"),
    [
        ([[1000, 4]], "500 short. Ana owes it until somebody else settles it."),
        ([[1000, 5]], "500 over. It is nobody's until somebody settles it."),
        ([[1000, 4], [500, 1]], "As stated."),
    ],
)
def test_what_follows_from_a_count_is_a_sentence(counted: list[list[int]], expected: str) -> None:
    count = {"denominations": [{"face_minor": f, "count": n} for f, n in counted]}
    deposit = {"amount": money(4500)}
    off = f"words.differs({json.dumps(deposit)}, {json.dumps(count)})"
    assert words(f"words.follows({off}, 'Ana', String)") == expected


def test_a_deposit_that_nobody_counted_does_not_differ() -> None:
    assert words(f"words.differs({json.dumps({'amount': money(1)})}, undefined)") == 0


def test_only_what_came_to_the_branch_and_nobody_acknowledged_is_to_count() -> None:
    deposits = [
        {"id": 1, "target": "branch", "acknowledged_at": None},
        {"id": 2, "target": "bank", "acknowledged_at": None},
        {"id": 3, "target": "branch", "acknowledged_at": "2026-11-23T12:00:00Z"},
    ]
    told = json.dumps(deposits)
    found = words(f"[words.toCount({told}), words.atBank({told})].map((l) => l.map((d) => d.id))")
    assert found == [[1], [2]]


def test_a_form_becomes_a_count_without_what_is_empty_highest_first() -> None:
    assert words('words.countOf({"10": "", "500": "2", "1000": "1", "50": "0"})') == [
        {"face_minor": 1000, "count": 1}, {"face_minor": 500, "count": 2},
    ]  # fmt: skip


def test_tills_that_need_a_word_come_first() -> None:
    def till(name: str, in_hand: int, blocked: str | None = None) -> dict[str, Any]:
        return {"agent_id": name, "agent": name, "in_hand": money(in_hand), "limit": money(100),
                "blocked_for": blocked}  # fmt: skip

    tills = [till("Zoe", 0), till("Ana", 0), till("Old", 5), till("Full", 90), till("Shut", 1, "x")]
    aged = [{"agent_id": "Old", "is_overdue": True}, {"agent_id": "Full", "is_overdue": False}]
    call = f"words.withAge({json.dumps(tills)}, {json.dumps(aged)}).map((t) => t.agent)"
    assert words(call) == ["Shut", "Old", "Full", "Ana", "Zoe"]


def test_the_columns_of_a_proof_add_up_to_its_closing() -> None:
    names = (
        "opening",
        "receipts",
        "reversed",
        "deposits",
        "sent_back",
        "taken_over",
        "handed_over",
    )
    line = {name: money(2**n) for n, name in enumerate(names)}
    assert words(f"words.closingOf({json.dumps(line)})") == 1 + 2 - 4 - 8 + 16 + 32 - 64


def test_sums_are_by_currency() -> None:
    amounts = [money(5), money(7), {"amount_minor": 1, "currency": "USD"}]
    assert words(f"words.sums({json.dumps(amounts)})") == [["CLP", 12], ["USD", 1]]
