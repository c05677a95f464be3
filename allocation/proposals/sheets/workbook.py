"""Spreadsheets (XLSX): tables of texts and numbers out, cells of an uploaded one in."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import xlsxwriter
from python_calamine import CalamineError, CalamineWorkbook

from core.formula import as_written, harmless

Cell = str | float | int | Decimal | None
"""A `Decimal` is an amount of money, and shows all its decimals."""

MOST_UNPACKED = 200_000_000
"""A workbook that says that it unpacks to more bytes is refused unread."""
MOST_CELLS = 5_000_000
"""Of the area from the first cell to the last, the empty ones included."""
_AMOUNTS = {0: "#,##0", 2: "#,##0.00", 3: "#,##0.000"}
"""A spreadsheet's number formats, by decimals."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its name, columns with their widths in characters, and rows."""

    name: str
    columns: tuple[tuple[str, int], ...]
    rows: Sequence[Sequence[Cell]]


class NoWorkbook(ValueError):
    """The bytes are no XLSX workbook that can be read."""


def written(sheets: Sequence[Sheet]) -> bytes:
    """The sheets as a workbook, with fixed heads and filters.

    All texts are stored as texts, and one that a program might take for a formula is led by an
    apostrophe, so that it is none in a copy either (as CSV, say).
    """
    target = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with xlsxwriter.Workbook(target, options) as book:
        bold = book.add_format({"bold": True})
        looks = {places: book.add_format({"num_format": look}) for places, look in _AMOUNTS.items()}
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            page.freeze_panes(1, 0)
            for column, (title, width) in enumerate(sheet.columns):
                page.write_string(0, column, title, bold)
                page.set_column(column, column, width)
            page.autofilter(0, 0, len(sheet.rows), len(sheet.columns) - 1)
            for line, row in enumerate(sheet.rows, 1):
                for column, cell in enumerate(row):
                    if isinstance(cell, str):
                        page.write_string(line, column, harmless(cell))
                    elif isinstance(cell, Decimal):
                        page.write_number(line, column, cell, looks[_decimals(cell)])
                    elif cell is not None:
                        page.write_number(line, column, cell)
    return target.getvalue()


def _decimals(amount: Decimal) -> int:
    return len(f"{amount:f}".partition(".")[2])


def read(content: bytes) -> list[list[str]]:
    """The cells of the first sheet as texts, row by row; whole numbers without a fraction.

    An apostrophe that keeps a text from being a formula is taken off. A workbook of a stranger is
    read in a process of its own (`core.apart`): two cells far apart make a table of all between
    them, and what it says of its size may be a lie. Raises `NoWorkbook`.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                raise NoWorkbook("it unpacks to more than 200 MB")
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        page = book.get_sheet_by_index(0)
        if (page.total_height + 1) * (page.total_width + 1) > MOST_CELLS:
            raise NoWorkbook(f"its first sheet has more than {MOST_CELLS:,} cells")
        rows = page.to_python(skip_empty_area=False)
    except (CalamineError, zipfile.BadZipFile, ValueError, KeyError) as refused:
        raise NoWorkbook(str(refused)) from None
    return [[_text(cell) for cell in row] for row in rows]


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = str(cell).strip()
    return as_written(text)
