"""Modes of payment."""

import pytest

from collection.receipts.errors import ModeNotTakenHere
from collection.receipts.mode import COUNTRIES, MODES, checked_mode, modes_in
from core.errors import InvalidField


@pytest.mark.parametrize(
    ("code", "reference", "country"),
    [
        ("cash", None, "CL"),
        ("card", "A1B2C3", "CL"),
        ("transfer", "TRX-2026/11-23", "CL"),
        ("upi", "632712345678", "IN"),
        ("cheque", "004512", "IN"),
        ("mobile", "QK12ABCD34", "KE"),
        ("cash", None, "ZZ"),
    ],
)
def test_a_payment_with_its_reference_is_taken(
    code: str, reference: str | None, country: str
) -> None:
    assert checked_mode(code, reference, country).code == code


@pytest.mark.parametrize(
    ("code", "reference", "said"),
    [
        ("cash", "12345678", "cash has no reference"),
        ("card", None, "authorization code"),
        ("card", "12", "authorization code"),
        ("upi", "63271234567", "12 digits"),
        ("upi", "6327123456789", "12 digits"),
        ("upi", "٦٣٢٧١٢٣٤٥٦٧٨", "12 digits"),
        ("cheque", "12ab", "cheque's number"),
        ("transfer", "", "reference"),
        ("mobile", None, "reference"),
    ],
)
def test_a_reference_that_is_not_of_its_kind_is_refused(
    code: str, reference: str | None, said: str
) -> None:
    with pytest.raises(InvalidField) as refused:
        checked_mode(code, reference, "IN")
    assert refused.value.field == "mode_reference"
    assert said in refused.value.expected


@pytest.mark.parametrize(("code", "country"), [("upi", "CL"), ("barter", "IN"), ("mobile", "ZZ")])
def test_a_mode_of_elsewhere_is_refused_with_those_of_here(code: str, country: str) -> None:
    with pytest.raises(ModeNotTakenHere) as refused:
        checked_mode(code, "123456789012", country)
    assert refused.value.modes == modes_in(country)


def test_every_country_takes_cash_and_only_known_modes() -> None:
    for modes in COUNTRIES.values():
        assert "cash" in modes
        assert set(modes) <= set(MODES)
