from collections.abc import Sequence
from datetime import date, time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from collection.portfolio.demand_columns import COLUMNS, column_of, template_csv
from collection.portfolio.demand_dates import DateOrder
from collection.portfolio.demand_file import DemandFile, RowProblem, read_demand_file
from collection.portfolio.errors import (
    DemandFileRefused,
    MissingColumns,
    TrailerMismatch,
    UnreadableDemandFile,
)
from core.errors import InvalidField
from core.geometry import LatLon
from core.money import Money

LINE = {
    "customer_id": "000123",
    "customer_name": "Asha Ejemplo",
    "loan_account_no": "0042",
    "branch_code": "LS01",
    "address": "12 Long Street",
    "due_date": "2026-01-05",
    "total_due": "1200.50",
}


def csv_of(*rows: dict[str, str], columns: Sequence[str] = (), end: str = "") -> bytes:
    """A comma-delimited file; `columns` defaults to those of `LINE` and all that rows use."""
    names = columns or list(dict.fromkeys([*LINE, *(name for row in rows for name in row)]))
    lines = [",".join(names)]
    lines += [",".join((LINE | row).get(name, "") for name in names) for row in rows]
    return ("\n".join(lines) + "\n" + end).encode()


def read(content: bytes, currency: str = "INR", *, dates: DateOrder | None = None) -> DemandFile:
    return read_demand_file(content, currency=currency, dates=dates)


def only_problem(content: bytes, currency: str = "INR") -> RowProblem:
    (problem,) = read(content, currency).problems
    return problem


# --- what a good row becomes ---


def test_a_full_row_is_read_cell_by_cell() -> None:
    file = read(
        csv_of(
            {
                "locality": "Old Market", "pincode": "010001", "lat": "28.6139", "lon": "77.2090",
                "mobile": "+91 98765-43210", "product_code": "JLG", "currency": "inr",
                "emi_amount": '"1,23,456.00"', "installment_no": "7", "principal_due": "1000",
                "interest_due": "150.50", "charges_due": "30", "penal_due": "20", "pos": "50000",
                "tos": "51000", "dpd": "12", "last_payment_date": "2025-12-05",
                "last_payment_amount": "1200.50", "language": "HI", "preferred_from": "09:30",
                "preferred_to": "12:00", "promise_due_date": "2026-01-20",
                "promise_amount": "500", "officer_code": "F-07",
            }
        )
    )  # fmt: skip
    (row,) = file.rows
    assert file.problems == ()
    assert (row.customer_id, row.loan_account_no, row.pincode) == ("000123", "0042", "010001")
    assert (row.due_date, row.last_payment_date) == (date(2026, 1, 5), date(2025, 12, 5))
    assert (row.total_due_minor, row.emi_amount_minor) == (120_050, 12_345_600)
    assert (row.principal_due_minor, row.interest_due_minor) == (100_000, 15_050)
    assert (row.charges_due_minor, row.penal_due_minor) == (3_000, 2_000)
    assert (row.pos_minor, row.tos_minor, row.dpd) == (5_000_000, 5_100_000, 12)
    assert row.position == LatLon(28.6139, 77.2090)
    assert (row.mobile, row.language, row.currency) == ("+919876543210", "hi", "INR")
    assert (row.preferred_from, row.preferred_to) == (time(9, 30), time(12, 0))
    assert (row.promise_due_date, row.promise_amount_minor) == (date(2026, 1, 20), 50_000)
    assert (row.line, row.installment_no, row.officer_code) == (2, 7, "F-07")


def test_blank_cells_of_optional_columns_are_none() -> None:
    (row,) = read(csv_of({"mobile": "", "dpd": "NULL", "pos": "n/a", "promise_amount": ""})).rows
    assert (row.mobile, row.dpd, row.pos_minor, row.promise_amount_minor) == (None,) * 4
    assert row.currency == "INR"


def test_null_is_a_name_all_the_same() -> None:
    assert read(csv_of({"customer_name": "Null"})).rows[0].customer_name == "Null"


