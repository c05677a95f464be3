"""Which reports are due, without a database."""

from datetime import date, timedelta

import pytest

from map_ui.reports.subscription import Every, due, span_before

MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("every", "first", "last"),
    [
        (Every.DAY, date(2026, 11, 22), date(2026, 11, 22)),
        (Every.WEEK, date(2026, 11, 16), date(2026, 11, 22)),
        (Every.MONTH, date(2026, 10, 1), date(2026, 10, 31)),
    ],
)
def test_a_report_is_of_the_last_whole_span(every: Every, first: date, last: date) -> None:
    assert span_before(MONDAY, every) == (first, last)
    assert list(due(MONDAY, every, MONDAY, None)) == [(first, last)]
    assert list(due(MONDAY, every, MONDAY, last)) == []


def test_what_was_missed_is_made_good_oldest_first() -> None:
    last_made = MONDAY - timedelta(days=4)
    spans = list(due(MONDAY, Every.DAY, MONDAY - timedelta(days=30), last_made))
    assert [last for _, last in spans] == [MONDAY - timedelta(days=n) for n in (3, 2, 1)]
