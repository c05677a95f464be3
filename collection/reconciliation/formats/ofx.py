"""OFX, Open Financial Exchange (versions 1 and 2), read with the library ``ofxtools``.

The library's own tree is read, not its checked models: banks outside of North America break the
lengths that those insist on. Its reader expands no entities and knows no document types.
"""

import io
from datetime import date
from html import unescape
from xml.etree.ElementTree import Element

from collection.reconciliation.errors import FileProblem, UnreadableStatement
from collection.reconciliation.formats.values import Problems, references, tidy
from collection.reconciliation.statement import Line, Statement, period

OPENS, ENDS = b"<![CDATA[", b"]]>"


def read(content: bytes) -> tuple[Statement, ...]:
    """The statements of a file. Raises `UnreadableStatement`.

    OFX tells no opening balance: it is the ledger's balance less the lines, and only the statement
    before can prove it.
    """
    from ofxtools.header import OFXHeaderError
    from ofxtools.Parser import OFXTree, ParseError

    # The library looks for the end of each in the rest of its line: of many without one, for days.
    lines = content.split(b"\n") if OPENS in content else ()
    if any(line.rfind(ENDS) < line.rfind(OPENS) for line in lines):
        raise _refused(OPENS.decode(), f"{ENDS.decode()} behind it on its line")
    tree = OFXTree()
    try:
        root = tree.parse(io.BytesIO(content))
    except (ParseError, OFXHeaderError, SyntaxError, ValueError, AssertionError) as error:
        raise _refused(str(error)[-80:], "OFX with its header") from None
    problems = Problems()
    statements = tuple(
        _statement(found, f"statement {number}", problems)
        for number, found in enumerate(root.iter("STMTRS"), 1)
    )
    if not statements:
        raise _refused(str(root.tag), "a bank statement (STMTRS)")
    problems.refuse()
    return statements


def _refused(value: str, expected: str) -> UnreadableStatement:
    return UnreadableStatement((FileProblem("file", "OFX", value, expected),))


def _text(element: Element, path: str) -> str:
    return unescape((element.findtext(path) or "").strip())


def _day(element: Element, path: str, at: str, problems: Problems) -> date:
    """The day as the bank wrote it, whatever its zone."""
    return problems.day(at, path, _text(element, path)[:8], "%Y%m%d")


def _statement(found: Element, at: str, problems: Problems) -> Statement:
    account, currency = _text(found, "BANKACCTFROM/ACCTID"), _text(found, "CURDEF")
    if not account:
        problems.add(at, "ACCTID", "", "the account's number")
    if len(currency) != 3:
        problems.add(at, "CURDEF", currency, "a currency of ISO 4217")
        currency = "XXX"
    lines = tuple(
        _line(one, currency, f"{at}, line {number}", problems)
        for number, one in enumerate(found.iterfind("BANKTRANLIST/STMTTRN"), 1)
    )
    closing = problems.minor(at, "LEDGERBAL", _text(found, "LEDGERBAL/BALAMT"), currency)
    closed_on = _day(found, "LEDGERBAL/DTASOF", at, problems)
    total = sum(line.amount_minor for line in lines)
    from_on, to_on = period([line.booked_on for line in lines], closed_on, closed_on)
    return Statement(
        account, currency, closing - total, closing, from_on, to_on, lines, opening_told=False
    )


def _line(one: Element, currency: str, at: str, problems: Problems) -> Line:
    booked_on = _day(one, "DTPOSTED", at, problems)
    amount = problems.minor(at, "TRNAMT", _text(one, "TRNAMT").replace(",", "."), currency)
    available = _text(one, "DTAVAIL")
    return Line(
        booked_on,
        _day(one, "DTAVAIL", at, problems) if available else booked_on,
        amount,
        references(_text(one, "REFNUM"), _text(one, "CHECKNUM")),
        tidy(_text(one, "NAME"), _text(one, "MEMO")),
        _text(one, "FITID") or None,
        _text(one, "TRNTYPE") or None,
        is_reversal=_text(one, "CORRECTACTION") == "DELETE",
    )
