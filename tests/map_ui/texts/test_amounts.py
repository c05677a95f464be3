"""Amounts on the server and in a page's modules are written alike."""

import json

import pytest

from core.money import Money
from map_ui.texts.amounts import amounts_in, money_in
from map_ui.texts.told import told_in
from tests.map_ui.test_modules import NODE, run

LOCALES = ["en", "en-IN", "en-GB", "es", "es-CL", "es-PE", "es-MX", "hi", "hi-IN", "id", "id-ID"]
AMOUNTS = [
    (0, "CLP"), (4_500, "CLP"), (45_000, "CLP"), (-1_500, "CLP"), (1_234_567_50, "INR"),
    (-2_000_000, "INR"), (5, "INR"), (450_000, "USD"), (1_200_500, "KWD"), (9_999_99, "PEN"),
    (1_500_000_00, "IDR"), (10_000_00, "EUR"),
]  # fmt: skip


@pytest.mark.skipif(NODE is None, reason="Node.js is not installed")
def test_the_server_writes_an_amount_as_the_modules_do() -> None:
    asked = json.dumps([(*amount, locale) for locale in LOCALES for amount in AMOUNTS])
    by_modules = run(f"{asked}.map((each) => money.money(...each))", money="live/money.js")
    here = [money_in(locale, Money(*amount)) for locale in LOCALES for amount in AMOUNTS]
    assert here == by_modules


@pytest.mark.parametrize(
    ("locale", "text", "told"),
    [
        ("es-CL", "CLP 45,000 over CLP 200,000. Deposit", "$45.000 over $200.000. Deposit"),
        ("en", "CLP 45,000 is short.", "CLP\xa045,000 is short."),
        ("en-IN", "more than INR 123,456.50; at once", "more than ₹1,23,456.50; at once"),
        ("en", "INR -5.00 or INR 5.50", "-₹5 or ₹5.50"),
        ("es-CL", "ABC 45,000 and CLP 4.5 and CLP 123-456", "ABC 45,000 and CLP 4.5 and $123-456"),
        ("hi", "Rule INR-20 of 3 days", "Rule INR-20 of 3 days"),
    ],
)  # fmt: skip
def test_amounts_in_a_sentence_are_told_as_its_reader_writes_them(
    locale: str, text: str, told: str
) -> None:
    assert amounts_in(locale, text) == told
    assert told_in("en", "CLP 45,000") == "CLP\xa045,000"
