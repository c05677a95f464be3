"""Customers' one-time codes."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collection.receipts.codes.code import hash_code, is_well_formed, with_check_digit
from core.ids import new_id

five_digits = st.text("0123456789", min_size=5, max_size=5)


def test_the_check_digit_is_luhns() -> None:
    assert with_check_digit("7992739871") == "79927398713"  # the example of ISO/IEC 7812-1


@given(five_digits, st.integers(0, 5), st.sampled_from("0123456789"))
def test_one_wrong_digit_is_always_noticed(digits: str, place: int, digit: str) -> None:
    code = with_check_digit(digits)
    assert is_well_formed(code)
    mistyped = code[:place] + digit + code[place + 1 :]
    assert is_well_formed(mistyped) == (mistyped == code)


@pytest.mark.parametrize("code", ["", "12345", "1234566789", "12345x", "١٢٣٤٥٦"])
def test_what_is_no_code_is_not_taken_for_one(code: str) -> None:
    assert not is_well_formed(code)


def test_the_same_code_of_another_case_is_another() -> None:
    case: UUID = new_id()
    assert hash_code(case, "123455") == hash_code(case, "123455")
    assert hash_code(case, "123455") != hash_code(new_id(), "123455")
