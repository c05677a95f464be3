"""Statement files of all formats, good and bad."""

from dataclasses import replace
from datetime import date
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collection.reconciliation.errors import (
    BalanceMismatch,
    StatementRefused,
    UnreadableStatement,
)
from collection.reconciliation.formats.bank_csv import ToldBalances
from collection.reconciliation.formats.csv_profile import (
    EXAMPLES,
    CsvProfile,
    Sign,
    profile_of,
)
from collection.reconciliation.formats.read import MAX_BYTES, Format, format_of, read
from collection.reconciliation.statement import Statement
from core.errors import InvalidField
from tests.collection.reconciliation.files import CSV, DETAIL, MT940, OFX, camt, entry

INDIAN = EXAMPLES["two columns, day first"]


def one(content: bytes, profile: CsvProfile | None = None, currency: str = "INR") -> Statement:
    _, statements = read(content, profile, "000123456789", currency)
    assert len(statements) == 1
    return statements[0]


def refused(content: bytes, profile: CsvProfile | None = None) -> UnreadableStatement:
    with pytest.raises(UnreadableStatement) as caught:
        read(content, profile, "1", "INR")
    return caught.value


@pytest.mark.parametrize("version", ["02", "04", "08", "13"])
def test_camt_is_read_in_any_version(version: str) -> None:
    statement = one(camt(entry(), version=version))
    assert (statement.account, statement.currency) == ("000123456789", "INR")
    assert (statement.opening_minor, statement.closing_minor) == (100_000, 150_050)
    assert (statement.from_on, statement.to_on) == (date(2026, 11, 20), date(2026, 11, 21))
    [line] = statement.lines
    assert (line.amount_minor, line.bank_id, line.references) == (50_050, "B1", ("SLIP100412",))
    assert (line.booked_on, line.valued_on) == (date(2026, 11, 21), date(2026, 11, 22))
    assert line.text == "CASH DEP BR 0123 Ravi Kumar loan installment"
    assert not line.is_reversal


def test_a_batch_becomes_its_transactions_when_they_make_its_amount() -> None:
    parts = "".join(
        DETAIL.format(reference=f"R{n}", amount=amount) for n, amount in ((1, "200"), (2, "300.50"))
    )
    assert [
        (line.amount_minor, line.references) for line in one(camt(entry(details=parts))).lines
    ] == [(20_000, ("R1",)), (30_050, ("R2",))]
    short = parts.replace("200", "100")
    [line] = one(camt(entry(details=short))).lines
    assert (line.amount_minor, line.references) == (50_050, ("R1", "R2"))


def test_only_booked_entries_count_and_a_reversal_is_told() -> None:
    statement = one(
        camt(
            entry(),
            entry(status="PDNG"),
            entry(sign="DBIT", more="<RvslInd>true</RvslInd>", bank_id="B2"),
            closing="1000.00",
        )
    )
    assert [(line.amount_minor, line.is_reversal) for line in statement.lines] == [
        (50_050, False),
        (-50_050, True),
    ]


@pytest.mark.parametrize(
    "content",
    [
        b'<!DOCTYPE x [<!ENTITY a "b">]><Document>&a;</Document>',
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><Document/>',
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><Document>&a;</Document>',
    ],
)
def test_document_types_and_entities_are_refused(content: bytes) -> None:
    assert refused(content).problems[0].value == "DOCTYPE"


def test_a_camt_file_names_each_entry_and_field_that_is_wrong() -> None:
    problems = refused(camt(entry("12.345"), entry(sign="UP"), entry(more="<Amt/>"))).problems
    assert [(p.at, p.field) for p in problems[:2]] == [
        ("statement 1, entry 1", "Amt"),
        ("statement 1, entry 1", "TxDtls/Amt"),
    ]
    assert ("statement 1, entry 2", "CdtDbtInd") in {(p.at, p.field) for p in problems}


def test_mt940_is_read_with_reversals_and_the_banks_own_numbers() -> None:
    statement = one(MT940)
    assert statement.account == "000123456789"
    assert [
        (line.amount_minor, line.bank_id, line.is_reversal, line.references)
        for line in statement.lines
    ] == [(50_050, "BNK1", False, ("SLIP100412",)), (-50_050, "BNK2", True, ())]
    assert "SLIP 100412" in statement.lines[0].text


def test_a_line_of_mt940_that_cannot_be_read_is_named() -> None:
    [problem] = refused(MT940.replace(b":61:2611211121C500,50", b":61:26XX211121C500,50")).problems
    assert (problem.at, problem.field) == ("line 6", ":61:")
    assert problem.expected.startswith("a booking such as")


def test_a_text_that_is_the_name_of_a_file_opens_none(tmp_path: object) -> None:
    assert refused(b":20:/etc/passwd").problems


def test_an_ofx_file_that_ends_nothing_it_begins_holds_nobody_up() -> None:
    head = OFX[: OFX.index(b"<OFX>")]
    began_s = monotonic()
    refused(head + b"<OFX>" + b"<A><![CDATA[" * 30_000)
    refused(head + b"<OFX><A><![CDATA[a]]>" + b"<A><![CDATA[" * 30_000)
    assert monotonic() - began_s < 5


def test_ofx_is_read_and_its_opening_is_worked_out() -> None:
    statement = one(OFX)
    assert (statement.opening_minor, statement.closing_minor) == (100_000, 149_550)
    assert not statement.opening_told
    deposit, charge = statement.lines
    assert (deposit.amount_minor, deposit.booked_on) == (50_050, date(2026, 11, 21))
    assert (deposit.references, deposit.text) == (("100412",), "CASH DEP & CO SLIP 100412")
    assert (charge.amount_minor, charge.code, charge.bank_id) == (-500, "SRVCHG", "F2")


