"""Spreadsheets (XLSX): tables of texts and numbers out, cells of an uploaded one in."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass

import xlsxwriter
from python_calamine import CalamineError, CalamineWorkbook

from core.formula import as_written, harmless

Cell = str | float | int | None

MOST_UNPACKED = 200_000_000
"""A workbook that unpacks to more bytes is refused unread."""


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
                    elif cell is not None:
                        page.write_number(line, column, cell)
    return target.getvalue()


def read(content: bytes) -> list[list[str]]:
    """The cells of the first sheet as texts, row by row; whole numbers without a fraction.

    An apostrophe that keeps a text from being a formula is taken off. Raises `NoWorkbook`.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                raise NoWorkbook("it unpacks to more than 200 MB")
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, zipfile.BadZipFile, ValueError, KeyError) as refused:
        raise NoWorkbook(str(refused)) from None
    return [[_text(cell) for cell in row] for row in rows]


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = str(cell).strip()
    return as_written(text)
