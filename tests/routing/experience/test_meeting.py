from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.experience.meeting import BANDS, USUALLY_MET, Tries, band_of, meeting_chances

ONE, OTHER = UUID(int=1), UUID(int=2)
NOON, EVENING = 3, 6


@pytest.mark.parametrize(
    ("hour", "band"), [(5, None), (6, 0), (7, 0), (8, 1), (21, 7), (22, None), (0, None)]
)
def test_hours_fall_into_bands_of_two(hour: int, band: int | None) -> None:
    assert band_of(hour) == band


@given(
    st.lists(
        st.builds(
            lambda case, band, tried, met: Tries(UUID(int=case), band, tried, min(met, tried)),
            st.integers(1, 4), st.integers(0, len(BANDS) - 1), st.integers(1, 50),
            st.integers(0, 50),
        ),
        unique_by=lambda one: (one.case_id, one.band),
    )
)  # fmt: skip
def test_chances_are_shares_and_count_each_visit_once(tries: list[Tries]) -> None:
    chances = meeting_chances(tries)
    assert sum(one.tried for one in chances) == sum(one.tried for one in tries)
    for one in chances:
        assert len(one.by_hour) == len(BANDS)
        assert all(0 < hour.chance < 1 for hour in one.by_hour)
        assert one.best.chance == max(hour.chance for hour in one.by_hour)
        assert 0 <= one.met <= one.tried


def test_who_is_met_in_the_evening_only_has_best_hours_then() -> None:
    chances = meeting_chances([Tries(ONE, NOON, 10, 0), Tries(ONE, EVENING, 10, 9)])
    best = chances[0].best
    assert (best.from_hour, best.to_hour) == (18, 20)
    assert best.chance > 0.7


def test_one_visit_says_little_beside_all_the_others() -> None:
    others = [Tries(OTHER, EVENING, 200, 160), Tries(OTHER, NOON, 200, 40)]
    (one,) = (c for c in meeting_chances([*others, Tries(ONE, EVENING, 1, 0)]) if c.case_id == ONE)
    assert 0.55 < one.by_hour[EVENING].chance < 0.8
    assert one.by_hour[NOON].chance < 0.3


def test_where_nothing_is_known_half_are_met() -> None:
    assert meeting_chances([]) == ()
    (one,) = meeting_chances([Tries(ONE, NOON, 1, 1)])
    assert one.by_hour[EVENING].chance == pytest.approx(USUALLY_MET, abs=0.2)
