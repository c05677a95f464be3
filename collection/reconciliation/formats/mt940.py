"""MT940, SWIFT's customer statement message, read with the library ``mt-940``."""

import io
import re
from datetime import date
from decimal import Decimal
from typing import Any

import mt940
from mt940.options import Options

from collection.reconciliation.errors import FileProblem, UnreadableStatement
from collection.reconciliation.formats.text import decoded
from collection.reconciliation.formats.values import Problems, references, tidy
from collection.reconciliation.statement import Line, Statement, period

OPENING = ("final_opening_balance", "intermediate_opening_balance", "opening_balance")
CLOSING = ("final_closing_balance", "intermediate_closing_balance", "closing_balance")
WORDS = (
    "transaction_details", "posting_text", "purpose", "additional_purpose", "applicant_name",
    "recipient_name", "extra_details",
)  # fmt: skip

FORMS = {
    "25": "the account's number, at most 35 characters",
    "28": "a statement's number, such as 12/1",
    "60F": "a balance such as C261130INR1000,00",
    "61": "a booking such as 2611301130C500,50NTRFSLIP100412",
    "62F": "a balance such as C261130INR1000,00",
}
"""What the fields look like, for those who have to find out what is wrong."""


def read(content: bytes) -> tuple[Statement, ...]:
    """The statements of a file, a page of a long one as a statement of its own.

    Raises `UnreadableStatement`.
    """
    text = decoded(content)
    try:
        # As a stream: a text that happens to be a path would be opened.
        found = mt940.parse_statements(io.StringIO(text), options=Options.all())
    except (RuntimeError, ValueError, ArithmeticError, TypeError) as error:
        raise UnreadableStatement((_problem(text, error),)) from None
    if not found:
        problem = FileProblem("line 1", ":20:", text[:40], "the reference of a statement")
        raise UnreadableStatement((problem,))
    problems = Problems()
    statements = tuple(
        _statement(one, f"statement {number}", problems) for number, one in enumerate(found, 1)
    )
    _count(text, sum(len(one.lines) for one in statements), problems)
    problems.refuse()
    return statements


def _problem(text: str, error: Exception) -> FileProblem:
    """Where reading stopped: the library tells the field and the value that it could not read."""
    value = str(error.args[-1] if error.args else error)
    first = value.splitlines()[0] if value else ""
    line = next((n for n, one in enumerate(text.splitlines(), 1) if first and first in one), 1)
    tag = getattr(error.args[1], "id", "") if len(error.args) > 2 else ""
    field = f":{tag}:" if tag else "field"
    return FileProblem(f"line {line}", field, first[:80], FORMS.get(str(tag), "what MT940 has"))


def _count(text: str, read_lines: int, problems: Problems) -> None:
    """The library leaves out what it does not know; every ``:61:`` must have become a line."""
    written = len(re.findall(r"(?m)^:61:", text))
    if written != read_lines:
        problems.add("file", ":61:", f"{written} lines", f"{read_lines}, as many as can be read")


def _statement(one: Any, at: str, problems: Problems) -> Statement:
    account = str(one.data.get("account_identification") or "").strip()
    if not account:
        problems.add(at, ":25:", "", "the account's number")
    opening, opened_on, currency = _balance(one.data, OPENING, at, ":60F:", problems)
    closing, closed_on, _ = _balance(one.data, CLOSING, at, ":62F:", problems)
    lines = tuple(
        _line(t.data, currency, f"{at}, line {number}", problems)
        for number, t in enumerate(one.transactions, 1)
        if t.data.get("amount") is not None
    )
    from_on, to_on = period([line.booked_on for line in lines], opened_on, closed_on)
    return Statement(account, currency, opening, closing, from_on, to_on, lines)


def _balance(
    found: dict[str, Any], names: tuple[str, ...], at: str, tag: str, problems: Problems
) -> tuple[int, date, str]:
    balance = next((found[name] for name in names if found.get(name)), None)
    if balance is None or balance.amount is None or balance.date is None:
        problems.add(at, tag, "", "a balance with its day, currency and amount")
        return 0, date.min, ""
    currency = str(balance.amount.currency)
    minor = _minor(balance.amount.amount, currency, at, tag, problems)
    return minor, _plain(balance.date), currency


def _minor(amount: Decimal, currency: str, at: str, tag: str, problems: Problems) -> int:
    return problems.minor(at, tag, f"{amount:f}", currency)


def _plain(day: date) -> date:
    return date(day.year, day.month, day.day)


def _line(found: dict[str, Any], currency: str, at: str, problems: Problems) -> Line:
    valued_on = _plain(found["date"])
    booked_on = _plain(found["entry_date"]) if found.get("entry_date") else valued_on
    bank_id = str(found.get("bank_reference") or "").strip()
    return Line(
        booked_on,
        valued_on,
        _minor(found["amount"].amount, currency, at, ":61: amount", problems),
        references(found.get("customer_reference"), found.get("end_to_end_reference")),
        tidy(*(str(found[name]) for name in WORDS if found.get(name))),
        bank_id or None,
        str(found.get("id") or "") or None,
        str(found.get("status") or "").upper().startswith("R"),
    )
