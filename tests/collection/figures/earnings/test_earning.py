"""What an agent is paid for a way."""

import pytest

from collection.figures.earnings.earning import conveyance
from core.money import Money


@pytest.mark.parametrize(
    ("approved_m", "rate_minor", "paid_minor"),
    [(0, 350, 0), (12_345, 350, 4_320), (999, 1, 0), (1_000, 1, 1)],
)
def test_a_way_is_paid_by_the_meter_and_rounded_down(
    approved_m: int, rate_minor: int, paid_minor: int
) -> None:
    assert conveyance(approved_m, Money(rate_minor, "INR")) == Money(paid_minor, "INR")
