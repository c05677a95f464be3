"""Bytes of a demand file to records of cells: encoding, delimiter, quotes, line numbers."""

import codecs
import csv
import io
import re
from collections.abc import Iterator

from collection.portfolio.demand_columns import column_of
from collection.portfolio.errors import UnreadableDemandFile

Record = tuple[int, list[str] | None]

# More lines than any address has: a record this long is a quote that somebody forgot to close.
_LONGEST_RECORD_LINES = 20
_DELIMITERS = (",", ";", "\t")
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_SAVE_AS = "save it as CSV, UTF-8"


def decoded(content: bytes) -> tuple[str, str]:
    """The text and its encoding: UTF-8 with or without a mark, else Windows-1252.

    Raises `UnreadableDemandFile` for anything else, also for UTF-8 with a few wrong bytes, which
    Windows-1252 would turn into other people's names.
    """
    if content.startswith(_WORKBOOKS):
        raise UnreadableDemandFile(f"this is a spreadsheet workbook; {_SAVE_AS}")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise UnreadableDemandFile(f"this is UTF-16; {_SAVE_AS}")
    if b"\0" in content:
        raise UnreadableDemandFile("this is not a text file")
    try:
        return content.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
    loose = content.decode("utf-8", "surrogateescape")
    wrong = len(re.findall("[\udc80-\udcff]", loose))
    right = len(re.findall("[^\x00-\x7f\udc80-\udcff]", loose))
    if right > wrong:
        raise UnreadableDemandFile("a byte that is not UTF-8, as the rest of the file is", line)
    try:
        return content.decode("cp1252"), "cp1252"
    except UnicodeDecodeError:
        raise UnreadableDemandFile("neither UTF-8 nor Windows-1252", line) from None


def delimiter_of(text: str) -> str:
    """Comma, semicolon or tab: the one that makes the most known columns of the header."""

    def columns(delimiter: str) -> tuple[int, int]:
        _, header = next(records(text, delimiter), (1, None))
        known = [name for name in header or () if column_of(name)]
        return len(known), len(header or ())

    return max(_DELIMITERS, key=columns)


def records(text: str, delimiter: str) -> Iterator[Record]:
    """Records of stripped cells with the line each begins on, from 1, blank ones left out.

    A record whose quotes are wrong is None. Raises `UnreadableDemandFile` where that could hide
    other records: when it runs over lines, or over more lines than a record can have.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        cells: list[str] | None
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            cells = None
        lines = reader.line_num + 1 - line
        if lines > (1 if cells is None else _LONGEST_RECORD_LINES):
            raise UnreadableDemandFile(
                f"a quote opens in this row and closes {lines - 1} lines later, if at all", line
            )
        cells = cells and [cell.strip() for cell in cells]
        if cells is None or any(cells):
            yield line, cells
