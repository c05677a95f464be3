"""Cells of statement files to values, with every problem kept for the report."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime

from collection.reconciliation.errors import SHOWN, FileProblem, UnreadableStatement
from core.clock import read_day
from core.money import exponent

_AMOUNT = re.compile(r"[+-]?\d{1,15}(\.\d*)?|[+-]?\.\d+")
LONGEST_TEXT = 2_000
"""Characters that are kept of what a bank says of one line."""


@dataclass(slots=True)
class Problems:
    """The problems of a file, in its order."""

    found: list[FileProblem] = field(default_factory=list)
    more: int = 0

    def add(self, at: str, name: str, value: str, expected: str) -> None:
        """Note that a value cannot be used."""
        if len(self.found) < SHOWN:
            self.found.append(FileProblem(at, name, value[:80], expected))
        else:
            self.more += 1

    def refuse(self) -> None:
        """Raise `UnreadableStatement` when there are any."""
        if self.found:
            raise UnreadableStatement(tuple(self.found), self.more)

    def minor(
        self, at: str, name: str, text: str, currency: str, *, decimal_mark: str = "."
    ) -> int:
        """An amount in minor units; 0 and a problem when it is none.

        Digits may be grouped by the other mark, spaces or apostrophes. Decimals beyond those of
        the currency must be zeros.
        """
        other = "," if decimal_mark == "." else "."
        plain = re.sub(rf"[\s\u00a0\u202f'’{re.escape(other)}]", "", text)
        plain = plain.replace(decimal_mark, ".")
        places = exponent(currency)
        units, _, decimals = plain.partition(".")
        if not _AMOUNT.fullmatch(plain) or decimals[places:].strip("0"):
            self.add(at, name, text, f"an amount of {currency} with at most {places} decimals")
            return 0
        return int(f"{units or '0'}{decimals[:places].ljust(places, '0')}")

    def day(self, at: str, name: str, text: str, date_format: str = "%Y-%m-%d") -> date:
        """A date; today's beginning of time and a problem when it is none."""
        try:
            day = datetime.strptime(text.strip(), date_format).date()  # noqa: DTZ007
            return read_day(day.isoformat())
        except ValueError:
            example = date(2026, 11, 30).strftime(date_format)
            self.add(at, name, text, f"a date such as {example}")
            return date.min


def tidy(*parts: str | None) -> str:
    """What a bank says, on one line and of a bearable length."""
    return " ".join(" ".join(part for part in parts if part).split())[:LONGEST_TEXT]


NO_REFERENCE = {"", "NONREF", "NOTPROVIDED", "NOTAVAILABLE", "NA", "NIL", "NONE", "0"}


def references(*found: str | None) -> tuple[str, ...]:
    """The references that are any, each once, in their order."""
    kept: dict[str, None] = {}
    for one in found:
        text = (one or "").strip()
        if re.sub(r"[^A-Z0-9]", "", text.upper()) not in NO_REFERENCE:
            kept[text[:140]] = None
    return tuple(kept)
