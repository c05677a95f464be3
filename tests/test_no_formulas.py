"""No file that goes out holds a cell that a spreadsheet would run, whatever people typed: all that
writes CSV or XLSX here, and a test that nothing else does."""

import csv
import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from allocation.proposals.sheets.workbook import Sheet, read, written
from api.cash_desk import reconciliation
from collection.exports.file import write_file
from collection.exports.record import ExportTarget, Record, RecordKind, TargetKind
from collection.figures.table import Table
from collection.figures.transactions.table import as_table
from collection.figures.transactions.transaction import Kind as Moved
from collection.figures.transactions.transaction import State, Transaction
from core.formula import as_written, harmless
from core.money import Money
from identity.audit.event import AuditEvent, Kind
from identity.audit.export import csv_line
from identity.audit.store import AuditLine
from map_ui import figures_file
from tests.map_ui.test_modules import run

RUN = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ROOT = Path(__file__).parent.parent
TARGET = ExportTarget(UUID(int=1), TargetKind.LMS, "core", "HQ", date(2026, 11, 1), 7, None)
FOLDERS = (
    "allocation", "api", "cli", "collection", "geofence", "identity", "map_ui", "tracking",
)  # fmt: skip

typed = st.builds(
    lambda first, rest: first + rest,
    st.sampled_from(["", *RUN, "'", ",", '"']),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20),
)


def an_export(text: str) -> str:
    row = ("T1-000001", text, "C1", "HQ", text, "upi", text, "2026-11-23", "")
    record = Record(RecordKind.RECEIPT, UUID(int=9), 1, Money(500, "CLP"), (row,))
    return write_file(TARGET, 1, [record], NOW).content.decode()


def a_trail(text: str) -> str:
    event = AuditEvent(
        UUID(int=1), UUID(int=2), NOW, Kind.READ, None, text, text, None, text, text, {text: text},
        text,
    )  # fmt: skip
    return csv_line(AuditLine(event, text, text, 1))


def some_figures(text: str) -> str:
    return figures_file.as_csv(Table(text, (text, "n"), ((text, 1), (text, -1))))


def transactions(text: str) -> str:
    one = Transaction(
        UUID(int=1), Moved.RECEIPT, NOW, "HQ", None, text, text, None, text, "cash",
        Money(500, "CLP"), State.IN_HAND,
    )  # fmt: skip
    return figures_file.table_file(as_table([one], {"HQ": "UTC"}), "A", "csv").decode()


def open_items(text: str) -> str:
    return reconciliation.as_csv([Sheet("Bank lines", (("Text", 9),), [[text, -1]])])


@pytest.mark.parametrize("of", [an_export, a_trail, some_figures, transactions, open_items])
@given(text=typed)
@example(text='=HYPERLINK("http://x","y")')
def test_no_cell_of_a_file_is_run(of: Callable[[str], str], text: str) -> None:
    content = of(text).removeprefix("\ufeff")
    cells = [cell for row in csv.reader(io.StringIO(content, newline="")) for cell in row]
    assert [c for c in cells if c.startswith(RUN) and c not in ("-1", "\n")] == []


def test_an_amount_in_a_file_has_the_decimals_of_its_currency() -> None:
    units = Money(-150_000, "INR").units
    assert figures_file.as_csv(Table("", ("a",), ((units,),))).split() == ["\ufeffa", "-1500.00"]
    assert "-1500.00" in reconciliation.as_csv([Sheet("Bank lines", (("a", 9),), [[units]])])


@given(text=typed)
def test_what_was_made_harmless_comes_back_as_it_was(text: str) -> None:
    assert not harmless(text).startswith(RUN)
    if not text.startswith("'"):
        assert as_written(harmless(text)) == text


@pytest.mark.parametrize("text", [f"{first}1+1" for first in RUN])
def test_no_cell_of_a_workbook_is_run(text: str) -> None:
    content = written([Sheet("A", (("x", 10),), [[text]])])
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert "<f>" not in packed.read("xl/worksheets/sheet1.xml").decode()
    assert read(content)[1] == [text]


def test_no_cell_of_a_file_that_a_page_makes_is_run() -> None:
    evil = json.dumps([f"{first}1+1" for first in RUN] + ["-12.5", "a,b"])
    *cells, number, quoted = run(f"{evil}.map(formula.cellOf)", formula="parts/formula.js")
    assert (number, quoted) == ("-12.5", '"a,b"')
    assert [cell for cell in cells if cell.removeprefix('"').startswith(RUN)] == []


def test_whatever_writes_such_files_makes_texts_harmless() -> None:
    """Who adds a file that goes out meets this."""
    bare = [
        str(path.relative_to(ROOT))
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*.py"))
        for source in [path.read_text()]
        if ("csv.writer(" in source or "xlsxwriter" in source) and "from core.formula" not in source
    ]
    assert bare == []
