"""Reading an address line: which part is the street, which the house number."""

import re
from collections.abc import Iterator

SEPARATORS = re.compile(r",|;|\s[-–]\s")
_NUMBER = r"(?:n[º°o.]*\s*|#\s*)?(\d{1,5})(?:\s?-?[a-z]|[-/]\d+)?"
_TRAILING = re.compile(rf"(.*\D)\s*\b{_NUMBER}", re.IGNORECASE)
_LEADING = re.compile(rf"{_NUMBER}\s+(.+)", re.IGNORECASE)
_ALONE = re.compile(_NUMBER, re.IGNORECASE)


def readings(head: str, others: list[str]) -> Iterator[tuple[str, int | None]]:
    """(street, house number) as the first part may be read, the likeliest first."""
    for other in others:
        if alone := _ALONE.fullmatch(other):
            yield head, int(alone[1])
    if trailing := _TRAILING.fullmatch(head):
        yield trailing[1].strip(), int(trailing[2])
    if leading := _LEADING.fullmatch(head):
        yield leading[2], int(leading[1])
    yield head, None
