"""How the page of reconciliation reads a bank's CSV, run by Node.js."""

import json
from typing import Any

import pytest

from collection.reconciliation.formats.bank_csv import read
from collection.reconciliation.formats.csv_profile import profile_of
from tests.map_ui.test_modules import pytestmark, run

__all__ = ["pytestmark"]

INDIAN = """Bank of the Town,,
Statement of account,,

Date,Narration,Chq./Ref.No.,Value Dt,Withdrawal Amt.,Deposit Amt.,Closing Balance
01/11/26,"CASH DEP, TOWN",SLIP1,01/11/26,,"52,000.00","1,52,000.00"
13/11/26,CHARGES,,13/11/26,990.00,,"1,51,010.00"
"""
CHILEAN = """Fecha;Descripción;N° Documento;Cargos;Abonos;Saldo
23/11/2026;DEPÓSITO;100412;;50.000;49.500
22/11/2026;COMISIÓN;;500;;-500
"""
MARKED = """Txn Date,Value Date,Description,Ref No./Cheque No.,Amount,Dr/Cr,Balance
01-Nov-2026,02-Nov-2026,SALARY,12,500.00,Cr,1500.00
03-Nov-2026,03-Nov-2026,RENT,13,100.00,Dr,1400.00
"""
SIGNED = """tanggal\tketerangan\tjumlah\tsaldo
2026-11-01\tSetor tunai\t150.000,00\t150.000,00
2026-11-02\tBiaya\t-500,50\t149.499,50
"""


def guessed(text: str, digits: int) -> dict[str, Any]:
    made: dict[str, Any] = run(
        f"csv.profileOf(csv.tableOf({json.dumps(text)}), {digits})",
        csv="reconciliation/csv_columns.js",
    )
    return made


@pytest.mark.parametrize(
    ("text", "currency", "digits", "amounts", "said"),
    [
        (INDIAN, "INR", 2, [5_200_000, -99_000], ("CASH DEP, TOWN", ("SLIP1",))),
        (CHILEAN, "CLP", 0, [-500, 50_000], ("COMISIÓN", ())),
        (MARKED, "USD", 2, [50_000, -10_000], ("SALARY", ("12",))),
        (SIGNED, "IDR", 2, [15_000_000, -50_050], ("Setor tunai", ())),
    ],
    ids=["two columns", "newest first", "marked", "signed, with tabs"],
)
def test_a_guess_reads_the_file_that_it_was_made_of(
    text: str, currency: str, digits: int, amounts: list[int], said: tuple[str, tuple[str, ...]]
) -> None:
    [statement] = read(text.encode(), profile_of(guessed(text, digits)), "1", currency)
    assert [line.amount_minor for line in statement.lines] == amounts
    assert (statement.lines[0].text, statement.lines[0].references) == said


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "1,2,3\n4,5,6\n", "Date,Text,Amount\n"])
def test_where_no_line_names_columns_there_are_none(text: str) -> None:
    assert run(f"csv.tableOf({json.dumps(text)})", csv="reconciliation/csv_columns.js") is None


@pytest.mark.parametrize(
    ("cells", "digits", "mark"),
    [
        (["1.234,50"], 2, ","), (["1,234.50"], 2, "."), (["12,345"], 0, "."),
        (["12.345"], 0, ","), (["12.345"], 3, "."), (["500"], 2, "."), ([], 2, "."),
    ],
)  # fmt: skip
def test_the_mark_before_decimals_is_known_by_what_stands_behind_it(
    cells: list[str], digits: int, mark: str
) -> None:
    asked = f"csv.decimalMarkOf({json.dumps(cells)}, {digits})"
    assert run(asked, csv="reconciliation/csv_columns.js") == mark


@pytest.mark.parametrize(
    ("text", "expected"),
    [(INDIAN, True), (":20:START\n:25:1\n", False), ("OFXHEADER:100", False), ("\n<?xml", False)],
)
def test_what_tells_its_own_format_is_no_csv(text: str, expected: bool) -> None:
    asked = f"csv.isCsv({json.dumps(text)})"
    assert run(asked, csv="reconciliation/csv_columns.js") is expected
