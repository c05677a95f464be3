import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.travel.areas import ASK_S, LONGEST_SEARCH_S, Area, KnownOf, area_of, search_s

SPOT = KnownOf("Near the temple", "Tierras Blancas", "1700000", "area", None, False, None)


@pytest.mark.parametrize(
    ("known", "area"),
    [
        (SPOT, Area(400, "Tierras Blancas")),
        (replace(SPOT, locality=None), Area(400, "Near the temple")),
        (replace(SPOT, spread_m=850.0), Area(850, "Tierras Blancas")),
        (replace(SPOT, spread_m=20.0), Area(100, "Tierras Blancas")),
        (replace(SPOT, spread_m=90_000.0), Area(2_000, "Tierras Blancas")),
        (replace(SPOT, is_pinned=True), None),
        (replace(SPOT, quality="rooftop"), None),
        (replace(SPOT, quality="street"), None),
        (replace(SPOT, quality="street", spread_m=100.0), None),
        (replace(SPOT, quality="street", spread_m=600.0, line="Lautaro"), Area(600, "Lautaro")),
        (replace(SPOT, quality=None, pincode_radius_m=700.0), Area(700, "pin code 1700000")),
    ],
)
def test_an_address_is_an_area_until_it_is_known(known: KnownOf, area: Area | None) -> None:
    assert area_of(known) == area


def test_the_stop_says_what_to_do() -> None:
    assert Area(432, "Centro").text == "area, about 400 m around Centro: pin it at the visit"
    assert Area(147, "Centro").text.startswith("area, about 150 m around")
    assert Area(1_260, "Centro").text.startswith("area, about 1.3 km around")


def test_the_search_walks_to_the_mean_place_and_back() -> None:
    walked_m = 2 * (2 / 3 * 300) * 4 / math.pi
    assert search_s(300) == round(ASK_S + walked_m / 1.2)
    assert search_s(2_000) == LONGEST_SEARCH_S


@given(st.floats(100, 2_000), st.floats(100, 2_000))
def test_a_larger_area_takes_longer(one_m: float, other_m: float) -> None:
    small, large = sorted((one_m, other_m))
    assert ASK_S < search_s(small) <= search_s(large) <= LONGEST_SEARCH_S
