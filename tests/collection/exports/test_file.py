"""The files that go out and the answers that come back, without a database."""

import csv
import hashlib
import io
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collection.exports.file import COLUMNS, COMMON, control_totals, read_answers, write_file
from collection.exports.record import ExportTarget, LineState, Record, RecordKind, TargetKind
from core.errors import InvalidField
from core.money import Money

TARGET = ExportTarget(UUID(int=1), TargetKind.LMS, "core", "HQ", date(2026, 11, 1), 7, None)
NOW = datetime(2026, 11, 23, 23, tzinfo=UTC)
HEAD = "file,line,state,reference,reason\n"


def a_record(minor: int = 500, reference: str = "", currency: str = "CLP") -> Record:
    row = ("T1-000001", "L1", "C1", "HQ", "agent1", "upi", reference, "2026-11-23", "")
    return Record(RecordKind.RECEIPT, UUID(int=9), 1, Money(minor, currency), (row,))


def lines(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(), newline="")))


def test_a_file_begins_with_who_it_is_for_and_ends_with_what_proves_it() -> None:
    written = write_file(TARGET, 7, [a_record(500), a_record(-200)], NOW)
    head, names, one, two, control, trailer = lines(written.content)
    assert written.name == "core-000007.csv"
    assert head == ["H", "roundsman", "1", "lms", "core", "000007", "2026-11-23T23:00:00+00:00"]
    assert names == ["#", *COMMON, *COLUMNS[TargetKind.LMS]]
    assert len(one) == len(names)
    assert (one[1], two[1], two[5]) == ("1", "2", "-200")
    assert control == ["C", "CLP", "2", "300"]
    before = written.content[: written.content.rindex(b"T,000007")]
    assert trailer == ["T", "000007", "2", hashlib.sha256(before).hexdigest()]


@given(st.text(max_size=40).filter(lambda text: "\x00" not in text and "\r" not in text))
def test_no_text_breaks_a_file_or_becomes_a_formula(text: str) -> None:
    told = lines(write_file(TARGET, 1, [a_record(reference=text)], NOW).content)[2]
    assert len(told) == 16
    assert told[13] in (text, f"'{text}")
    assert not told[13].startswith(("=", "+", "-", "@", "\t"))


def test_control_totals_are_told_by_currency() -> None:
    sums = control_totals([Money(5, "INR"), Money(7, "CLP"), Money(-1, "INR")])
    assert [(t.currency, t.records, t.amount_minor) for t in sums] == [("CLP", 1, 7), ("INR", 2, 4)]


def test_answers_are_read_line_by_line() -> None:
    text = f"\ufeff{HEAD}7,1,acknowledged,TX-9,\n000007,2,Rejected,,unknown account\n"
    one, two = read_answers(text.encode())
    assert (one.number, one.line, one.state, one.reference) == (
        7,
        1,
        LineState.ACKNOWLEDGED,
        "TX-9",
    )
    assert (two.line, two.state, two.reason) == (2, LineState.REJECTED, "unknown account")


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"\xff\xfe", "file"),
        (b"", "file"),
        (b"line,file\n", "file"),
        (f"{HEAD}7,1,maybe,,\n".encode(), "line 2, state"),
        (f"{HEAD}7,x,acknowledged,,\n".encode(), "line 2, line"),
        (f"{HEAD}7,1,rejected,,\n".encode(), "line 2, reason"),
        (f"{HEAD}7,1,acknowledged,,why\n".encode(), "line 2, reason"),
        (f"{HEAD}7,1\n".encode(), "line 2"),
        (f"{HEAD}7,1,acknowledged,,,,\n".encode(), "line 2"),
        (f"{HEAD}7,1,acknowledged,,\n7,1,acknowledged,,\n".encode(), "file"),
        (f'{HEAD}7,1,acknowledged,"a"b,\n'.encode(), "line"),
    ],
)
def test_answers_that_cannot_be_read_are_refused_by_line(content: bytes, named: str) -> None:
    with pytest.raises(InvalidField) as refused:
        read_answers(content)
    assert refused.value.field.startswith(named)
