"""Dates of a demand file: read one way, or asked about."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collection.portfolio.demand_dates import (
    DateCell,
    DateOrder,
    date_reader,
    may_depend_on_order,
    order_of,
)
from collection.portfolio.demand_file import read_demand_file
from collection.portfolio.errors import MixedDates, UnclearDates
from core.errors import InvalidField

DAY, MONTH = DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST
DAYS = st.dates(date(1970, 1, 1), date(2099, 12, 31))


def cells(*texts: str) -> list[DateCell]:
    return [DateCell(line, "due_date", text) for line, text in enumerate(texts, 2)]


@pytest.mark.parametrize("order", [None, DAY, MONTH])
@pytest.mark.parametrize(
    "written",
    [
        "2026-12-31", "20261231", "2026/12/31", "2026.12.31", "2026-12-31 00:00:00",
        "2026-12-31T00:00:00.000", "31-Dec-2026", "31-DEC-26", "31 December 2026", "31Dec2026",
        "Dec 31, 2026", "31/dic/2026", "31 Desember 2026", "46387", "46387.0",
    ],
)  # fmt: skip
def test_what_can_be_meant_one_way_only_needs_no_order(
    written: str, order: DateOrder | None
) -> None:
    assert date_reader(order)(written) == date(2026, 12, 31)
    assert order_of(cells(written)) is None


@given(DAYS, st.sampled_from("-/."))
def test_numbers_are_read_in_the_order_that_is_said(day: date, mark: str) -> None:
    assert date_reader(DAY)(day.strftime(f"%d{mark}%m{mark}%Y")) == day
    assert date_reader(MONTH)(day.strftime(f"%m{mark}%d{mark}%Y")) == day


@given(DAYS)
def test_a_spreadsheets_number_of_a_day_is_that_day(day: date) -> None:
    assert date_reader(None)(str((day - date(1899, 12, 30)).days)) == day


@given(st.lists(DAYS, min_size=1), st.sampled_from([DAY, MONTH]))
def test_a_file_in_one_order_is_read_in_it_or_asked_about(
    days: list[date], order: DateOrder
) -> None:
    form = "%d/%m/%Y" if order is DAY else "%m/%d/%Y"
    written = [day.strftime(form) for day in days]
    assert all(may_depend_on_order(text) for text in written)
    try:
        found = order_of(cells(*written))
    except UnclearDates as unclear:
        asked = {DAY: unclear.day_first, MONTH: unclear.month_first}[order], unclear.value
    else:
        assert [date_reader(found)(text) for text in written] == days
        return
    assert all(day.day <= 12 for day in days)
    assert asked[0] == str(days[written.index(asked[1])])


def test_some_in_each_order_are_no_file_to_trust() -> None:
    with pytest.raises(MixedDates) as mixed:
        order_of(cells("05/03/2026", "31/12/2026", "12/31/2026"))
    assert (mixed.value.line, mixed.value.other_line) == (3, 4)


@pytest.mark.parametrize("strays", [["05/03/2026"], ["31/12/2026", "12/31/2026"]])
def test_a_few_dates_in_a_column_that_is_clear_are_bad_cells_and_no_question(
    strays: list[str],
) -> None:
    assert order_of(cells(*["2026-03-05"] * 3, *strays)) is None
    with pytest.raises((UnclearDates, MixedDates)):
        order_of([*cells(*strays), *(DateCell(2, "last_payment_date", "2026-03-05"),) * 3])


@pytest.mark.parametrize(
    ("wrong", "order"),
    [
        ("31/12/26", DAY), ("12/31/2026", DAY), ("31/12/2026", MONTH), ("05/03/2026", None),
        ("31-12/2026", DAY), ("30/02/2026", DAY), ("31-Dez-2026", DAY), ("2026-13-01", None),
        ("2026-12-31 10:15", None), ("31-12-1969", DAY), ("73051", None), ("soon", None),
        ("2026-1231", None), ("", None),
    ],
)  # fmt: skip
def test_what_is_no_date_is_told_what_one_is_like(wrong: str, order: DateOrder | None) -> None:
    with pytest.raises(InvalidField) as refused:
        date_reader(order)(wrong)
    assert "2031-11-23" in refused.value.expected
    assert ("23/11/2031" in refused.value.expected) == (order is DAY)
    assert ("11/23/2031" in refused.value.expected) == (order is MONTH)


@pytest.mark.parametrize("mark", ["/", "-", "."])
def test_all_dates_of_the_file_tell_its_order_and_other_columns_do_not(mark: str) -> None:
    day = (date(2026, 3, 5), date(2026, 3, 6))
    header = "customer_id,customer_name,loan_account_no,branch_code,address,due_date,total_due"
    rows = [
        f"C{n},Rosa,L{n},LS01,Paid 13/01/2020,{one.strftime(mark.join(('%d', '%m', '%Y')))},45000"
        for n, one in enumerate(day)
    ]
    content = "\n".join([header, *rows]).encode()
    with pytest.raises(UnclearDates) as unclear:
        read_demand_file(content, currency="CLP")
    assert (unclear.value.line, unclear.value.column) == (2, "due_date")
    read = read_demand_file(content, currency="CLP", dates=DAY)
    assert tuple(row.due_date for row in read.rows) == day
    # One date more in another column makes it clear.
    told = content.replace(b"total_due", b"total_due,last_payment_date").replace(
        b"45000",
        f"45000,{(day[0] - timedelta(20)).strftime(mark.join(('%d', '%m', '%Y')))}".encode(),
    )
    clear = read_demand_file(told, currency="CLP")
    assert (clear.dates, tuple(row.due_date for row in clear.rows)) == (DAY, day)
