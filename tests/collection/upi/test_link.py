"""UPI links and their QR codes."""

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collection.upi.link import (
    LONGEST_NOTE,
    LONGEST_REFERENCE,
    UpiRequest,
    note_of,
    reference_of,
    upi_link,
)
from collection.upi.qr import qr_svg
from core.errors import InvalidField
from core.money import Money

ASKED = UpiRequest(
    "lender@okbank", "Amanah & Söhne", Money(120_050, "INR"), "L4711", "Account L-4711"
)


def test_a_link_says_what_npci_asks_for() -> None:
    assert upi_link(ASKED) == (
        "upi://pay?pa=lender@okbank&pn=Amanah%20%26%20S%C3%B6hne&tr=L4711"
        "&tn=Account%20L-4711&am=1200.50&cu=INR"
    )


@pytest.mark.parametrize(("minor", "told"), [(1, "0.01"), (100, "1.00"), (10_000_001, "100000.01")])
def test_amounts_have_a_point_and_two_decimals(minor: int, told: str) -> None:
    assert f"&am={told}&" in upi_link(replace(ASKED, amount=Money(minor, "INR")))


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"payee_vpa": "lender"}, "upi_payee_vpa"),
        ({"payee_vpa": "lender@ok bank"}, "upi_payee_vpa"),
        ({"payee_vpa": "lender@okbank&am=1"}, "upi_payee_vpa"),
        ({"payee_name": ""}, "upi_payee_name"),
        ({"amount": Money(100, "CLP")}, "amount.currency"),
        ({"amount": Money(0, "INR")}, "amount_minor"),
        ({"reference": "L-4711"}, "reference"),
        ({"reference": "x" * 36}, "reference"),
        ({"note": "x" * 51}, "note"),
    ],
)
def test_what_the_specification_does_not_allow_is_named(
    changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidField) as refused:
        replace(ASKED, **changed)
    assert refused.value.field == field


@given(name=st.text(min_size=1, max_size=99), about=st.text(max_size=80))
def test_whatever_stands_in_it_comes_out_as_it_was(name: str, about: str) -> None:
    name = name.encode("utf-8", "ignore").decode() or "x"
    asked = replace(ASKED, payee_name=name, note=note_of(about), reference=reference_of(about))
    told = parse_qs(urlsplit(upi_link(asked)).query, keep_blank_values=True, errors="strict")
    assert told["pn"] == [name]
    assert told["tn"] == [asked.note]
    assert set(told) == {"pa", "pn", "tr", "tn", "am", "cu"}
    assert len(asked.note) <= LONGEST_NOTE
    assert len(asked.reference) <= LONGEST_REFERENCE


def test_a_qr_code_is_a_picture_with_a_quiet_zone() -> None:
    svg = qr_svg(upi_link(ASKED)).decode()
    assert svg.startswith("<svg")
    assert "<script" not in svg
    assert svg == qr_svg(upi_link(ASKED)).decode()