@pytest.mark.parametrize(
    ("cells", "parts"),
    [
        ({}, (120_050, 0, 0, 0)),
        ({"interest_due": "200.50"}, (100_000, 20_050, 0, 0)),
        ({"total_due": "", "principal_due": "10", "penal_due": "2"}, (1_000, 0, 0, 200)),
        ({"principal_due": "1200.50"}, (120_050, 0, 0, 0)),
    ],
)
def test_what_the_file_gives_no_head_for_is_principal(
    cells: dict[str, str], parts: tuple[int, ...]
) -> None:
    (row,) = read(csv_of(cells)).rows
    heads = (row.principal_due_minor, row.interest_due_minor, row.charges_due_minor)
    assert (*heads, row.penal_due_minor) == parts
    assert row.total_due_minor == sum(parts)


def test_a_currency_without_minor_units_takes_whole_amounts() -> None:
    assert read(csv_of({"total_due": '"45,000"'}), "CLP").rows[0].total_due_minor == 45_000


def test_dates_follow_the_order_that_was_given_and_no_other() -> None:
    content = csv_of({"due_date": "05/01/2026"}, {"due_date": "01/31/2026"})
    file = read(content, dates=DateOrder.DAY_FIRST)
    assert [row.due_date for row in file.rows] == [date(2026, 1, 5)]
    assert [(problem.line, problem.column) for problem in file.problems] == [(3, "due_date")]
    assert "23/11/2031" in file.problems[0].expected


def test_an_address_may_hold_newlines_and_lines_are_still_those_of_the_file() -> None:
    file = read(csv_of({"address": '"12, Long Street\nSecond floor"'}, {"total_due": "minus"}))
    assert file.rows[0].address == "12, Long Street Second floor"
    assert [(row.line) for row in file.rows] == [2]
    assert [problem.line for problem in file.problems] == [4]


def test_blank_lines_count_as_lines_but_not_as_rows() -> None:
    content = csv_of({}).replace(b"\n", b"\r\n\r\n,,,,,,\r\n")
    file = read(content)
    assert (file.totals.rows, file.rows[0].line) == (1, 4)


# --- encodings and delimiters ---


@pytest.mark.parametrize(
    ("encoding", "named"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("cp1252", "cp1252")],
)
def test_names_survive_the_encodings_spreadsheets_write(encoding: str, named: str) -> None:
    text = csv_of({"customer_name": "José Ñandú"}).decode()
    file = read(text.encode(encoding))
    assert (file.rows[0].customer_name, file.encoding) == ("José Ñandú", named)


def test_names_in_other_scripts_are_kept_in_one_normal_form() -> None:
    file = read(csv_of({"customer_name": "राम Jose\u0301"}))
    assert file.rows[0].customer_name == "राम Jos\u00e9"


def test_one_wrong_byte_in_utf_8_does_not_turn_every_name_into_another() -> None:
    content = csv_of({"customer_name": "राम"}, {"customer_name": "?"}).replace(b"?", b"\xf1")
    with pytest.raises(UnreadableDemandFile, match="line 3: a byte that is not UTF-8"):
        read(content)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found_in_the_header(delimiter: str) -> None:
    text = csv_of({}).decode().replace(",", delimiter)
    file = read(text.encode())
    assert (file.delimiter, len(file.rows)) == (delimiter, 1)


def test_commas_inside_semicolon_cells_do_not_mislead() -> None:
    text = csv_of({}).decode().replace(",", ";").replace("12 Long", "12, Long")
    text = text.replace("1200.50", "1,200.50").replace("address", "address;Remarks, notes, more")
    text = text.replace("Street", "Street;a, b, c")
    file = read(text.encode())
    assert (file.delimiter, file.rows[0].total_due_minor) == (";", 120_050)
    assert file.ignored_columns == ("Remarks, notes, more",)


# --- columns ---


def test_columns_are_known_by_the_names_that_others_use() -> None:
    content = (
        b"Customer No,NAME,AgreementID,Branch,Landmark,Primary Address,EMI Due Date,Actual-Due\n"
        b"1,Asha,77,LS01,Well,Long Street,2026-01-05,10\n"
    )
    (row,) = read(content).rows
    assert (row.customer_id, row.loan_account_no, row.locality) == ("1", "77", "Well")


def test_no_synonym_names_two_columns() -> None:
    names = [(name, column) for column in COLUMNS for name in (column.name, *column.synonyms)]
    assert all(column_of(name) is column for name, column in names)


