"""A statement file of any format to statements that are proven complete."""

import re
from enum import StrEnum

from collection.reconciliation.errors import FileProblem, UnreadableStatement
from collection.reconciliation.formats import bank_csv, camt053, mt940, ofx
from collection.reconciliation.formats.bank_csv import ToldBalances
from collection.reconciliation.formats.csv_profile import CsvProfile
from collection.reconciliation.statement import Statement, checked
from core.said import say

MAX_BYTES = 20 * 1024 * 1024
MOST_LINES = 200_000


class Format(StrEnum):
    """The formats that can be read."""

    CAMT053 = "camt.053"
    MT940 = "mt940"
    OFX = "ofx"
    CSV = "csv"


def format_of(content: bytes) -> Format:
    """The format that a file is in, by how it begins."""
    head = content[:4_000].replace(b"\0", b"")
    if re.search(rb"OFXHEADER|<OFX>", head):
        return Format.OFX
    if re.search(rb"^\s*(\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*<", head):
        return Format.CAMT053
    if re.search(rb"(?m)^(\xef\xbb\xbf)?:(20|25|60[FM]):", head):
        return Format.MT940
    return Format.CSV


def read(
    content: bytes,
    profile: CsvProfile | None = None,
    account: str = "",
    currency: str = "",
    told: ToldBalances | None = None,
) -> tuple[Format, tuple[Statement, ...]]:
    """The format of a file and its statements, each with lines that lead from opening to closing.

    `profile`, `account`, `currency` and `told` are for CSV, which says nothing of itself. Raises
    `UnreadableStatement` or `BalanceMismatch`, both `StatementRefused`.
    """
    if len(content) > MAX_BYTES:
        raise _refused("size", f"{len(content)} bytes", say("at most 20 MB"))
    found = format_of(content)
    match found:
        case Format.CAMT053:
            statements = camt053.read(content)
        case Format.MT940:
            statements = mt940.read(content)
        case Format.OFX:
            statements = ofx.read(content)
        case Format.CSV:
            if profile is None:
                expected = say(
                    "CAMT.053, MT940 or OFX, or CSV for a bank account with a CSV profile"
                )
                raise _refused("format", "CSV or unknown", expected)
            statements = bank_csv.read(content, profile, account, currency, told)
    lines = sum(len(one.lines) for one in statements)
    if lines > MOST_LINES:
        raise _refused(
            "lines", str(lines), say("at most {most_lines:,} lines", most_lines=MOST_LINES)
        )
    return found, tuple(checked(one) for one in statements)


def _refused(field: str, value: str, expected: str) -> UnreadableStatement:
    return UnreadableStatement((FileProblem("file", field, value, expected),))
