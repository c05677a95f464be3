"""Figures, and what they stand for, as files that people open elsewhere: CSV, XLSX, PDF."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from allocation.proposals.sheets.workbook import Sheet, written
from collection.figures.read_figures import FiguresReport
from collection.figures.table import Cell, Table, as_table
from core.formula import harmless
from core.pdf import Column, Paper

Format = Literal["csv", "xlsx", "pdf"]

MEDIA_TYPES: dict[Format, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
WIDEST = 60
"""Characters that a column of a workbook has at most."""
ON_A_PAGE = 6
"""As many figures stand beside each other on paper; more go below."""


def figures_file(report: FiguresReport, format: Format, made_at: datetime) -> bytes:  # noqa: A002
    """The report as a file's bytes; `made_at` is told by the clock of its zone, with the offset. No
    text in it is taken for a formula."""
    table = as_table(report)
    if format == "pdf":
        return _as_pdf(report, table, made_at)
    return table_file(table, "Figures", format)


def table_file(table: Table, sheet: str, format: Literal["csv", "xlsx"]) -> bytes:  # noqa: A002
    """A table as a file's bytes, in a workbook under the name of a sheet. No text in it is taken
    for a formula."""
    if format == "xlsx":
        return written([Sheet(sheet, _columns(table), table.rows)])
    return as_csv(table).encode()


def _columns(table: Table) -> tuple[tuple[str, int], ...]:
    """The heads, each as wide as what stands in its column, so that a name can be read whole."""
    texts = [[head, *map(str, told)] for head, *told in zip(table.heads, *table.rows, strict=True)]
    return tuple((each[0], min(WIDEST, max(12, *map(len, each)))) for each in texts)


def as_csv(table: Table) -> str:
    """The table with its heads, and a mark by which a spreadsheet knows that it is UTF-8."""
    target = io.StringIO()
    target.write("\ufeff")
    writer = csv.writer(target)
    writer.writerows(_harmless(row) for row in (table.heads, *table.rows))
    return target.getvalue()


def _harmless(row: Sequence[Cell]) -> list[Cell]:
    return [harmless(cell) if isinstance(cell, str) else cell for cell in row]


def _as_pdf(report: FiguresReport, table: Table, made_at: datetime) -> bytes:
    paper = Paper.a4(table.title, made_at)
    paper.heading(table.title)
    known_at = made_at.isoformat(sep=" ", timespec="minutes")
    paper.text(f"As known on {known_at}. Money in {report.question.currency}.", is_quiet=True)
    for begin in range(1, len(table.heads), ON_A_PAGE):
        shown = range(begin, min(begin + ON_A_PAGE, len(table.heads)))
        columns = [Column(table.heads[0] or " ", 1.4)]
        columns += [Column(table.heads[n], 1, "RIGHT") for n in shown]
        paper.space(2)
        paper.table(
            columns, [[str(row[0]), *(_printed(row[n]) for n in shown)] for row in table.rows]
        )
    paper.heading("What they mean", 2)
    paper.facts((figure.label, figure.words) for figure in report.figures)
    return paper.pdf()


def _printed(cell: Cell) -> str:
    return "–" if cell is None else cell if isinstance(cell, str) else f"{cell:,}"
