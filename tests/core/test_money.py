"""Money is whole minor units."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidField
from core.money import Money, parse_amount


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("1200", "INR", 120_000),
        ("1,23,456.00", "INR", 12_345_600),
        ("1,234.5", "USD", 123_450),
        ("89990", "CLP", 89_990),
        ("-5.00", "INR", -500),
        ("1.234", "KWD", 1234),
    ],
)
def test_amounts_are_read_as_people_write_them(text: str, currency: str, minor: int) -> None:
    assert parse_amount(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("", "INR"), ("abc", "INR"), ("1.234", "INR"), ("10.5", "CLP"), ("12.000", "CLP"),
        ("1e5", "INR"), ("1_000", "INR"), ("NaN", "INR"), ("Infinity", "INR"), ("12,50", "INR"),
        ("1" * 20, "INR"), ("१२३", "INR"),
    ],
)  # fmt: skip
def test_what_could_mean_something_else_is_refused(text: str, currency: str) -> None:
    with pytest.raises(InvalidField) as refused:
        parse_amount(text, currency, "amount")
    assert refused.value.field == "amount"


@given(st.integers(-(10**14), 10**14), st.sampled_from(["INR", "CLP", "KWD"]))
def test_what_is_written_is_read_back(minor: int, currency: str) -> None:
    text = str(Money(minor, currency)).removeprefix(f"{currency} ")
    assert parse_amount(text, currency).amount_minor == minor


@pytest.mark.parametrize(
    ("minor", "currency", "units"),
    [(150_000, "INR", "1500.00"), (-5, "USD", "-0.05"), (1234, "KWD", "1.234"), (90, "CLP", "90")],
)
def test_units_have_the_decimals_of_their_currency(minor: int, currency: str, units: str) -> None:
    assert str(Money(minor, currency).units) == units


def test_currencies_do_not_mix() -> None:
    with pytest.raises(InvalidField):
        Money(1, "INR") + Money(1, "CLP")


def test_a_float_is_no_amount() -> None:
    with pytest.raises(TypeError):
        Money(1.5, "INR")  # type: ignore[arg-type]
