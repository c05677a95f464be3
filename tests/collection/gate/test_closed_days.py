"""Working days around holidays."""

from datetime import date

import pytest

from collection.gate.calendars import Holiday
from collection.gate.closed_days.calendar import BranchCalendar

FRIDAY, SATURDAY, SUNDAY = date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 22)
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
LOCAL = {
    ("CL", MONDAY): Holiday("Día de la ciudad"),
    ("CL", TUESDAY): Holiday("Tarde", (0, 43_200)),
}
CITY = BranchCalendar("CL", LOCAL)


@pytest.mark.parametrize(
    ("day", "last"),
    [(FRIDAY, MONDAY), (SATURDAY, SATURDAY), (MONDAY, MONDAY), (TUESDAY, TUESDAY)],
)
def test_what_is_due_on_closed_days_is_offered_on_the_working_day_before(
    day: date, last: date
) -> None:
    assert CITY.closed_until(day) == last


def test_whole_holidays_shift_and_half_days_and_weekends_do_not() -> None:
    assert CITY.shifts(FRIDAY, TUESDAY) == {MONDAY: TUESDAY}


def test_a_holiday_before_a_weekend_shifts_past_it() -> None:
    assert BranchCalendar("CL").shifts(date(2026, 12, 25), date(2026, 12, 25)) == {
        date(2026, 12, 25): date(2026, 12, 28)
    }


def test_a_day_declared_to_be_worked_is_no_holiday() -> None:
    christmas = date(2026, 12, 25)
    worked = BranchCalendar("CL", {("CL", christmas): None})
    assert worked.shifts(christmas, christmas) == {}
    assert worked.is_working(christmas)


def test_a_part_of_a_country_has_holidays_of_its_own() -> None:
    day = date(2026, 2, 19)
    assert BranchCalendar("IN-MH").is_holiday(day)
    assert not BranchCalendar("IN").is_holiday(day)
