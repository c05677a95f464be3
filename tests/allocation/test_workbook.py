"""Spreadsheets: what goes in comes out, and no text becomes a formula."""

import io
import re
import zipfile
from uuid import UUID

import pytest

from allocation.proposals.sheets import workbook
from allocation.proposals.sheets.sheet import AgentLine, OwnedCase, sheets_of, wishes_of
from allocation.proposals.sheets.workbook import NoWorkbook, Sheet, read, written
from core.money import Money

CASE = UUID(int=7)
HEAD = ["case_id", "agent", "new_agent", "reason", "pin", "pin_until"]


def a_row(**told: str) -> list[str]:
    base = {"case_id": str(CASE), "agent": "ana", "new_agent": "ben", "reason": "nearer"}
    return [(base | told).get(name, "") for name in HEAD]


def test_texts_and_numbers_come_back_as_they_went() -> None:
    sheet = Sheet("A", (("x", 10), ("y", 10)), [["0042", 7], ["María", 7.5], [None, 12_345_678]])
    assert read(written([sheet])) == [["x", "y"], ["0042", "7"], ["María", "7.5"], ["", "12345678"]]


def test_an_amount_shows_the_decimals_of_its_currency() -> None:
    amounts = [[Money(150_000, "INR").units], [Money(90, "CLP").units], [Money(5, "KWD").units]]
    book = written([Sheet("A", (("x", 10),), amounts)])
    assert read(book)[1:] == [["1500"], ["90"], ["0.005"]]
    with zipfile.ZipFile(io.BytesIO(book)) as packed:
        page = packed.read("xl/worksheets/sheet1.xml").decode()
        looks = packed.read("xl/styles.xml").decode()
    codes = dict(re.findall(r'<numFmt numFmtId="(\d+)" formatCode="([^"]+)"', looks))
    styles = re.findall(r'<xf numFmtId="(\d+)"', looks.partition("<cellXfs")[2])
    cells = re.findall(r'<c r="A[234]" s="(\d+)">', page)
    shown = [codes[styles[int(cell)]] for cell in cells]
    assert shown == ["#,##0.00", "#,##0", "#,##0.000"]


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2", b"PK\x03\x04 broken"])
def test_what_is_no_workbook_is_refused(content: bytes) -> None:
    with pytest.raises(NoWorkbook):
        read(content)


def test_a_zip_that_is_no_workbook_or_unpacks_to_too_much_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as packed:
        packed.writestr("readme.txt", "hello")
    with pytest.raises(NoWorkbook):
        read(other.getvalue())
    monkeypatch.setattr(workbook, "MOST_UNPACKED", 100)
    with pytest.raises(NoWorkbook, match="200 MB"):
        read(written([Sheet("A", (("x", 10),), [["a"]])]))


def test_a_sheet_with_more_cells_than_any_portfolio_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(workbook, "MOST_CELLS", 3)
    with pytest.raises(NoWorkbook, match="more than 3 cells"):
        read(written([Sheet("A", (("x", 10), ("y", 10)), [["a", "b"]])]))


def test_a_sheet_goes_out_and_back_without_wanting_anything() -> None:
    case = OwnedCase(CASE, "L1", "=cmd", None, None, 500.0, "CLP", 30, 50.04, "ana", "Ana", True)
    content = written(sheets_of([case], [AgentLine(UUID(int=1), "ana", "Ana", 1)]))
    cells = read(content)
    assert cells[1][:3] == [str(CASE), "L1", "=cmd"]
    assert wishes_of(cells) == ([], [])


def test_rows_with_a_new_agent_are_wishes() -> None:
    rows = [HEAD, a_row(pin="yes", pin_until="2026-12-31"), a_row(new_agent="")]
    (wish,), problems = wishes_of(rows)
    assert problems == []
    assert (wish.row, wish.case_id, wish.former, wish.to) == (2, CASE, "ana", "ben")
    assert (wish.pin, str(wish.pin_until)) == (True, "2026-12-31")
    (nobody,), _ = wishes_of([HEAD, a_row(new_agent="-")])
    assert nobody.to is None


@pytest.mark.parametrize(
    ("told", "column"),
    [
        ({"case_id": "L1"}, "case_id"),
        ({"reason": ""}, "reason"),
        ({"pin": "maybe"}, "pin"),
        ({"pin_until": "31.12.2026"}, "pin_until"),
    ],
)
def test_a_cell_that_cannot_be_used_is_told_with_its_row_and_what_is_right(
    told: dict[str, str], column: str
) -> None:
    wishes, (problem,) = wishes_of([HEAD, a_row(new_agent=""), a_row(**told)])
    assert wishes == []
    assert (problem.row, problem.column) == (3, column)
    assert problem.expected


def test_a_case_twice_and_columns_that_are_missing_are_told() -> None:
    wishes, (problem,) = wishes_of([HEAD, a_row(), a_row(new_agent="cyn")])
    assert [wish.row for wish in wishes] == [2]
    assert (problem.row, problem.expected) == (3, "each case once; row 2 has it already")
    assert {p.column for p in wishes_of([["case_id", "agent"]])[1]} == {"new_agent", "reason"}
    assert wishes_of([])[1][0].row == 1
