"""Where receipts are taken: odd places are flagged, one line each."""

from datetime import timedelta

import pytest

from collection.receipts.place import (
    FAR_FROM_CUSTOMER,
    FIX_COARSE,
    FIX_STALE,
    MOCK_LOCATION,
    NO_FIX,
    Door,
    place_of,
)
from core.fix import Fix
from core.geometry import LatLon
from tests.conftest import MONDAY_NINE as NINE
from tests.factories import LA_SERENA

DOOR = Door(LA_SERENA, 50.0)
FAR = LatLon(LA_SERENA.lat + 0.01, LA_SERENA.lon)


@pytest.mark.parametrize(
    ("fix", "flags"),
    [
        (Fix(LA_SERENA, 8.0, NINE), ()),
        (Fix(LA_SERENA, None, NINE), ()),
        (Fix(LA_SERENA, 8.0, NINE - timedelta(seconds=120)), ()),
        (Fix(LA_SERENA, 8.0, NINE - timedelta(seconds=121)), (FIX_STALE,)),
        (Fix(LA_SERENA, 8.0, NINE + timedelta(seconds=121)), (FIX_STALE,)),
        (Fix(LA_SERENA, 100.0, NINE), ()),
        (Fix(LA_SERENA, 101.0, NINE), (FIX_COARSE,)),
        (Fix(LA_SERENA, 8.0, NINE, mock=True), (MOCK_LOCATION,)),
        (Fix(FAR, 8.0, NINE), (FAR_FROM_CUSTOMER,)),
        (Fix(FAR, 400.0, NINE - timedelta(hours=1)), (FIX_STALE, FIX_COARSE, FAR_FROM_CUSTOMER)),
    ],
)
def test_what_is_odd_about_a_fix_is_flagged(fix: Fix, flags: tuple[str, ...]) -> None:
    assert place_of(fix, NINE, DOOR).flags == flags


def test_the_distance_is_to_the_center_of_the_fence() -> None:
    assert place_of(Fix(FAR, 8.0, NINE), NINE, DOOR).distance_m == pytest.approx(1112, abs=2)


def test_without_a_fix_or_a_door_there_is_no_distance() -> None:
    assert place_of(None, NINE, DOOR) == place_of(None, NINE, None)
    assert place_of(None, NINE, DOOR).flags == (NO_FIX,)
    unpinned = place_of(Fix(FAR, 8.0, NINE), NINE, None)
    assert (unpinned.distance_m, unpinned.flags) == (None, ())
