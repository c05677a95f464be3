"""A bank's CSV statement, read by the profile of its account."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from collection.reconciliation.errors import FileProblem, UnreadableStatement
from collection.reconciliation.formats.csv_profile import CsvProfile, Sign
from collection.reconciliation.formats.text import decoded
from collection.reconciliation.formats.values import Problems, references, tidy
from collection.reconciliation.statement import Line, Statement

MOST_LINES_BEFORE = 60
"""Banks write addresses and notes above the header; not more lines than this."""


@dataclass(frozen=True, slots=True)
class ToldBalances:
    """Opening and closing balance in minor units, where the file has no column for them."""

    opening_minor: int
    closing_minor: int


def read(
    content: bytes,
    profile: CsvProfile,
    account: str,
    currency: str,
    told: ToldBalances | None = None,
) -> tuple[Statement, ...]:
    """The one statement of a file. Raises `UnreadableStatement`.

    With a balance column every line must lead to its own balance, so that the first one that does
    not is named.
    """
    text = decoded(content, profile.encoding or None)
    header, rows = _table(text, profile)
    problems = Problems()
    lines, balances, ats = [], [], []
    for number, cells in rows:
        row = dict(zip(header, cells, strict=False))
        if _says_nothing(row, profile):
            continue
        at = f"line {number}"
        lines.append(_line(row, profile, currency, at, problems))
        ats.append(at)
        if profile.balance:
            balances.append(_balance(row, profile, currency, at, problems))
    if not lines:
        problems.add("file", "lines", "none", "a line below the header")
    problems.refuse()
    if profile.newest_first:
        lines, balances, ats = lines[::-1], balances[::-1], ats[::-1]
    opening, closing = _ends(lines, balances, told)
    _follow(lines, balances, ats, problems)
    problems.refuse()
    days = [line.booked_on for line in lines]
    return (Statement(account, currency, opening, closing, min(days), max(days), tuple(lines)),)


def _table(text: str, profile: CsvProfile) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The header and the rows below it, each with the number of its line."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=profile.delimiter, strict=True)
    wanted = {name.casefold(): name for name in profile.columns}
    header: list[str] | None = None
    rows: list[tuple[int, list[str]]] = []
    nearest: set[str] = set()
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if header is not None:
                rows.append((reader.line_num, stripped))
                continue
            found = {cell.casefold() for cell in stripped} & wanted.keys()
            nearest = max(nearest, found, key=len)
            if len(found) == len(wanted):
                header = [wanted.get(cell.casefold(), cell) for cell in stripped]
            elif reader.line_num > MOST_LINES_BEFORE:
                break
    except csv.Error as error:
        problem = FileProblem(f"line {reader.line_num}", "row", str(error), "closed quotes")
        raise UnreadableStatement((problem,)) from None
    if header is None:
        missing = ", ".join(name for key, name in wanted.items() if key not in nearest)
        problem = FileProblem("file", "header", f"no {missing}", "a line with all columns")
        raise UnreadableStatement((problem,))
    return header, rows


def _says_nothing(row: dict[str, str], profile: CsvProfile) -> bool:
    """No money: a blank line, a note. Where it was money after all, the balances do not agree."""
    return not any(row.get(n) for n in (profile.amount, profile.money_in, profile.money_out) if n)


def _line(
    row: dict[str, str], profile: CsvProfile, currency: str, at: str, problems: Problems
) -> Line:
    booked_on = problems.day(at, profile.booked_on, row.get(profile.booked_on, ""),
                             profile.date_format)  # fmt: skip
    valued = row.get(profile.valued_on, "") if profile.valued_on else ""
    return Line(
        booked_on,
        problems.day(at, profile.valued_on, valued, profile.date_format) if valued else booked_on,
        _amount(row, profile, currency, at, problems),
        references(*(row.get(name) for name in profile.references)),
        tidy(*(row.get(name) for name in profile.text)),
        row.get(profile.bank_id) or None if profile.bank_id else None,
    )


def _amount(
    row: dict[str, str], profile: CsvProfile, currency: str, at: str, problems: Problems
) -> int:
    def minor(name: str) -> int:
        text = row.get(name, "")
        if not text or text == "-":
            return 0
        return problems.minor(at, name, text, currency, decimal_mark=profile.decimal_mark)

    match profile.sign:
        case Sign.SIGNED:
            return minor(profile.amount)
        case Sign.TWO_COLUMNS:
            return minor(profile.money_in) - abs(minor(profile.money_out))
        case Sign.MARKER:
            mark = row.get(profile.marker, "").strip(". ").casefold()
            comes_in = mark == profile.credit_mark.strip(". ").casefold()
            return abs(minor(profile.amount)) * (1 if comes_in else -1)


def _balance(
    row: dict[str, str], profile: CsvProfile, currency: str, at: str, problems: Problems
) -> int:
    text = row.get(profile.balance, "")
    mark = text[-2:].casefold()
    plain = text[:-2] if mark in ("cr", "dr") else text
    minor = problems.minor(at, profile.balance, plain, currency, decimal_mark=profile.decimal_mark)
    return -minor if mark == "dr" else minor


def _ends(
    lines: Sequence[Line], balances: Sequence[int], told: ToldBalances | None
) -> tuple[int, int]:
    if balances:
        return balances[0] - lines[0].amount_minor, balances[-1]
    if told is None:
        problem = FileProblem("file", "balances", "none", "told with the file: it has no column")
        raise UnreadableStatement((problem,))
    return told.opening_minor, told.closing_minor


def _follow(
    lines: Sequence[Line], balances: Sequence[int], ats: Sequence[str], problems: Problems
) -> None:
    """Each balance is the one before and the line's amount."""
    for position, (before, after) in enumerate(pairwise(balances), 1):
        expected = before + lines[position].amount_minor
        if after != expected:
            right = f"{expected}, in minor units: the balance before and this line"
            problems.add(ats[position], "balance", str(after), right)
