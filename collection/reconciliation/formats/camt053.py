"""CAMT.053, the bank-to-customer statement of ISO 20022, in any of its versions.

Element names are those of the ISO message definition (https://www.iso20022.org, camt.053.001).
"""

from collections.abc import Iterator
from datetime import date
from xml.etree.ElementTree import Element

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from collection.reconciliation.errors import FileProblem, UnreadableStatement
from collection.reconciliation.formats.values import Problems, references, tidy
from collection.reconciliation.statement import Line, Statement, period
from core.said import say

OPENING = ("OPBD", "PRCD", "OPAV")
CLOSING = ("CLBD",)


def read(content: bytes) -> tuple[Statement, ...]:
    """The statements of a file. Raises `UnreadableStatement`.

    Only booked entries count. A batch whose transactions make its amount becomes a line for each
    of them. Document types and entities are refused, whatever they would expand to.
    """
    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except DefusedXmlException:
        raise _refused("XML", "DOCTYPE", say("XML without a document type or entities")) from None
    except (ParseError, ValueError, LookupError) as error:
        raise _refused("XML", str(error), say("well-formed XML")) from None
    problems = Problems()
    found = [e for e in root.iter() if _name(e) == "Stmt"]
    if not found:
        raise _refused("Stmt", _name(root), say("a statement of camt.053"))
    statements = tuple(
        _statement(element, f"statement {number}", problems)
        for number, element in enumerate(found, 1)
    )
    problems.refuse()
    return statements


def _refused(name: str, value: str, expected: str) -> UnreadableStatement:
    return UnreadableStatement((FileProblem("file", name, value, expected),))


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _all(element: Element | None, path: str) -> Iterator[Element]:
    """The descendants along a path of names, whatever their namespace."""
    if element is None:
        return
    first, _, rest = path.partition("/")
    for child in element:
        if _name(child) == first:
            if rest:
                yield from _all(child, rest)
            else:
                yield child


def _one(element: Element | None, path: str) -> Element | None:
    return next(_all(element, path), None)


def _text(element: Element | None, *paths: str) -> str:
    """The text at the first of the paths that has one."""
    for path in paths:
        for found in _all(element, path):
            if found.text and found.text.strip():
                return found.text.strip()
    return ""


def _statement(element: Element, at: str, problems: Problems) -> Statement:
    account = _text(element, "Acct/Id/IBAN", "Acct/Id/Othr/Id")
    if not account:
        problems.add(at, "Acct/Id", "", "an IBAN or another identification")
    balances = {_text(b, "Tp/CdOrPrtry/Cd"): b for b in _all(element, "Bal")}
    opening = _balance(balances, OPENING, at, "opening balance (OPBD)", problems)
    closing = _balance(balances, CLOSING, at, "closing balance (CLBD)", problems)
    currency = _text(element, "Acct/Ccy") or closing[2] or opening[2]
    lines = tuple(
        line
        for number, entry in enumerate(_all(element, "Ntry"), 1)
        for line in _entry(entry, currency, f"{at}, entry {number}", problems)
    )
    from_on, to_on = period([line.booked_on for line in lines], opening[1], closing[1])
    return Statement(account, currency, opening[0], closing[0], from_on, to_on, lines)


def _balance(
    balances: dict[str, Element], codes: tuple[str, ...], at: str, name: str, problems: Problems
) -> tuple[int, date, str]:
    """Minor units, day and currency of the first balance with one of the codes."""
    found = next((balances[code] for code in codes if code in balances), None)
    if found is None:
        problems.add(at, "Bal", ", ".join(balances), f"one with an {name}")
        return 0, date.min, ""
    minor, currency = _amount(found, at, f"{name}/Amt", problems)
    day = _day(found, "Dt", f"{at}, {name}", problems)
    return _sign(found, f"{at}, {name}", problems) * minor, day, currency


def _entry(entry: Element, currency: str, at: str, problems: Problems) -> tuple[Line, ...]:
    if (_text(entry, "Sts/Cd", "Sts") or "BOOK") != "BOOK":
        return ()
    minor, own_currency = _amount(entry, at, "Amt", problems)
    if own_currency != currency:
        problems.add(at, "Amt/@Ccy", own_currency, f"{currency}, the account's")
    sign = _sign(entry, at, problems)
    booked_on = _day(entry, "BookgDt", at, problems)
    valued_on = _day(entry, "ValDt", at, problems) if _one(entry, "ValDt") is not None else None
    details = list(_all(entry, "NtryDtls/TxDtls"))
    amounts = [_detail_minor(d, currency, at, problems) for d in details]
    is_batch = len(details) > 1 and None not in amounts and sum(a or 0 for a in amounts) == minor
    parts = list(zip(details, amounts, strict=True)) if is_batch else [(None, minor)]
    return tuple(
        Line(
            booked_on,
            valued_on or booked_on,
            sign * (part_minor or 0),
            _references(entry, [detail] if detail is not None else details),
            _words(entry, [detail] if detail is not None else details),
            _text(detail, "Refs/AcctSvcrRef") or _text(entry, "AcctSvcrRef", "NtryRef") or None,
            _text(entry, "BkTxCd/Domn/Fmly/SubFmlyCd", "BkTxCd/Prtry/Cd") or None,
            _text(entry, "RvslInd") in ("true", "1"),
        )
        for detail, part_minor in parts
    )


def _amount(element: Element, at: str, name: str, problems: Problems) -> tuple[int, str]:
    found = _one(element, "Amt")
    currency = found.get("Ccy", "") if found is not None else ""
    if found is None or len(currency) != 3:
        problems.add(at, name, currency, "an amount with its currency")
        return 0, currency
    return problems.minor(at, name, found.text or "", currency), currency


def _detail_minor(detail: Element, currency: str, at: str, problems: Problems) -> int | None:
    found = _one(detail, "AmtDtls/TxAmt/Amt")
    found = _one(detail, "Amt") if found is None else found
    if found is None or found.get("Ccy") != currency:
        return None
    return problems.minor(at, "TxDtls/Amt", found.text or "", currency)


def _sign(element: Element, at: str, problems: Problems) -> int:
    mark = _text(element, "CdtDbtInd")
    if mark not in ("CRDT", "DBIT"):
        problems.add(at, "CdtDbtInd", mark, "CRDT or DBIT")
    return -1 if mark == "DBIT" else 1


def _day(element: Element, name: str, at: str, problems: Problems) -> date:
    return problems.day(at, name, _text(element, f"{name}/Dt", f"{name}/DtTm")[:10])


REFERENCES = (
    "Refs/EndToEndId", "Refs/InstrId", "Refs/TxId", "Refs/MsgId", "Refs/ChqNb",
    "RmtInf/Strd/CdtrRefInf/Ref",
)  # fmt: skip


def _references(entry: Element, details: list[Element]) -> tuple[str, ...]:
    return references(
        *(_text(d, path) for d in details for path in REFERENCES), _text(entry, "NtryRef")
    )


PARTIES = ("RltdPties/Dbtr/Nm", "RltdPties/Dbtr/Pty/Nm", "RltdPties/Cdtr/Nm", "AddtlTxInf")


def _words(entry: Element, details: list[Element]) -> str:
    said = [_text(d, path) for d in details for path in PARTIES]
    said += [u.text or "" for d in details for u in _all(d, "RmtInf/Ustrd")]
    return tidy(_text(entry, "AddtlNtryInf"), *said)