def test_missing_columns_are_named_beside_those_that_were_found() -> None:
    with pytest.raises(MissingColumns) as caught:
        read(b"customer_id,name,colour\n1,Asha,red\n")
    assert caught.value.missing == (
        "loan_account_no",
        "branch_code",
        "due_date",
        "address (or lat and lon)",
        "total_due (or principal_due, interest_due, charges_due, penal_due)",
    )
    assert caught.value.found == ("customer_id", "name", "colour")
    assert "colour" in caught.value.detail


def test_a_column_that_is_there_twice_is_refused() -> None:
    with pytest.raises(UnreadableDemandFile, match="'total_due' and 'Amount Due' are both"):
        read(csv_of({"Amount Due": "1"}))


def test_coordinates_stand_in_for_an_address() -> None:
    columns = [name for name in LINE if name != "address"] + ["lat", "lon"]
    (row,) = read(csv_of({"lat": "-29.9", "lon": "-71.25"}, columns=columns)).rows
    assert (row.address, row.position) == (None, LatLon(-29.9, -71.25))


# --- rows that cannot be used ---


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("customer_id", "", "cannot be blank"),
        ("customer_name", "  ", "cannot be blank"),
        ("customer_name", "Jos\ufffd", "characters"),
        ("customer_name", "x" * 501, "at most 500"),
        ("loan_account_no", "1.23457E+11", "spreadsheet"),
        ("loan_account_no", "12345.0", "spreadsheet"),
        ("loan_account_no", "=cmd()", "letters, digits"),
        ("branch_code", "x" * 65, "at most 64"),
        ("total_due", "-5", "0 or more"),
        ("total_due", "12.345", "0 or more"),
        ("total_due", '"12,50"', "0 or more"),
        ("total_due", "1e5", "0 or more"),
        ("total_due", "1_000", "0 or more"),
        ("total_due", "12.", "0 or more"),
        ("total_due", "Rs 100", "0 or more"),
        ("total_due", "9" * 16, "0 or more"),
        ("total_due", "", "what is due"),
        ("due_date", "5.1.26", "2031-11-23"),
        ("due_date", "2026-02-30", "2031-11-23"),
        ("due_date", "1026-01-05", "1970"),
        ("due_date", "202601", "2031-11-23"),
        ("currency", "USD", "INR"),
        ("installment_no", "-1", "whole number"),
        ("dpd", "12.5", "whole number"),
        ("principal_due", "1200.51", "the sum of its parts"),
        ("interest_due", "1200.51", "the sum of its parts"),
        ("promise_amount", "50", "a day and an amount"),
        ("promise_due_date", "2026-01-20", "a day and an amount"),
    ],
)
def test_a_cell_that_cannot_be_read_costs_its_row_and_says_what_would_be_right(
    column: str, value: str, expected: str
) -> None:
    file = read(csv_of({"customer_id": "1", "loan_account_no": "1"}, {column: value}))
    assert len(file.rows) == 1
    (problem,) = file.problems
    assert (problem.line, problem.row_kept) == (3, False)
    assert expected in problem.expected


def test_a_promise_of_nothing_is_refused() -> None:
    problem = only_problem(csv_of({"promise_due_date": "2026-01-20", "promise_amount": "0"}))
    assert (problem.column, problem.expected) == ("promise_amount", "more than 0")


@pytest.mark.parametrize("value", ["12.500", "12.5"])
def test_a_point_that_groups_thousands_is_not_taken_for_decimals(value: str) -> None:
    assert only_problem(csv_of({"total_due": value}), "CLP").column == "total_due"


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"mobile": "12"}, "mobile"),
        ({"lat": "28,6", "lon": "77.2"}, "lat"),
        ({"lat": "91", "lon": "77.2"}, "lat"),
        ({"lat": "28.6", "lon": "181"}, "lon"),
        ({"lat": "28.6"}, "lon"),
        ({"lat": "0", "lon": "0.0"}, "lat"),
        ({"language": "Hindi!"}, "language"),
        ({"preferred_from": "9am"}, "preferred_from"),
        ({"preferred_from": "12:00", "preferred_to": "09:00"}, "preferred_to"),
        ({"pincode": "110001.0"}, "pincode"),
    ],
)
def test_a_wrong_detail_is_reported_and_the_demand_is_kept_without_it(
    cells: dict[str, str], column: str
) -> None:
    quoted = {name: f'"{value}"' for name, value in cells.items()}
    file = read(csv_of(quoted))
    assert (file.problems[0].column, file.problems[0].row_kept) == (column, True)
    (row,) = file.rows
    assert (row.position, row.mobile, row.language, row.pincode) == (None,) * 4
    assert (row.preferred_from, row.preferred_to) == (None, None)


