"""What a new round changes: each visit told once, as few as possible called moved."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from routing.underway.arrival_window import Ahead, arrival_window
from routing.underway.difference import Visit, difference

NINE = datetime(2026, 11, 23, 12, tzinfo=UTC)
orders = st.lists(st.integers(0, 9), unique=True, max_size=10)


def round_of(order: list[int], minutes: int = 20) -> list[Visit]:
    return [
        Visit(UUID(int=case), f"C{case}", NINE + timedelta(minutes=minutes * nth))
        for nth, case in enumerate(order)
    ]


def test_one_visit_made_first_is_one_visit_moved() -> None:
    found = difference(round_of([0, 1, 2, 3]), round_of([3, 0, 1, 2]), {}, 0)
    assert [each.case_id for each in found.moved] == [UUID(int=3)]
    assert (found.moved[0].was_nth, found.moved[0].nth) == (4, 1)
    assert len(found.retimed) == 3


def test_the_words_say_what_comes_what_goes_and_why() -> None:
    found = difference(
        round_of([0, 1]), round_of([0, 2]), {UUID(int=1): "there is no time for it"}, 400
    )
    assert found.words == (
        "Visits C2 as well.",
        "Leaves out C1: there is no time for it.",
        "7 min less on the way.",
    )


@given(orders, orders)
def test_every_visit_is_accounted_for(former: list[int], new: list[int]) -> None:
    found = difference(round_of(former), round_of(new, minutes=17), {}, 0)
    assert {v.case_id.int for v in found.added} == set(new) - set(former)
    assert {v.case_id.int for v in found.dropped} == set(former) - set(new)
    moved = {each.case_id.int for each in found.moved}
    rest = [case for case in former if case in new and case not in moved]
    assert rest == [case for case in new if case in former and case not in moved]
    assert found.is_nothing == (former == new)


@given(
    st.integers(0, 600), st.lists(st.tuples(st.integers(0, 3600), st.integers(0, 3600))),
    st.integers(0, 600), st.integers(0, 600), st.integers(-60, 600),
)  # fmt: skip
def test_what_is_told_lies_in_the_hours_and_widens_with_what_lies_ahead(
    begins: int, ahead: list[tuple[int, int]], opens: int, closes: int, now: int
) -> None:
    at = [NINE + timedelta(minutes=m) for m in (begins, opens, closes, now)]
    legs = [Ahead(*leg) for leg in ahead]
    told = arrival_window(at[0], legs, at[1], at[2], at[3])
    if told is None:
        return
    assert at[1] <= told.from_ < told.to <= at[2]
    assert told.from_ >= at[3] - timedelta(minutes=15)
    wider = arrival_window(at[0], [*legs, Ahead(3600, 3600)], at[1], at[2], at[3])
    assert wider is not None
    assert wider.from_ <= told.from_
    assert wider.to >= told.to
