"""Where an account stands after a payment."""

from datetime import date

import pytest

from collection.portfolio.dpd import Section
from collection.portfolio.products.terms import Terms
from collection.portfolio.standing import Standing, Unpaid, standing_after
from core.money import Money

TODAY = date(2026, 11, 23)


def unpaid(day: int, minor: int, month: int = 11) -> Unpaid:
    return Unpaid(date(2026, month, day), Money(minor, "CLP"))


@pytest.mark.parametrize(
    ("demands", "known_dpd", "standing"),
    [
        ([unpaid(13, 100)], 0, (10, "B1", 100)),
        ([unpaid(13, 100)], 95, (95, "B4", 100)),
        ([unpaid(13, 0, month=9), unpaid(13, 100)], 95, (10, "B1", 100)),
        ([unpaid(13, 0)], 10, (0, "X", 0)),
        ([unpaid(30, 100)], 0, (0, "X", 0)),
        ([unpaid(13, 70), unpaid(30, 100)], 0, (10, "B1", 70)),
        ([], 0, (0, "X", 0)),
    ],
)
def test_standing(demands: list[Unpaid], known_dpd: int, standing: tuple[int, str, int]) -> None:
    dpd, bucket, overdue = standing
    section = Section.RECOVERY if dpd > 90 else Section.OVERDUE
    expected = Standing(dpd, bucket, section, Money(overdue, "CLP"))
    assert standing_after(demands, known_dpd, TODAY, "CLP", Terms()) == expected