def test_a_wrong_position_costs_the_row_when_there_is_no_address_either() -> None:
    file = read(csv_of({"address": "", "lat": "0", "lon": "0"}))
    assert file.rows == ()
    assert [(p.column, p.row_kept) for p in file.problems] == [("lat", False), ("address", False)]


def test_every_wrong_cell_of_a_row_is_reported_at_once() -> None:
    file = read(csv_of({"total_due": "x", "due_date": "y", "customer_id": ""}))
    assert {problem.column for problem in file.problems} == {"total_due", "due_date", "customer_id"}


@pytest.mark.parametrize("line", ["1,2,3", "1,2,3,4,5,2026-01-05,7,8"])
def test_a_row_with_more_or_fewer_cells_than_the_header_is_reported(line: str) -> None:
    problem = only_problem(csv_of({}, end=f"{line}\n"))
    assert (problem.line, problem.column) == (3, "")
    assert "7 cells" in problem.expected


def test_empty_cells_after_the_last_column_do_no_harm() -> None:
    content = csv_of({}).replace(b"1200.50", b"1200.50,,")
    assert len(read(content).rows) == 1


def test_a_row_whose_quotes_are_wrong_is_reported_and_the_next_is_read() -> None:
    file = read(csv_of({"address": '"12" Long Street'}, {}))
    assert [problem.line for problem in file.problems] == [2]
    assert [row.line for row in file.rows] == [3]


def test_the_same_demand_twice_is_taken_once() -> None:
    file = read(csv_of({}, {"total_due": "7"}, {"due_date": "2026-02-05"}))
    assert [row.line for row in file.rows] == [2, 4]
    (problem,) = file.problems
    assert (problem.line, problem.column) == (3, "loan_account_no")
    assert "line 2" in problem.expected


def test_an_account_cannot_have_two_customers() -> None:
    problem = only_problem(csv_of({}, {"customer_id": "9", "due_date": "2026-02-05"}))
    assert (problem.line, problem.column, problem.value) == (3, "customer_id", "9")
    assert "000123" in problem.expected


# --- totals and trailer ---


def test_totals_count_refused_rows_too() -> None:
    totals = read(csv_of({}, {"due_date": "?"})).totals
    assert totals == (2, 1, 240_100, 120_050)


@pytest.mark.parametrize(
    "trailer", ["#TRAILER,2,2401.00", 'trailer,2,"2,401",,', "#Trailer,2,2401"]
)
def test_a_trailer_that_agrees_is_kept(trailer: str) -> None:
    file = read(csv_of({}, {"due_date": "2026-02-05"}, end=trailer))
    assert file.trailer == (4, 2, 240_100)


@pytest.mark.parametrize("trailer", ["#TRAILER,3,1200.50", "#TRAILER,1,1200.51"])
def test_a_trailer_that_disagrees_refuses_the_whole_file(trailer: str) -> None:
    with pytest.raises(TrailerMismatch) as caught:
        read(csv_of({}, end=trailer))
    error = caught.value
    assert (error.found_rows, error.found_total) == (1, Money(120_050, "INR"))
    assert "INR 1,200.50" in error.detail


def test_an_amount_that_cannot_be_read_breaks_the_sum_and_is_named() -> None:
    with pytest.raises(TrailerMismatch, match="no amount could be read on lines 3"):
        read(csv_of({}, {"total_due": "x"}, end="#TRAILER,2,1300"))


@pytest.mark.parametrize(
    "trailer", ["#TRAILER", "#TRAILER,one,2", "#TRAILER,1,abc", "#TRAILER,1,1,200.50"]
)
def test_a_trailer_that_cannot_be_read_refuses_the_file(trailer: str) -> None:
    with pytest.raises(UnreadableDemandFile, match=r"line 3: the trailer"):
        read(csv_of({}, end=trailer))


def test_a_row_after_the_trailer_refuses_the_file() -> None:
    with pytest.raises(UnreadableDemandFile, match="line 4: a row after the trailer on line 3"):
        read(csv_of({}, end="#TRAILER,1,1200.50\n1,2,3,4,5,6,7\n"))


