"""Files of holidays: CSV with a header, a row a day."""

import csv
import io
from collections.abc import Sequence
from datetime import time

from collection.gate.records.put_on_record import NewHoliday
from core.clock import read_day
from core.errors import InvalidField
from core.said import say

NEEDED = ("calendar", "day", "name")
COLUMNS = (*NEEDED, "kind", "closed_from", "closed_to")
KINDS = ("national", "state", "branch", "religious", "working_day")
MOST_ROWS = 2_000


def read_holidays(content: bytes) -> Sequence[NewHoliday]:
    """The holidays of a file: columns `calendar`, `day` (2026-12-25) and `name`, and if need be
    `kind` (national without it), `closed_from` and `closed_to` (09:30).

    Raises `InvalidField` that names the line (the header is line 1) and the column.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as broken:
        raise InvalidField("file", say("CSV in UTF-8")) from broken
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip().lower() for name in reader.fieldnames or ()]
        unknown = [name for name in header if name not in COLUMNS]
        missing = [name for name in NEEDED if name not in header]
        if unknown or missing or len(set(header)) != len(header):
            raise InvalidField(
                "line 1", say("the columns {columns}; each once", columns=", ".join(COLUMNS))
            )
        reader.fieldnames = header
        found = [_holiday(f"line {reader.line_num}", row) for row in reader]
    except csv.Error as broken:
        raise InvalidField(
            f"line {reader.line_num}", say("CSV: {broken}", broken=broken)
        ) from broken
    if not 0 < len(found) <= MOST_ROWS:
        raise InvalidField("file", say("1 to {most_rows:,} rows", most_rows=MOST_ROWS))
    return found


def _holiday(line: str, row: dict[str, str]) -> NewHoliday:
    if None in row or None in row.values():
        raise InvalidField(line, say("as many cells as the header has"))
    cells = {name: cell.strip() for name, cell in row.items()}
    kind = cells.get("kind") or "national"
    if kind not in KINDS:
        raise InvalidField(f"{line}, kind", say("one of {kinds}", kinds=", ".join(KINDS)))
    for name in NEEDED:
        if not cells[name]:
            raise InvalidField(f"{line}, {name}", say("something"))
    try:
        day = read_day(cells["day"])
    except ValueError:
        raise InvalidField(f"{line}, day", say("a date such as 2026-12-25")) from None
    closed_from, closed_to = (_time(line, name, cells) for name in ("closed_from", "closed_to"))
    return NewHoliday(cells["calendar"], day, cells["name"], kind, closed_from, closed_to)


def _time(line: str, name: str, cells: dict[str, str]) -> time | None:
    cell = cells.get(name)
    if not cell:
        return None
    try:
        return time.fromisoformat(cell)
    except ValueError:
        raise InvalidField(f"{line}, {name}", say("a time such as 09:30")) from None
