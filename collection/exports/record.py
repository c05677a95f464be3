"""Records that go out, and to whom which of them go."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from core.money import Money


class TargetKind(StrEnum):
    """Whom a file is for: core banking, the bank, or the accountants."""

    LMS = "lms"
    BANK = "bank"
    JOURNAL = "journal"


class RecordKind(StrEnum):
    """What one record is about."""

    RECEIPT = "receipt"
    RECEIPT_REVERSAL = "receipt_reversal"
    DEPOSIT = "deposit"
    DEPOSIT_REJECTION = "deposit_rejection"
    JOURNAL_ENTRY = "journal_entry"


RECORDS = {
    TargetKind.LMS: (RecordKind.RECEIPT, RecordKind.RECEIPT_REVERSAL),
    TargetKind.BANK: (RecordKind.DEPOSIT, RecordKind.DEPOSIT_REJECTION),
    TargetKind.JOURNAL: (RecordKind.JOURNAL_ENTRY,),
}
"""Which records each kind of target gets; what undoes another one stands behind it."""


class LineState(StrEnum):
    """What became of a record that went out; one that waits for its file is `PENDING`."""

    PENDING = "pending"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Record:
    """A record with the columns of its file. `amount` is what is added up in the trailer: below
    zero for what undoes another; of a journal entry the sum of its debits.

    `rows` are the columns behind the common ones: one row, or of a journal entry one for each line.
    """

    kind: RecordKind
    id: UUID
    attempt: int
    amount: Money
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class ExportTarget:
    """Whom files go to: of a branch (code) and all below it, from the day `since` on."""

    id: UUID
    kind: TargetKind
    code: str
    branch: str
    since: date
    next_number: int
    closed_at: datetime | None
