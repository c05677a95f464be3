"""Situations, and what matching makes of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collection.reconciliation.matching.match import match
from collection.reconciliation.matching.problem import Policy
from collection.reconciliation.matching.references import Evidence, keys_of, shared_references
from collection.reconciliation.matching.result import Reason, Result, Tier
from tests.collection.reconciliation.small import Claim, Line, problem

SLIP = "SLP-100412"


def matched(lines: list[Line], claims: list[Claim]) -> Result:
    return match(problem(lines, claims))


@pytest.mark.parametrize(
    ("line", "tier", "reason"),
    [
        (Line(50, "SLP100412"), Tier.REFERENCE, Reason.REFERENCE),
        (Line(50, "100412"), Tier.REFERENCE, Reason.REFERENCE),
        (Line(50, "0000100412"), Tier.REFERENCE, Reason.REFERENCE),
        (Line(50, text="CASH DEP/100412/LA SERENA"), Tier.REFERENCE_IN_TEXT,
         Reason.REFERENCE_IN_TEXT),
        (Line(50, text="SLIP100412CASH"), Tier.REFERENCE_IN_TEXT, Reason.REFERENCE_IN_TEXT),
        (Line(50, "100142"), Tier.REFERENCE_IN_TEXT, Reason.SWAPPED),
        (Line(50, "10041"), Tier.REFERENCE_IN_TEXT, Reason.CUT),
        (Line(50, "00412", text="X"), None, None),
        (Line(50, "SLP100412", day=7), Tier.REFERENCE, Reason.REFERENCE),
    ],
)  # fmt: skip
def test_a_reference_and_the_amount_prove_a_deposit(
    line: Line, tier: Tier | None, reason: Reason | None
) -> None:
    result = matched([line], [Claim(50, SLIP)])
    sure = [found for found in result.found if found.automatic]
    assert [(found.tier, found.reasons[0]) for found in sure] == ([(tier, reason)] if tier else [])


@pytest.mark.parametrize(
    "line",
    [
        Line(51, "SLP100412"),  # another amount
        Line(50, "SLP100412", day=8),  # six banking days later
        Line(50, "SLP100412", day=-5),  # before it was made
        Line(50, "SLP100412", is_open=False),
        Line(50, "1004"),  # too little of it
        Line(50, "910041299"),  # another number that has it inside
        Line(50, "100421", text="CASH DEP 100412"),  # two references
    ],
)
def test_without_both_in_time_nothing_is_sure(line: Line) -> None:
    claims = [Claim(50, SLIP), Claim(70, "SLP-100421")]
    assert [found for found in matched([line], claims).found if found.automatic] == []


def test_weekends_do_not_count_and_either_date_may_be_near() -> None:
    friday = Claim(50, SLIP, day=4)
    assert matched([Line(50, "SLP100412", day=11)], [friday]).found[0].automatic
    late = Line(50, "SLP100412", day=20, valued=7)
    assert matched([late], [friday]).found[0].automatic


def test_equal_deposits_with_their_own_numbers_are_each_proven() -> None:
    lines = [Line(50, "100413"), Line(50, "100412")]
    result = matched(lines, [Claim(50, "100412"), Claim(50, "100413")])
    assert {(f.lines, f.claims) for f in result.found if f.automatic} == {
        ((0,), (1,)),
        ((1,), (0,)),
    }


def test_a_number_that_may_be_anothers_with_two_digits_swapped_proves_nothing() -> None:
    # Was it 100421, or 100412 with two digits swapped? Both are of this amount.
    result = matched([Line(50, "100421")], [Claim(50, "100412"), Claim(50, "100421")])
    assert [f for f in result.found if f.automatic] == []
    # Unless the other one stands whole in a line of its own.
    lines = [Line(50, "100421"), Line(50, "100412")]
    result = matched(lines, [Claim(50, "100412"), Claim(50, "100421")])
    assert sum(f.automatic for f in result.found) == 2


def test_a_damaged_number_that_is_another_deposits_whole_proves_nothing() -> None:
    claims = [Claim(50, "135476"), Claim(286, "134576")]
    assert not any(f.automatic for f in matched([Line(50, "134576")], claims).found)


def test_the_same_credit_twice_is_for_a_person() -> None:
    result = matched([Line(50, "100412"), Line(50, "100412")], [Claim(50, SLIP)])
    assert not any(f.automatic for f in result.found)
    assert {choice.line for choice in result.choices} == {0, 1}


def test_a_cut_number_that_fits_others_is_proposed_with_that_reason() -> None:
    claims = [Claim(50, "100412"), Claim(70, "100413")]
    [found] = matched([Line(50, "10041")], claims).found
    assert (found.automatic, found.reasons[0]) == (False, Reason.CUT_SHARED)


def test_an_amount_alone_is_proposed_when_nothing_else_fits() -> None:
    [found] = matched([Line(50, day=1)], [Claim(50, SLIP), Claim(70)]).found
    assert (found.tier, found.automatic) == (Tier.AMOUNT, False)
    assert Reason.ONLY_ONE in found.reasons
    assert matched([Line(50, day=3)], [Claim(50, SLIP)]).found == ()


def test_several_of_an_amount_are_a_choice_ranked_by_what_else_fits() -> None:
    claims = [Claim(50, words="Ravi Kumar"), Claim(50, day=-1, words="Asha Verma")]
    [choice] = matched([Line(50)], claims).choices
    assert [option.claims for option in choice.options] == [(0,), (1,)]
    assert all(Reason.RIVAL in option.reasons for option in choice.options)
    [found] = matched([Line(50, text="BY ASHA VERMA")], claims).found
    assert (found.claims, Reason.NAME in found.reasons) == ((1,), True)


def test_a_charge_is_proposed_with_what_is_missing() -> None:
    [found] = matched([Line(990, "SLP100412")], [Claim(1_000, SLIP)]).found
    assert (found.short_minor, found.automatic) == (1_000, False)
    assert Reason.CHARGE in found.reasons
    assert matched([Line(900, "SLP100412")], [Claim(1_000, SLIP)]).found == ()


def test_one_line_for_several_deposits_of_an_agent() -> None:
    claims = [Claim(3_011, party=1), Claim(4_022, party=1), Claim(5_001, party=2)]
    [found] = matched([Line(7_033)], claims).found
    assert (found.tier, found.claims) == (Tier.SUM_OF_CLAIMS, (0, 1))
    # Two ways to make it are none.
    claims += [Claim(3_010, party=1), Claim(4_023, party=1)]
    assert matched([Line(7_033)], claims).found == ()


def test_several_lines_for_one_deposit() -> None:
    lines = [Line(3_011, "100412"), Line(4_022, "100412")]
    [found] = matched(lines, [Claim(7_033, SLIP)]).found
    assert (found.tier, found.lines, found.automatic) == (Tier.SUM_OF_LINES, (0, 1), False)


def test_a_sum_that_chance_would_make_is_not_proposed() -> None:
    claims = [Claim(10 * n, party=1) for n in range(1, 9)]
    assert matched([Line(150)], claims).found == ()


def test_a_reversal_takes_its_original_and_the_second_credit_proves_the_deposit() -> None:
    lines = [
        Line(50, "100412"),
        Line(-50, "100412", "REVERSAL", day=1),
        Line(50, "100412", day=2),
    ]
    result = matched(lines, [Claim(50, SLIP)])
    assert {(f.lines, f.claims, f.automatic) for f in result.found} == {
        ((1, 0), (), True),
        ((2,), (0,), True),
    }


def test_a_reversal_that_may_mean_two_credits_holds_both() -> None:
    lines = [Line(50, "100412"), Line(50, "100999"), Line(-50, "", "REV OF CREDIT", day=1)]
    result = matched(lines, [Claim(50, SLIP), Claim(50, "100999")])
    assert not any(f.automatic for f in result.found)
    assert all(Reason.HELD in f.reasons for f in result.found)


def test_a_reversal_without_a_number_holds_no_credit_of_long_ago() -> None:
    lines = [Line(50, "100412"), Line(-50, "", "REV OF CREDIT", day=8)]
    [found] = matched(lines, [Claim(50, SLIP)]).found
    assert (found.lines, found.automatic) == ((0,), True)
    named = [Line(50, "100412"), Line(-50, "100412", "REV OF CREDIT", day=8)]
    [found] = matched(named, [Claim(50, SLIP)]).found
    assert (found.lines, found.automatic) == ((1, 0), True)


def test_money_paid_out_is_no_reversal() -> None:
    lines = [Line(50, "100412"), Line(-50, "", "SALARIES", day=1)]
    [found] = matched(lines, [Claim(50, SLIP)]).found
    assert found.automatic
    assert found.tier is Tier.REFERENCE


def test_a_reversal_of_a_line_that_is_matched_already_names_it() -> None:
    lines = [
        Line(50, bank_id="B7", is_open=False),
        Line(-50, bank_id="B7", day=1, is_reversal=True),
    ]
    [found] = matched(lines, [Claim(50, SLIP, is_open=False)]).found
    assert (found.lines, found.automatic) == ((1, 0), True)


def test_nothing_is_matched_with_nothing() -> None:
    assert match(problem([], [Claim(50)])) == Result((), ())
    assert match(problem([Line(50)], [])) == Result((), ())


def test_a_number_that_many_share_tells_nothing() -> None:
    claims = [Claim(50 + n, f"7000/{n:04}") for n in range(30)]
    pairs = shared_references(problem([Line(50, "7000")], claims).lines, problem([], claims).claims)
    assert len(pairs.line) == 0


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("SLP/100412", {b"SLP100412", b"100412"}),
        ("000100412", {b"100412"}),
        ("abc", set()),
        ("x12", set()),
    ],
)
def test_references_are_known_by_letters_and_digits(text: str, keys: set[bytes]) -> None:
    assert keys_of(text) == keys


amounts = st.sampled_from([50, 70, 120, 300, 1_000])
numbers = st.sampled_from(["", "100412", "100421", "10041", "100413", "SLP100412", "777777777"])
some_lines = st.lists(
    st.builds(Line, amounts | amounts.map(lambda a: -a), numbers, numbers,
              st.integers(-3, 9), is_open=st.booleans(), is_reversal=st.booleans()),
    max_size=7,
)  # fmt: skip
some_claims = st.lists(
    st.builds(Claim, amounts, numbers, st.integers(-3, 5), st.integers(0, 2),
              st.integers(0, 1), is_open=st.booleans()),
    max_size=7,
)  # fmt: skip


@given(some_lines, some_claims)
def test_whatever_there_is_each_line_and_claim_is_in_one_match_that_adds_up(
    lines: list[Line], claims: list[Claim]
) -> None:
    result = matched(lines, claims)
    used_lines = [row for one in result.found for row in one.lines]
    used_claims = [row for one in result.found for row in one.claims]
    assert len(used_claims) == len(set(used_claims))
    assert len(used_lines) == len(set(used_lines))
    assert not set(used_lines) & {choice.line for choice in result.choices}
    for one in result.found:
        money = sum(lines[row].amount for row in one.lines) * 100
        claimed = sum(claims[row].amount for row in one.claims) * 100
        assert money + one.short_minor == claimed
        assert all(claims[row].is_open for row in one.claims)
        assert 0 <= one.score <= 1
        assert one.reasons
        assert not one.automatic or (
            one.tier in (Tier.REFERENCE, Tier.REFERENCE_IN_TEXT, Tier.REVERSAL)
            and one.short_minor == 0
        )


@given(some_lines, some_claims, st.randoms(use_true_random=False))
def test_the_order_of_claims_does_not_matter_to_what_is_sure(
    lines: list[Line], claims: list[Claim], random: object
) -> None:
    order = list(range(len(claims)))
    random.shuffle(order)  # type: ignore[attr-defined]
    plain = matched(lines, claims)
    mixed = matched(lines, [claims[row] for row in order])
    sure = {(f.lines, f.claims) for f in plain.found if f.automatic}
    again = {(f.lines, tuple(order[row] for row in f.claims)) for f in mixed.found if f.automatic}
    assert sure == again


@given(st.text("0123456789", min_size=6, max_size=12), st.integers(0, 10))
def test_two_neighbors_that_changed_places_are_seen(number: str, at: int) -> None:
    at %= len(number) - 1
    swapped = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    one = problem([Line(50, swapped)], [Claim(50, number)])
    pairs = shared_references(one.lines, one.claims)
    if number.startswith("0") or swapped.startswith("0"):
        return  # leading zeros are no part of a number
    assert pairs.evidence.tolist() == [Evidence.FIELD if swapped == number else Evidence.SWAPPED]


def test_all_of_one_amount_on_one_day_is_no_trouble() -> None:
    many = 1_500
    lines = [Line(50, f"{200_000 + 7 * n}" if n % 2 else "") for n in range(many)]
    claims = [Claim(50, f"{200_000 + 7 * n}", party=n % 40) for n in range(many)]
    result = matched(lines, claims)
    assert sum(f.automatic for f in result.found) > 0.9 * many // 2
    assert all(f.lines == f.claims for f in result.found if f.automatic)
    assert np.all([len(choice.options) <= Policy().most_listed for choice in result.choices])