def test_csv_is_read_by_its_profile_under_whatever_stands_above() -> None:
    statement = one(CSV.encode(), INDIAN)
    assert (statement.opening_minor, statement.closing_minor) == (100_000, 249_550)
    assert [line.amount_minor for line in statement.lines] == [150_050, -500]
    assert statement.lines[0].valued_on == date(2026, 11, 22)
    assert statement.lines[0].references == ("100412",)


def test_a_csv_line_that_does_not_lead_to_its_balance_is_named() -> None:
    [problem] = refused(CSV.replace("2,495.50", "2,490.50").encode(), INDIAN).problems
    assert (problem.at, problem.field) == ("line 5", "balance")


def test_csv_in_other_habits_says_the_same() -> None:
    chilean = EXAMPLES["decimal comma, charges and credits"]
    text = (
        "Fecha;Descripción;N° Documento;Cargos;Abonos;Saldo\n"
        "22/11/2026;COMISIÓN;;50;;1.450\n21/11/2026;DEPÓSITO;100412;;1.500;1.500\n"
    )
    newest = replace(chilean, newest_first=True, encoding="cp1252")
    statement = one(text.encode("cp1252"), newest, "CLP")
    assert [line.amount_minor for line in statement.lines] == [1_500, -50]
    assert (statement.opening_minor, statement.closing_minor) == (0, 1_450)
    marked = EXAMPLES["Cr and Dr in a column"]
    text = (
        "Txn Date,Value Date,Description,Ref No./Cheque No.,Dr/Cr,Amount,Balance\n"
        "21-Nov-2026,21-Nov-2026,CASH,100412,Cr.,10.00,10.00 Cr\n"
        "22-Nov-2026,22-Nov-2026,OUT,,DR,25.00,15.00 Dr\n"
    )
    statement = one(text.encode(), marked)
    assert [line.amount_minor for line in statement.lines] == [1_000, -2_500]
    assert statement.closing_minor == -1_500


def test_csv_without_balances_needs_them_told() -> None:
    bare = replace(EXAMPLES["one signed column"], balance="")
    text = b"Date,Description,Reference,Amount\n2026-11-21,CASH,1,10.00\n"
    assert refused(text, bare).problems[0].field == "balances"
    _, [statement] = read(text, bare, "1", "INR", ToldBalances(0, 1_000))
    assert statement.closing_minor == 1_000
    with pytest.raises(BalanceMismatch):
        read(text, bare, "1", "INR", ToldBalances(0, 999))


@pytest.mark.parametrize(
    ("content", "known"),
    [
        (MT940, MT940.replace(b":62F:C261122INR1000,00", b":62F:C261122INR1000,01")),
        (camt(entry()), camt(entry(), closing="1500.51")),
    ],
)
def test_a_file_that_lacks_a_line_is_refused_whole(content: bytes, known: bytes) -> None:
    assert one(content)
    with pytest.raises(BalanceMismatch, match="not INR"):
        read(known)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (MT940, Format.MT940),
        (OFX, Format.OFX),
        (CSV.encode(), Format.CSV),
        (camt(), Format.CAMT053),
        (camt().decode().replace("UTF-8", "UTF-16").encode("utf-16"), Format.CAMT053),
    ],
)
def test_a_file_says_what_it_is_by_how_it_begins(content: bytes, found: Format) -> None:
    assert format_of(content) is found


def test_a_file_that_is_too_large_is_not_read() -> None:
    assert refused(b"x" * (MAX_BYTES + 1)).problems[0].field == "size"


pieces = st.sampled_from(
    [
        *MT940.splitlines(keepends=True), *OFX.splitlines(keepends=True), b":61:", b"<OFX>",
        *CSV.encode().splitlines(keepends=True), *camt(entry()).splitlines(keepends=True),
        b"\xff\xfe", b'"', b"\0", b":20:", b":86:?20", b"-", b"C", b"<", b"</STMTRS>",
    ]
)  # fmt: skip


@given(st.one_of(st.binary(max_size=400), st.lists(pieces, max_size=30).map(b"".join)))
def test_no_file_does_anything_but_be_read_or_refused(content: bytes) -> None:
    try:
        _, statements = read(content, INDIAN, "1", "INR")
    except StatementRefused as error:
        statements, said = (), error.detail
    else:
        said = "read"
    assert said
    assert all(s.opening_minor + s.total_minor == s.closing_minor for s in statements)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"sign": "up"}, "csv_profile.sign"),
        ({"booked_on": ""}, "csv_profile.booked_on"),
        ({"money_out": ""}, "csv_profile.money_out"),
        ({"decimal_mark": ";"}, "csv_profile.decimal_mark"),
        ({"delimiter": "x"}, "csv_profile.delimiter"),
        ({"date_format": "day"}, "csv_profile.date_format"),
        ({"encoding": "klingon"}, "csv_profile.encoding"),
        ({"encoding": "hex"}, "csv_profile.encoding"),
        ({"encoding": "undefined"}, "csv_profile.encoding"),
        ({"money_in": "Same", "money_out": "Same"}, "csv_profile.money_out"),
    ],
)
def test_a_profile_that_cannot_work_is_refused_by_name(change: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidField) as caught:
        profile_of(INDIAN.as_json() | change)
    assert caught.value.field == field


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_profile_comes_back_from_where_it_is_kept(name: str) -> None:
    kept = EXAMPLES[name].as_json()
    assert profile_of({**kept, "sign": Sign(kept["sign"]).value}) == EXAMPLES[name]
