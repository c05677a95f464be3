"""The pure module of the cash desk's page, run by Node.js."""

import json
from typing import Any
from uuid import UUID

import pytest

from collection.custody.days.proof import AgentProof
from collection.custody.denominations import Denomination, total_of
from collection.custody.differences.difference import Sort, differences, total
from collection.receipts.books.book import in_runs
from core.money import Money
from tests.map_ui.test_modules import pytestmark, run

__all__ = ["pytestmark"]


def words(call: str) -> Any:
    return run(call, words="cash_desk/words.js")


def money(minor: int) -> dict[str, Any]:
    return {"amount_minor": minor, "currency": "CLP"}


@pytest.mark.parametrize(
    ("counted", "false_notes", "expected"),
    [
        ([[1000, 4]], [], "500 short. Ana owes it until somebody else settles it."),
        ([[1000, 5]], [], "500 over. It is nobody's until somebody settles it."),
        ([[1000, 4], [500, 1]], [], "As stated."),
        ([[1000, 4]], [500], "500 in false notes. Ana owes it until somebody else settles it."),
        (
            [[1000, 3]], [500],
            "1000 short. 500 in false notes. Ana owes it until somebody else settles it.",
        ),
        (
            [[1000, 4]], [1000],
            "1000 in false notes. Ana owes it until somebody else settles it."
            " 500 over. It is nobody's until somebody settles it.",
        ),
    ],
)  # fmt: skip
def test_what_follows_from_a_count_is_told_as_the_ledger_will_have_it(
    counted: list[list[int]], false_notes: list[int], expected: str
) -> None:
    faces = [Denomination(face, many) for face, many in counted]
    count = {
        "denominations": [{"face_minor": one.face_minor, "count": one.count} for one in faces],
        "counterfeit_notes": [{"face_minor": face, "serial": "A"} for face in false_notes],
    }
    deposit = {"amount": money(4500)}
    found = f"words.openAfter({json.dumps(deposit)}, {json.dumps(count)})"
    assert words(f"words.follows({found}, 'Ana', String)") == expected
    # The domain says the same of it.
    stated, good, false = (
        Money(minor, "CLP") for minor in (4500, total_of(faces), sum(false_notes))
    )
    short = total(differences(stated, good, false), Sort.SHORTAGE, "CLP").amount_minor
    told = words(
        f"(({{false_minor, over_minor}}) => false_minor - Math.min(0, over_minor))({found})"
    )
    assert told == short


def test_a_deposit_that_nobody_counted_is_as_stated() -> None:
    assert not words(f"words.isOff(words.openAfter({json.dumps({'amount': money(1)})}, undefined))")


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


def test_the_columns_of_a_proof_add_up_as_the_domain_adds_them() -> None:
    names = [name for name, _, _ in words("words.PROOF")]
    parts = {name: Money(2**n, "CLP") for n, name in enumerate(names)}
    signs = [sign for _, _, sign in words("words.PROOF")]
    closing = Money(sum(s * 2**n for n, s in enumerate(signs)) + 1000, "CLP")
    parts["opening"] = parts["opening"] + Money(1000, "CLP")
    proof = AgentProof(
        UUID(int=1), "Ana", **parts, closing=closing, from_facts=closing, in_till=None
    )
    assert proof.proves


def test_columns_of_a_proof_that_nobody_has_anything_in_are_left_out() -> None:
    nothing = {name: money(0) for name, _, _ in words("words.PROOF")}
    proofs = [nothing, nothing | {"taken_over": money(5)}, nothing | {"reversed": money(7)}]

    def shown(count: int) -> list[str]:
        call = f"words.columnsOf({json.dumps(proofs[:count])}).map(([name]) => name)"
        return list(words(call))

    assert shown(1) == ["opening", "receipts", "deposits"]
    assert shown(3) == ["opening", "receipts", "reversed", "deposits", "taken_over"]


def test_sums_are_by_currency() -> None:
    amounts = [money(5), money(7), {"amount_minor": 1, "currency": "USD"}]
    assert words(f"words.sums({json.dumps(amounts)})") == [["CLP", 12], ["USD", 1]]


@pytest.mark.parametrize("numbers", [[], [4], [9, 3, 7, 8], [1, 2], list(range(1, 1000, 2))])
def test_numbers_of_leaves_are_told_in_runs_as_alerts_tell_them(numbers: list[int]) -> None:
    assert words(f"words.inRuns({json.dumps(numbers)})") == in_runs(numbers)
