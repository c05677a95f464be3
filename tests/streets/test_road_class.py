import math

import pytest

from streets.road_class import CLASS_NAMES, ROAD_CLASSES, class_number, posted_kmh, riding_kmh


@pytest.mark.parametrize(
    ("text", "kmh"),
    [
        ("50", 50),
        (" 50 km/h", 50),
        ("30 mph", 48.28032),
        ("12.5", 12.5),
        ("signals", math.nan),
        ("BR:urban", math.nan),
        ("50;30", math.nan),
        ("nan", math.nan),
        ("", math.nan),
    ],
)
def test_posted_limits_are_read(text: str, kmh: float) -> None:
    assert posted_kmh(text) == pytest.approx(kmh, nan_ok=True)


def test_without_a_limit_the_class_decides() -> None:
    assert riding_kmh("primary", math.nan) > riding_kmh("residential", math.nan)
    assert riding_kmh("residential", 0) == riding_kmh("residential", math.nan)


def test_a_limit_counts_for_nine_tenths_and_nobody_flies() -> None:
    assert riding_kmh("residential", 50) == 45
    assert riding_kmh("motorway", 120) == 80


def test_an_unknown_class_is_a_plain_road() -> None:
    assert CLASS_NAMES[class_number("raceway")] == "road"
    assert [class_number(name) for name in CLASS_NAMES] == list(range(len(ROAD_CLASSES)))
