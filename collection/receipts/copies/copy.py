"""A receipt as the customer gets it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from collection.receipts.receipt import Number
from core.money import Money


@dataclass(frozen=True, slots=True)
class ReceiptCopy:
    """What stands on a customer's copy of a receipt.

    `settled` is what it paid of what was due, `advance` what no demand needed, wherever it waits;
    `outstanding` what was left then. `taken_by` is None for a payment online. `is_undone`:
    it was reversed since.
    """

    id: UUID
    case_id: UUID
    number: Number
    provisional_number: str | None
    lender: str
    customer: str
    account: str
    language: str | None
    zone: str
    amount: Money
    settled: Money
    advance: Money
    outstanding: Money
    mode: str
    mode_reference: str | None
    taken_at: datetime
    received_at: datetime
    taken_by: str | None
    is_undone: bool
    link_days: int

    @property
    def shown_until(self) -> datetime:
        """When the public page ceases to show it."""
        return self.received_at + timedelta(days=self.link_days)


def masked_name(name: str) -> str:
    """A name that its owner knows and nobody else can read: ``M••• G•••``."""
    return " ".join(f"{word[0]}•••" for word in name.split())


def masked_account(reference: str) -> str:
    """The last characters of an account's number: ``•••4711``."""
    return f"•••{reference[-4:]}" if len(reference) > 4 else f"•••{reference[-1:]}"
