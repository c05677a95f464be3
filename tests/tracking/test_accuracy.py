"""What a stated accuracy is worth."""

import math

import pytest

from tracking.accuracy import sigma_m


@pytest.mark.parametrize(
    ("stated_m", "sigma"),
    [
        (3, 8),  # nobody is that good beside a house
        (6, 8),
        (10, 13),
        (100, 130),
        (0, 20),  # unknown, not perfect
        (-1, 20),  # iOS: invalid
        (None, 20),
        (math.nan, 20),
    ],
)
def test_sigma_follows_the_statement_but_never_below_the_floor(
    stated_m: float | None, sigma: float
) -> None:
    assert sigma_m(stated_m) == pytest.approx(sigma)
