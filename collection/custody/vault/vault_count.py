"""Counts of a branch's vault as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from core.money import Money


class Occasion(StrEnum):
    """When the vault is counted: as the day opens, from cashier to cashier, as it closes."""

    OPENING = "opening"
    HANDOVER = "handover"
    CLOSING = "closing"


@dataclass(frozen=True, slots=True)
class VaultCount:
    """A count: what the ledger expected, and what was there and is good.

    `handed_by` is the cashier before, at a handover, who confirms the count.
    """

    id: UUID
    branch_id: UUID
    occasion: Occasion
    expected: Money
    counted: Money
    counted_by: UUID
    handed_by: UUID | None
    counted_at: datetime
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Remittance:
    """Cash on its way from the vault to a bank; `proven` is what statements show of it."""

    id: UUID
    branch_id: UUID
    amount: Money
    slip_no: str
    remitted_at: datetime
    remitted_by: UUID
    proven: Money
