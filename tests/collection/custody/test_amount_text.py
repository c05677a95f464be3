"""Amounts for people."""

import pytest

from collection.custody.amount_text import amount_text
from collection.custody.errors import OverCashLimit
from core.money import Money


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (2_000_000, "INR", "₹ 20,000"),
        (20_000_000, "INR", "₹ 2,00,000"),
        (1_234_567_89, "INR", "₹ 12,34,567.89"),
        (45_050, "INR", "₹ 450.50"),
        (20_000, "CLP", "$ 20.000"),
        (999, "CLP", "$ 999"),
        (0, "CLP", "$ 0"),
        (-1_500, "CLP", "-$ 1.500"),
        (1_234_567, "BRL", "R$ 12.345,67"),
        (1_234_567, "USD", "$ 12,345.67"),
        (1_200_500, "KWD", "KWD 1,200.500"),
    ],
)
def test_an_amount_reads_as_it_is_written_at_home(minor: int, currency: str, text: str) -> None:
    assert amount_text(Money(minor, currency)) == text


def test_the_limit_is_refused_in_one_sentence_with_what_to_do() -> None:
    refused = OverCashLimit(
        Money(55_000, "INR"), limit=Money(2_000_000, "INR"), amount=Money(100_000, "INR")
    )
    assert refused.detail == (
        "INR 450.00 over your limit of INR 20,000.00. Deposit first, or ask your supervisor."
    )