# --- files of the wrong shape ---


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n\n", "empty"),
        (b"PK\x03\x04rest", "workbook"),
        (b"\xff\xfec\x00", "UTF-16"),
        (b"%PDF\x00\x01", "not a text file"),
        (b"customer_id\x81\n", "neither UTF-8 nor Windows-1252"),
        (b'"customer_id"x,name\n', "quotes"),
        (b'"customer_id,name\n1,2\n', "a quote opens"),
    ],
)
def test_what_is_not_a_demand_file_is_refused_in_plain_words(content: bytes, said: str) -> None:
    with pytest.raises(UnreadableDemandFile) as caught:
        read(content)
    assert said in caught.value.detail


def test_a_quote_that_never_closes_does_not_swallow_the_rest_of_the_file() -> None:
    content = csv_of({}, {"address": '"12 Long Street'}, *[{"due_date": "2026-02-05"}] * 5)
    with pytest.raises(UnreadableDemandFile, match="line 3: a quote opens"):
        read(content)


def test_a_quote_that_closes_by_luck_many_lines_later_is_refused() -> None:
    rows = [{}, {"address": '"12 Long'}, *[{}] * 30, {"address": 'Street"'}]
    with pytest.raises(UnreadableDemandFile, match="line 3: a quote opens"):
        read(csv_of(*rows))


def test_a_header_alone_is_a_file_without_rows() -> None:
    assert read(csv_of()).totals == (0, 0, 0, 0)


def test_the_template_is_a_file_that_can_be_read_and_shows_every_column() -> None:
    file = read(template_csv().encode(), "CLP")
    assert (file.problems, len(file.rows), file.ignored_columns) == ((), 1, ())
    assert template_csv().splitlines()[0].split(",") == [column.name for column in COLUMNS]


def test_a_bad_currency_is_refused_before_the_file_is_read() -> None:
    with pytest.raises(InvalidField, match="currency"):
        read(b"", "rupees")


# --- anything at all ---


def taken(content: bytes) -> DemandFile | None:
    try:
        return read(content)
    except DemandFileRefused:
        return None


cells = st.sampled_from(
    ["", "1", "000123", "-5", "1,200.50", '"', '"a', 'a"b"', "2026-01-05", "NULL", "\n", "\r", "é",
     "1E+5", "=1+1", "99999999999999999999", "#TRAILER", "0", "91", "\t", ";", "x" * 600]
)  # fmt: skip
headers = st.sampled_from([column.name for column in COLUMNS] + ["nonsense", "TRAILER", ""])
whole_header = ",".join(column.name for column in COLUMNS)


@settings(max_examples=300, deadline=None)
@given(content=st.binary(max_size=300))
@example(content=b"a" * 200_000)
@example(content=b'"' + b"a" * 200_000 + b'"')
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    file = taken(content)
    assert file is None or file.totals.rows >= len(file.rows)


@settings(max_examples=300, deadline=None)
@given(
    header=st.one_of(st.just(whole_header), st.lists(headers, max_size=12).map(",".join)),
    rows=st.lists(st.lists(cells, max_size=len(COLUMNS) + 1), max_size=6),
    delimiter=st.sampled_from([",", ";", "\t"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]),
)
def test_any_table_is_read_or_refused_and_every_row_is_accounted_for(
    header: str, rows: list[list[str]], delimiter: str, encoding: str
) -> None:
    lines = [header.replace(",", delimiter), *(delimiter.join(row) for row in rows)]
    file = taken("\n".join(lines).encode(encoding))
    if file is None:
        return
    refused = {problem.line for problem in file.problems if not problem.row_kept}
    assert len(file.rows) + len(refused) == file.totals.rows
    assert not refused & {row.line for row in file.rows}


@settings(max_examples=100, deadline=None)
@given(
    amounts=st.lists(st.integers(0, 10**14), max_size=20),
    currency=st.sampled_from(["INR", "CLP", "KWD"]),
)
def test_what_is_written_is_read_and_agrees_with_its_trailer(
    amounts: list[int], currency: str
) -> None:
    def written(minor: int) -> str:
        return f'"{str(Money(minor, currency)).split()[1]}"'

    rows = [{"loan_account_no": f"{n:04}", "total_due": written(a)} for n, a in enumerate(amounts)]
    file = read(csv_of(*rows, end=f"#TRAILER,{len(rows)},{written(sum(amounts))}"), currency)
    assert [row.total_due_minor for row in file.rows] == amounts
    assert file.totals.total_due_minor == sum(amounts)
