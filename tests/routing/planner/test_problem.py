import pytest

from routing.planner.problem import ALL_DAY, Candidate, RestBreak, Shift, Window
from tests.routing.planner.days import NINE, NOON, TEN, case

HOUR = 3_600


@pytest.mark.parametrize(
    ("windows", "contact_hours", "begins"),
    [
        ((ALL_DAY,), (ALL_DAY,), (Window(0, 86_400 - 600),)),
        ((Window(TEN, NOON),), (ALL_DAY,), (Window(TEN, NOON),)),
        ((Window(TEN, NOON),), (Window(TEN, NOON),), (Window(TEN, NOON - 600),)),
        ((ALL_DAY,), (Window(TEN, TEN + 600),), (Window(TEN, TEN),)),
        ((ALL_DAY,), (Window(TEN, TEN + 599),), ()),
        ((), (ALL_DAY,), ()),
        ((ALL_DAY,), (), ()),
        ((Window(NOON, TEN),), (ALL_DAY,), ()),
        (
            (Window(NOON, NOON + 9), Window(TEN, TEN + 9)),
            (ALL_DAY,),
            (Window(TEN, TEN + 9), Window(NOON, NOON + 9)),
        ),
        ((Window(TEN, TEN + 9), Window(TEN + 5, NOON)), (ALL_DAY,), (Window(TEN, NOON),)),
    ],
)
def test_a_visit_begins_in_a_window_and_ends_in_contact_hours(
    windows: tuple[Window, ...], contact_hours: tuple[Window, ...], begins: tuple[Window, ...]
) -> None:
    assert case(1, windows=windows, contact_hours=contact_hours).begin_windows() == begins


def test_a_break_lies_in_the_shift_and_is_not_due_when_its_time_is_over_before() -> None:
    noon_break = RestBreak(NOON, NOON + HOUR, 1_800)
    last = RestBreak(NOON + HOUR, NOON + HOUR, 1_800)
    assert Shift(NINE, NOON + 2 * HOUR, 0, rest_breaks=(noon_break,)).rests_due == (noon_break,)
    assert Shift(NOON + HOUR, NOON + 2 * HOUR, 0, rest_breaks=(noon_break,)).rests_due == (last,)
    assert Shift(NOON + HOUR + 1, NOON + 2 * HOUR, 0, rest_breaks=(noon_break,)).rests_due == ()


def test_a_candidate_is_a_value() -> None:
    assert case(1) == case(1)
    assert isinstance(hash(case(1)), int)
    assert case(1) != Candidate(case(1).case_id, 1, 51.0, 600)
