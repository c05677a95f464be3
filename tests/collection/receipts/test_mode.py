"""Modes of payment."""

import pytest

from collection.receipts.errors import ModeNotTakenHere
from collection.receipts.mode import COUNTRIES, MODES, checked_mode, modes_in
from core.errors import InvalidField


@pytest.mark.parametrize(
    ("code", "reference", "details", "country"),
    [
        ("cash", None, {}, "CL"),
        ("card", "A1B2C3", {}, "CL"),
        ("card", "A1B2C3", {"last_four": "4242"}, "CL"),
        ("transfer", "TRX-2026/11-23", {}, "CL"),
        ("transfer", "HDFCN52026112398", {}, "IN"),
        ("transfer", "HDFCR52026112312345678", {}, "IN"),
        ("transfer", "632712345678", {}, "IN"),
        ("upi", "632712345678", {}, "IN"),
        ("upi", "632712345678", {"payer_vpa": "asha.rao@okbank"}, "IN"),
        ("cheque", "004512", {"bank": "HDFC Bank", "dated_on": "2026-11-20"}, "IN"),
        ("aeps", "632712345678", {"bank": "भारतीय स्टेट बैंक"}, "IN"),
        ("aeps", "632712345678", {"bank": "SBI", "aadhaar_last_four": "1234"}, "IN"),
        ("whatsapp", "632712345678", {}, "IN"),
        ("whatsapp", "WA-778899", {}, "BR"),
        ("mobile", "QK12ABCD34", {"provider": "M-Pesa"}, "KE"),
        ("cash", None, {}, "ZZ"),
    ],
)
def test_a_payment_with_all_that_its_mode_asks_is_taken(
    code: str, reference: str | None, details: dict[str, str], country: str
) -> None:
    assert checked_mode(code, reference, details, country).code == code


@pytest.mark.parametrize(
    ("code", "reference", "details", "field", "said"),
    [
        ("cheque", "004512", {}, "bank", "drawn on"),
        ("cheque", "004512", {"bank": "HDFC"}, "dated_on", "date on the cheque"),
        ("cheque", "004512", {"bank": "HDFC", "dated_on": "2026-02-30"}, "dated_on", "2026-11-30"),
        ("cheque", "004512", {"bank": "H\nDFC", "dated_on": "2026-02-03"}, "bank", "drawn on"),
        ("aeps", "632712345678", {}, "bank", "customer's bank"),
        ("aeps", "632712345678", {"bank": "SBI", "aadhaar_last_four": "123412341234"},
         "aadhaar_last_four", "last 4"),
        ("card", "A1B2C3", {"last_four": "42"}, "last_four", "last 4"),
        ("mobile", "QK12ABCD34", {}, "provider", "whose wallet"),
        ("card", "A1B2C3", {"bank": "HDFC"}, "bank", "only last_four"),
        ("cash", None, {"bank": "HDFC"}, "bank", "nothing for cash"),
        ("upi", "632712345678", {"payer_vpa": "asha"}, "payer_vpa", "name@bank"),
    ],
)  # fmt: skip
def test_a_detail_that_is_missing_wrong_or_of_another_mode_is_named(
    code: str, reference: str | None, details: dict[str, str], field: str, said: str
) -> None:
    with pytest.raises(InvalidField) as refused:
        checked_mode(code, reference, details, "IN")
    assert refused.value.field == f"mode_details.{field}"
    assert said in refused.value.expected


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
        ("transfer", "", "the UTR"),
        ("transfer", "TRX-2026/11-23", "the UTR"),
        ("whatsapp", "WA-778899", "12 digits"),
        ("aeps", "1234", "12 digits"),
        ("mobile", None, "reference"),
    ],
)
def test_a_reference_that_is_not_of_its_kind_is_refused(
    code: str, reference: str | None, said: str
) -> None:
    with pytest.raises(InvalidField) as refused:
        checked_mode(code, reference, {}, "IN")
    assert refused.value.field == "mode_reference"
    assert said in refused.value.expected


@pytest.mark.parametrize(("code", "country"), [("upi", "CL"), ("barter", "IN"), ("mobile", "ZZ")])
def test_a_mode_of_elsewhere_is_refused_with_those_of_here(code: str, country: str) -> None:
    with pytest.raises(ModeNotTakenHere) as refused:
        checked_mode(code, "123456789012", {}, country)
    assert refused.value.modes == modes_in(country)


def test_every_country_takes_cash_and_only_known_modes() -> None:
    for modes in COUNTRIES.values():
        assert "cash" in modes
        assert set(modes) <= set(MODES)
