"""The format of files that go out, and of the answers that come back. Pure; see docs/exports.md.

A file is CSV (RFC 4180, UTF-8, CRLF): a line ``H``, lines ``D`` with the records, a line ``C`` for
each currency with control totals, and a line ``T``.
"""

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from collection.exports.record import ExportTarget, LineState, Record, TargetKind
from core.errors import InvalidField
from core.formula import harmless
from core.money import Money
from core.said import say

FORMAT = "1"
MOST_ANSWERS = 200_000
COMMON = ("line", "record", "id", "attempt", "amount_minor", "currency")
COLUMNS: Mapping[TargetKind, tuple[str, ...]] = {
    TargetKind.LMS: ("number", "account", "customer", "branch", "agent", "mode", "mode_reference",
                     "at", "reverses"),
    TargetKind.BANK: ("slip", "branch", "agent", "place", "at", "because"),
    TargetKind.JOURNAL: ("posting", "entry_kind", "source", "booked_on", "entered_at", "branch",
                         "ledger_account", "owner", "debit_minor", "credit_minor", "reverses"),
}  # fmt: skip
"""The columns behind the common ones, by what the file is for."""


@dataclass(frozen=True, slots=True)
class ControlTotal:
    """How many records of a currency a file has, and what they add up to."""

    currency: str
    records: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file's bytes, its name, its control totals, and the hash that its last line tells."""

    name: str
    content: bytes
    totals: tuple[ControlTotal, ...]
    sha256: str


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """What was answered to a line of a file."""

    number: int
    line: int
    state: LineState
    reference: str | None
    reason: str | None


def file_name(code: str, number: int) -> str:
    """``core-000012.csv``."""
    return f"{code}-{number:06}.csv"


def write_file(
    target: ExportTarget, number: int, records: Sequence[Record], made_at: datetime
) -> WrittenFile:
    """The file of these records, numbered from 1 in their order."""
    out = io.StringIO()
    writer = csv.writer(out)
    made = made_at.astimezone(UTC).isoformat()
    writer.writerow(["H", "roundsman", FORMAT, target.kind, target.code, f"{number:06}", made])
    writer.writerow(["#", *COMMON, *COLUMNS[target.kind]])
    for line, record in enumerate(records, 1):
        amount = record.amount
        common = [line, record.kind, record.id, record.attempt, amount.amount_minor,
                  amount.currency]  # fmt: skip
        writer.writerows(["D", *common, *map(harmless, row)] for row in record.rows)
    totals = control_totals([record.amount for record in records])
    writer.writerows(["C", one.currency, one.records, one.amount_minor] for one in totals)
    digest = hashlib.sha256(out.getvalue().encode()).hexdigest()
    writer.writerow(["T", f"{number:06}", len(records), digest])
    content = out.getvalue().encode()
    return WrittenFile(file_name(target.code, number), content, totals, digest)


def control_totals(amounts: Sequence[Money]) -> tuple[ControlTotal, ...]:
    """Counts and sums by currency, in order of currency."""
    counts = Counter(amount.currency for amount in amounts)
    sums: Counter[str] = Counter()
    for amount in amounts:
        sums[amount.currency] += amount.amount_minor
    return tuple(ControlTotal(name, counts[name], sums[name]) for name in sorted(counts))


def read_answers(content: bytes) -> list[LineAnswer]:
    """The answers of a file: ``file,line,state,reference,reason`` with a head of these names.

    Raises `InvalidField` naming the line and what would be right; then none is to be used.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidField("file", say("UTF-8")) from None
    reader = csv.DictReader(io.StringIO(text), strict=True)
    wanted = ["file", "line", "state", "reference", "reason"]
    answers = []
    try:
        if list(reader.fieldnames or ()) != wanted:
            raise InvalidField("file", say("a first line {wanted}", wanted=",".join(wanted)))
        for row in reader:
            answers.append(_answer(row, f"line {reader.line_num}"))
            if len(answers) > MOST_ANSWERS:
                raise InvalidField(
                    "file", say("at most {most_answers:,} answers", most_answers=MOST_ANSWERS)
                )
    except csv.Error:
        raise InvalidField(f"line {reader.line_num}", say("CSV as in RFC 4180")) from None
    twice = Counter((answer.number, answer.line) for answer in answers).most_common(1)
    if twice and twice[0][1] > 1:
        number, line = twice[0][0]
        raise InvalidField(
            "file", say("one answer to line {line} of file {number}", line=line, number=number)
        )
    return answers


def _answer(row: Mapping[str | None, str | None], at: str) -> LineAnswer:
    if None in row or None in row.values():
        raise InvalidField(at, say("five values"))
    number, line = row["file"] or "", row["line"] or ""
    for name, value in (("file", number), ("line", line)):
        if not (value.isascii() and value.isdigit() and len(value) <= 9):
            raise InvalidField(f"{at}, {name}", say("a whole number"))
    states = {"acknowledged": LineState.ACKNOWLEDGED, "rejected": LineState.REJECTED}
    state = states.get((row["state"] or "").strip().lower())
    if state is None:
        raise InvalidField(f"{at}, state", say("acknowledged or rejected"))
    reason = (row["reason"] or "").strip()[:1000] or None
    if (state is LineState.REJECTED) != (reason is not None):
        raise InvalidField(f"{at}, reason", say("a reason where it was rejected, and only there"))
    reference = (row["reference"] or "").strip()[:200] or None
    if "\x00" in f"{reason}{reference}":
        raise InvalidField(at, say("no NUL characters"))
    return LineAnswer(int(number), int(line), state, reference, reason)
