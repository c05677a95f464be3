"""Files of holidays."""

from datetime import date, time

import pytest

from collection.gate.closed_days.holiday_file import read_holidays
from collection.gate.records.put_on_record import NewHoliday
from core.errors import InvalidField

HEADER = "calendar,day,name,kind,closed_from,closed_to\n"


def test_rows_are_days_and_half_days() -> None:
    content = (
        "\ufeff" + HEADER + "IN-MH,2026-03-19,Gudi Padwa,state,,\nIN,2026-11-08,Diwali,,12:00,\n"
    )
    assert read_holidays(content.encode()) == [
        NewHoliday("IN-MH", date(2026, 3, 19), "Gudi Padwa", "state"),
        NewHoliday("IN", date(2026, 11, 8), "Diwali", "national", time(12)),
    ]


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (HEADER, "file"),
        ("day,name\n2026-01-01,x\n", "line 1"),
        (HEADER + "IN,1.1.2026,x,,,\n", "line 2, day"),
        (HEADER + "IN,2026-01-01,,,,\n", "line 2, name"),
        (HEADER + "IN,2026-01-01,x,feast,,\n", "line 2, kind"),
        (HEADER + "IN,2026-01-01,x,,noon,\n", "line 2, closed_from"),
        (HEADER + "IN,2026-01-01,x\n", "line 2"),
        (HEADER + "IN,2026-01-01,x,,,,,more\n", "line 2"),
        (HEADER + 'IN,2026-01-01,"x\n', "line"),
    ],
)
def test_what_is_wrong_is_named_by_line_and_column(content: str, field: str) -> None:
    with pytest.raises(InvalidField) as refused:
        read_holidays(content.encode())
    assert refused.value.field.startswith(field)


def test_other_encodings_are_refused() -> None:
    with pytest.raises(InvalidField, match="UTF-8"):
        read_holidays((HEADER + "CL,2026-01-01,año,,,\n").encode("latin-1"))
